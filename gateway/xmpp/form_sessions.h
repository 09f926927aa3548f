// Form sessions: which form somebody has before them (XEP-0050's sessionid).
//
// Short-lived and bounded: a few per client, the oldest of theirs dropped first; so many in all,
// the oldest of all dropped first; each for some minutes. A dropped one was never done: whoever
// fills it in later is told. Holds nothing of what is filled in.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bridge/base/time.h"
#include "gateway/command/catalog.h"
#include "throttle/key_hash.h"

namespace gateway::xmpp {

class FormSessions {
 public:
  static constexpr std::size_t kPerClientMax = 8;

  FormSessions(std::size_t sessions_max, std::chrono::milliseconds within);

  // A new one for this client (a full address). Its name is unique, in other runs of the gateway
  // too.
  std::string open(const std::string& client, const command::Entry& entry, bridge::base::Time now);
  // Null: there is no such session of this client, or no longer.
  const command::Entry* find(const std::string& client, const std::string& id,
                             bridge::base::Time now) const;
  void close(const std::string& client, const std::string& id);
  // Drops those that are over. Call now and then.
  void expire(bridge::base::Time now);

  std::size_t size() const { return size_; }

 private:
  struct Session {
    std::string id;
    const command::Entry* entry;
    bridge::base::Time until;
  };
  struct Expiry {
    bridge::base::Time until;
    std::string client;
    std::string id;
  };

  void drop_oldest();

  const std::size_t sessions_max_;
  const std::chrono::milliseconds within_;
  const std::string id_prefix_;
  std::uint64_t last_id_ = 0;
  std::size_t size_ = 0;
  std::unordered_map<std::string, std::vector<Session>, throttle::KeyHash, std::equal_to<>>
      by_client_{0, throttle::KeyHash{throttle::random_seed()}};  // strangers choose the keys
  std::deque<Expiry> expiries_;  // ascending; may name what was closed since
};

}  // namespace gateway::xmpp
