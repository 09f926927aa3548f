// Which public keys may connect, per ZAP domain (one domain per CURVE socket).
//
//   ring.allow("lane-1", {"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"});
//
// The binding thread fills it, the ZAP thread asks; a mutex stands between them. It is asked once
// per handshake, never per message. Knows no sockets.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace bridge::wire {

class Keyring {
 public:
  void allow(const std::string& domain, const std::vector<std::string>& keys) {
    const std::lock_guard lock(mutex_);
    keys_[domain] = std::set<std::string>(keys.begin(), keys.end());
  }

  void forget(const std::string& domain) {
    const std::lock_guard lock(mutex_);
    keys_.erase(domain);
  }

  bool allowed(const std::string& domain, const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(domain);
    return found != keys_.end() && found->second.contains(key);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::set<std::string>> keys_;  // guarded by mutex_
};

}  // namespace bridge::wire
