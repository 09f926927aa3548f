// Extensions: the one table of what of XMPP the gateway speaks. What service discovery says
// (identity.h), docs/xmpp.md and docs/doap.xml are made from it, so they agree. To support another
// one, add it here and run scripts/document.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gateway::xmpp {

enum class Support : std::uint8_t {
  kComplete,  // all that concerns a service like this
  kPartial,   // the manual says what is missing
};

struct Extension {
  std::string_view number;  // "0030"
  std::string_view name;
  std::string_view version;  // of the XEP that was read
  Support support = Support::kComplete;
  std::span<const std::string_view> features = {};  // as service discovery names them
  bool contacts = true;  // contacts have these features too, not the bot and the domain alone
  std::string_view does;
  std::string_view lacks = {};
};

// By number.
std::span<const Extension> extensions();

// docs/xmpp.md and docs/doap.xml (XEP-0453).
std::string extensions_page();
std::string doap();

}  // namespace gateway::xmpp
