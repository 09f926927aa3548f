// Digests of bytes, and bytes as text. The one adapter to OpenSSL here. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gateway::xmpp {

// The 20 bytes of the SHA-1: what XEP-0115 and XEP-0153 ask for. Not for secrets.
std::string sha1(std::string_view bytes);

std::string base64(std::string_view bytes);
std::string hex(std::string_view bytes);  // lower case

}  // namespace gateway::xmpp
