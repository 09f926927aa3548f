#include "gateway/xmpp/capabilities.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <vector>

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

std::string base64_sha1(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr);
  std::array<unsigned char, 4 * (EVP_MAX_MD_SIZE / 3 + 1) + 1> encoded{};
  const int encoded_length =
      EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(length));
  return {encoded.begin(), encoded.begin() + encoded_length};
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
  return base64_sha1(first + joined_sorted({features.begin(), features.end()}));
}

}  // namespace gateway::xmpp
