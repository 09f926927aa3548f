// Probed: whom we asked lately where they are, so that a refusal can be told to be the answer to
// it.
//
//   probed.add(bare, now);
//   if (probed.take(bare, now)) ...  // asked not long ago, and not taken since
//
// Bounded: the oldest are forgotten first. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>

#include "bridge/base/time.h"
#include "throttle/key_hash.h"

namespace gateway::xmpp {

class Probed {
 public:
  static constexpr std::chrono::seconds kWithin{30};  // an answer that comes later is none
  // Three times what the default pace of probes (200/s) sends within that time.
  static constexpr std::size_t kProbedMax = 18'000;

  void add(const std::string& bare, bridge::base::Time now);
  bool take(const std::string& bare, bridge::base::Time now);

 private:
  struct Entry {
    bridge::base::Time when;
    std::string bare;
  };

  void drop_oldest();

  std::unordered_map<std::string, bridge::base::Time, throttle::KeyHash, std::equal_to<>> probed_{
      0, throttle::KeyHash{throttle::random_seed()}};
  std::deque<Entry> in_order_;  // may name what was taken or probed again since
};

}  // namespace gateway::xmpp
