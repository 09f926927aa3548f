#include "gateway/xmpp/identity.h"

#include "gateway/xmpp/capabilities.h"

namespace gateway::xmpp {

Who who_is(const Settings& settings, const Jid& ours) {
  if (ours.local.empty()) return Who::kDomain;
  return ours.local == settings.bot ? Who::kBot : Who::kContact;
}

const std::vector<Identity>& identities(Who who) {
  static const std::vector<Identity> domain = {{"gateway", "lapwing", kServiceName}};
  static const std::vector<Identity> bot = {{"client", "bot", kServiceName}};
  return who == Who::kDomain ? domain : bot;
}

const std::vector<std::string_view>& features() {
  static const std::vector<std::string_view> all = {"http://jabber.org/protocol/caps",
                                                    "http://jabber.org/protocol/chatstates",
                                                    "http://jabber.org/protocol/disco#info",
                                                    "http://jabber.org/protocol/disco#items",
                                                    "jabber:iq:version",
                                                    "urn:xmpp:message-correct:0",
                                                    "urn:xmpp:message-retract:1",
                                                    "urn:xmpp:ping",
                                                    "urn:xmpp:reactions:0",
                                                    "urn:xmpp:receipts",
                                                    "urn:xmpp:reply:0",
                                                    "vcard-temp"};
  return all;
}

Presence own_presence(std::string_view from, std::string_view to, Who who, PresenceType type) {
  static const std::string domain_version = caps_version(identities(Who::kDomain), features());
  static const std::string bot_version = caps_version(identities(Who::kBot), features());
  Presence presence{.from = from, .to = to, .type = type};
  if (type != PresenceType::kAvailable) return presence;
  if (who != Who::kContact) presence.status = "Say help for a list of commands";
  presence.caps_node = kCapsNode;
  presence.caps_version = who == Who::kDomain ? domain_version : bot_version;
  return presence;
}

}  // namespace gateway::xmpp
