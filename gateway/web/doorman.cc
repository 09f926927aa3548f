#include "gateway/web/doorman.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace gateway::web {

// In the text of an IPv6 address the first four groups are its network; "::" within them is short
// for zeros, and then what is before it says as much.
std::string asker_of(const std::string& address) {
  std::size_t end = 0;
  for (int groups = 0; groups < 4; ++groups) {
    const auto colon = address.find(':', end);
    if (colon == std::string::npos) return address;  // IPv4
    end = colon + 1;
    if (address.compare(colon, 2, "::") == 0) break;
  }
  return address.substr(0, end);
}

void Doorman::handle(const HttpRequest& request, Respond respond) {
  if (policy_.is_unlimited()) return next_.handle(request, std::move(respond));
  const auto allowed = addresses_.decide(asker_of(request.peer), policy_, request.now.mono);
  if (allowed.admitted()) return next_.handle(request, std::move(respond));
  ++refused_;
  const auto wait = std::chrono::ceil<std::chrono::seconds>(allowed.not_before - request.now.mono);
  respond({.status = 429,
           .headers = {{"Retry-After", std::to_string(std::max<std::int64_t>(1, wait.count()))}},
           .body = "Too many requests from this address.\n"});
}

}  // namespace gateway::web
