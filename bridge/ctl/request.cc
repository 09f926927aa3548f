#include "bridge/ctl/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <random>

namespace bridge::ctl {
namespace {

bool is_nick_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

base::Result<void> check_nick(std::string_view nick) {
  constexpr std::size_t kNickMax = 20;
  const bool good = !nick.empty() && nick.size() <= kNickMax &&
                    std::all_of(nick.begin(), nick.end(), is_nick_character);
  if (good) return {};
  return base::fail(base::ErrorCode::kBadRequest,
                    "A nick has 1 to 20 characters, only letters A to Z, digits and _.");
}

std::string operator_name() {
  for (const char* variable : {"SUDO_USER", "USER", "LOGNAME"})
    if (const char* name = std::getenv(variable); name != nullptr && *name != '\0') return name;
  return "operator";
}

wire::Request publish_request(std::string_view author, std::string_view text,
                              std::string_view client_id) {
  wire::Request request;
  request.mutable_actor()->set_nick(std::string(author));
  wire::Publish& publish = *request.mutable_publish();
  publish.set_client_id(std::string(client_id));
  publish.set_text(std::string(text));
  publish.set_create_author(true);
  return request;
}

std::string random_client_id() {
  std::random_device device;
  return fmt::format("ctl:{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

}  // namespace bridge::ctl
