// Jid: an XMPP address in its three parts, normalised enough to be compared.
#pragma once

#include <string>
#include <string_view>

#include "bridge/base/result.h"

namespace gateway::xmpp {

struct Jid {
  std::string local;  // empty for a bare domain
  std::string domain;
  std::string resource;  // empty for a bare address

  // kBadRequest for what RFC 7622 does not allow. Local part and domain are case-folded.
  static bridge::base::Result<Jid> parse(std::string_view text);

  std::string bare() const;  // local@domain
  std::string full() const;  // local@domain/resource

  bool operator==(const Jid&) const = default;
};

}  // namespace gateway::xmpp
