#include "gateway/xmpp/identity.h"

#include <algorithm>
#include <utility>

#include "gateway/xmpp/avatar.h"
#include "gateway/xmpp/capabilities.h"
#include "gateway/xmpp/extensions.h"

namespace gateway::xmpp {

Who who_is(const Settings& settings, const Jid& ours) {
  if (ours.local.empty()) return Who::kDomain;
  return ours.local == settings.bot ? Who::kBot : Who::kContact;
}

namespace {

// What is said of one of them.
struct Face {
  Face(Identity identity, bool contact) : identities{std::move(identity)} {
    for (const Extension& extension : extensions())
      if (extension.contacts || !contact)
        features.insert(features.end(), extension.features.begin(), extension.features.end());
    std::ranges::sort(features);
    caps = caps_version(identities, features);
  }

  std::vector<Identity> identities;
  std::vector<std::string_view> features;
  std::string caps;
};

const Face& face_of(Who who) {
  static const Face domain({"gateway", "lapwing", kServiceName}, /*contact=*/false);
  static const Face bot({"client", "bot", kServiceName}, /*contact=*/false);
  static const Face contact({"account", "registered", {}}, /*contact=*/true);
  switch (who) {
    case Who::kDomain:
      return domain;
    case Who::kBot:
      return bot;
    case Who::kContact:
      return contact;
  }
  return contact;
}

}  // namespace

const std::vector<Identity>& identities(Who who) {
  return face_of(who).identities;
}

const std::vector<std::string_view>& features(Who who) {
  return face_of(who).features;
}

const std::string& caps(Who who) {
  return face_of(who).caps;
}

const std::vector<Identity>& command_list_identities() {
  static const std::vector<Identity> list = {{"automation", "command-list", "Commands"}};
  return list;
}

const std::vector<std::string_view>& command_features() {
  static const std::vector<std::string_view> all = {"http://jabber.org/protocol/commands",
                                                    "jabber:x:data"};
  return all;
}

std::string caps_node(Who who) {
  return std::string(kCapsNode) + "#" + caps(who);
}

Presence own_presence(std::string_view from, std::string_view to, Who who, PresenceType type) {
  Presence presence{.from = from, .to = to, .type = type};
  // Who asks for a place in somebody's list says what to be called there.
  if (type == PresenceType::kSubscribe) presence.nick = kServiceName;
  if (type != PresenceType::kAvailable) return presence;
  if (who != Who::kContact) presence.status = "Say help for a list of commands";
  presence.caps_node = kCapsNode;
  presence.caps_version = caps(who);
  if (const auto at = from.find('@'); at != from.npos)
    presence.photo = avatar_id(from.substr(0, at));
  return presence;
}

}  // namespace gateway::xmpp
