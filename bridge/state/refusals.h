// What people are told when they are refused for who they are, in the same words wherever it is
// decided.
#pragma once

#include <chrono>
#include <string_view>

#include "bridge/base/result.h"
#include "bridge/base/time.h"
#include "bridge/state/state.h"
#include "throttle/gcra.h"

namespace bridge::state {

base::Error not_joined();
// For an address of a banned domain.
base::Error not_served(std::string_view domain);
// For somebody whom State::held; who could change that is for another sentence.
base::Error held(const State& state, const Account& account);

// Until it would be admitted.
inline std::chrono::milliseconds wait_for(const throttle::Decision& decision, base::Time now) {
  return std::chrono::ceil<std::chrono::milliseconds>(decision.not_before - now);
}

}  // namespace bridge::state
