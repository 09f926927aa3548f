#include "gateway/xmpp/jid.h"

#include <algorithm>

#include "bridge/base/text.h"

namespace gateway::xmpp {
namespace {

using bridge::base::ErrorCode;
using bridge::base::fail;

constexpr std::size_t kPartBytesMax = 1023;  // RFC 7622 section 3.1, for each of the three parts
constexpr std::string_view kForbiddenInLocal = "\"&'/:<>@ ";
constexpr std::string_view kForbiddenInDomain = "\"&'/<>@ \\";

bool allowed(std::string_view part, std::string_view forbidden) {
  return !part.empty() && bridge::base::check_text(part, kPartBytesMax).has_value() &&
         part.find_first_of("\t\n") == std::string_view::npos &&
         part.find_first_of(forbidden) == std::string_view::npos;
}

// Only A to Z: an address that reached us through a server was already prepared by it (RFC 7622),
// and what a person or a configuration writes by hand differs in these letters only.
std::string folded(std::string_view part) {
  std::string out(part);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

}  // namespace

bridge::base::Result<Jid> Jid::parse(std::string_view text) {
  Jid jid;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    const std::string_view resource = text.substr(slash + 1);
    if (!allowed(resource, "")) {
      return fail(ErrorCode::kBadRequest, "The resource of that address is not allowed.");
    }
    jid.resource = resource;
    text = text.substr(0, slash);
  }
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    const std::string_view local = text.substr(0, at);
    if (!allowed(local, kForbiddenInLocal)) {
      return fail(ErrorCode::kBadRequest, "The part before the @ of that address is not allowed.");
    }
    jid.local = folded(local);
    text = text.substr(at + 1);
  }
  if (text.ends_with('.')) text.remove_suffix(1);  // the DNS root
  if (!allowed(text, kForbiddenInDomain)) {
    return fail(ErrorCode::kBadRequest, "The domain of that address is not allowed.");
  }
  jid.domain = folded(text);
  return jid;
}

std::string Jid::bare() const {
  return local.empty() ? domain : local + '@' + domain;
}

std::string Jid::full() const {
  return resource.empty() ? bare() : bare() + '/' + resource;
}

}  // namespace gateway::xmpp
