#include "gateway/web/doorman.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <utility>

namespace gateway::web {

std::string asker_of(const std::string& address) {
  in6_addr bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return address;  // IPv4, or no address
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (IN6_IS_ADDR_V4MAPPED(&bytes)) {
    ::inet_ntop(AF_INET, &bytes.s6_addr[12], text.data(), text.size());
  } else {
    std::fill(std::begin(bytes.s6_addr) + 8, std::end(bytes.s6_addr), 0);
    ::inet_ntop(AF_INET6, &bytes, text.data(), text.size());
  }
  return text.data();
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
