#include "gateway/web/session/sign_in_limit.h"

#include <arpa/inet.h>

#include <array>

namespace gateway::web {
namespace {

throttle::Policy wrong_codes() {
  return *throttle::Policy::make(5, std::chrono::minutes(1), 5);
}

}  // namespace

std::optional<std::chrono::milliseconds> SignInLimit::wait(std::string_view address,
                                                           bridge::base::Time now) {
  const auto decision = limiter_.check(network_of(address), wrong_codes(), now);
  if (decision.admitted()) return std::nullopt;
  return std::chrono::ceil<std::chrono::milliseconds>(decision.not_before - now);
}

void SignInLimit::failed(std::string_view address, bridge::base::Time now) {
  limiter_.charge(network_of(address), wrong_codes(), now);
}

std::string network_of(std::string_view address) {
  const std::string text(address.substr(0, address.find('%')));
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const std::string_view raw(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string_view mapped(reinterpret_cast<const char*>(kMapped.data()), kMapped.size());
  if (raw.starts_with(mapped)) {  // IPv4 in IPv6's clothes
    std::array<char, INET_ADDRSTRLEN> written{};
    return inet_ntop(AF_INET, bytes.data() + kMapped.size(), written.data(), written.size());
  }
  return std::string(raw.substr(0, 8));
}

}  // namespace gateway::web
