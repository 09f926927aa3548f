#include "gateway/web/session/sign_in_limit.h"

namespace gateway::web {
namespace {

throttle::Policy wrong_codes() {
  return *throttle::Policy::make(5, std::chrono::minutes(1), 5);
}

}  // namespace

std::optional<std::chrono::milliseconds> SignInLimit::wait(std::string_view asker,
                                                           bridge::base::Time now) {
  const auto decision = limiter_.check(asker, wrong_codes(), now);
  if (decision.admitted()) return std::nullopt;
  return std::chrono::ceil<std::chrono::milliseconds>(decision.not_before - now);
}

void SignInLimit::charge(std::string_view asker, bridge::base::Time now) {
  limiter_.charge(asker, wrong_codes(), now);
}

}  // namespace gateway::web
