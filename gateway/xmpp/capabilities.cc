#include "gateway/xmpp/capabilities.h"

#include <algorithm>
#include <vector>

#include "gateway/xmpp/digest.h"

namespace gateway::xmpp {
namespace {

std::string joined_sorted(std::vector<std::string> parts) {
  std::sort(parts.begin(), parts.end());
  std::string out;
  for (const std::string& part : parts) {
    out += part;
    out += '<';
  }
  return out;
}

}  // namespace

std::string caps_version(std::span<const Identity> identities,
                         std::span<const std::string_view> features) {
  std::vector<std::string> parts;
  for (const Identity& identity : identities) {
    std::string part(identity.category);
    part += '/';
    part += identity.type;
    part += "//";  // no language
    part += identity.name;
    parts.push_back(std::move(part));
  }
  const std::string first = joined_sorted(std::move(parts));
  return base64(sha1(first + joined_sorted({features.begin(), features.end()})));
}

}  // namespace gateway::xmpp
