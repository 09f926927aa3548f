#include "gateway/xmpp/identity.h"

#include <algorithm>

#include "gateway/xmpp/avatar.h"
#include "gateway/xmpp/capabilities.h"
#include "gateway/xmpp/extensions.h"

namespace gateway::xmpp {

Who who_is(const Settings& settings, const Jid& ours) {
  if (ours.local.empty()) return Who::kDomain;
  return ours.local == settings.bot ? Who::kBot : Who::kContact;
}

const std::vector<Identity>& identities(Who who) {
  static const std::vector<Identity> domain = {{"gateway", "lapwing", kServiceName}};
  static const std::vector<Identity> bot = {{"client", "bot", kServiceName}};
  static const std::vector<Identity> contact = {{"account", "registered", {}}};
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

namespace {

std::vector<std::string_view> features_of(bool contact) {
  std::vector<std::string_view> all;
  for (const Extension& extension : extensions())
    if (extension.contacts || !contact)
      all.insert(all.end(), extension.features.begin(), extension.features.end());
  std::ranges::sort(all);
  return all;
}

}  // namespace

const std::vector<std::string_view>& features(Who who) {
  static const std::vector<std::string_view> services = features_of(/*contact=*/false);
  static const std::vector<std::string_view> contacts = features_of(/*contact=*/true);
  return who == Who::kContact ? contacts : services;
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

const std::string& caps(Who who) {
  static const std::string domain = caps_version(identities(Who::kDomain), features(Who::kDomain));
  static const std::string bot = caps_version(identities(Who::kBot), features(Who::kBot));
  static const std::string contact =
      caps_version(identities(Who::kContact), features(Who::kContact));
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

std::string caps_node(Who who) {
  return std::string(kCapsNode) + "#" + caps(who);
}

Presence own_presence(std::string_view from, std::string_view to, Who who, PresenceType type) {
  Presence presence{.from = from, .to = to, .type = type};
  if (type != PresenceType::kAvailable) return presence;
  if (who != Who::kContact) presence.status = "Say help for a list of commands";
  presence.caps_node = kCapsNode;
  presence.caps_version = caps(who);
  if (const auto at = from.find('@'); at != from.npos)
    presence.photo = avatar_of(from.substr(0, at)).id;
  return presence;
}

}  // namespace gateway::xmpp
