// The addresses that accounts have moved away from lately: a server may still return what it was
// given for one. The newest few are remembered, and only as long as the process runs.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>

#include "bridge/backbone/store.h"

namespace bridge::fanout {

class FormerAddresses {
 public:
  static constexpr std::size_t kMax = 4096;

  void add(const std::string& address, backbone::AccountId account) {
    if (of_.insert_or_assign(address, account).second) order_.push_back(address);
    if (order_.size() <= kMax) return;
    of_.erase(order_.front());
    order_.pop_front();
  }
  // 0: nobody's, as far as is remembered.
  backbone::AccountId find(const std::string& address) const {
    const auto it = of_.find(address);
    return it == of_.end() ? 0 : it->second;
  }

 private:
  std::unordered_map<std::string, backbone::AccountId> of_;
  std::deque<std::string> order_;  // the oldest first
};

}  // namespace bridge::fanout
