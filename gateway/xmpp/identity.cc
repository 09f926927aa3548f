#include "gateway/xmpp/identity.h"

#include <algorithm>
#include <array>

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

namespace {

constexpr std::array<std::string_view, 12> kEverywhere = {"http://jabber.org/protocol/caps",
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
constexpr std::array<std::string_view, 3> kOfServices = {"http://jabber.org/protocol/commands",
                                                         "jabber:iq:register", "jabber:x:data"};

std::vector<std::string_view> features_of_services() {
  std::vector<std::string_view> all(kEverywhere.begin(), kEverywhere.end());
  all.insert(all.end(), kOfServices.begin(), kOfServices.end());
  std::ranges::sort(all);
  return all;
}

}  // namespace

const std::vector<std::string_view>& features(Who who) {
  static const std::vector<std::string_view> services = features_of_services();
  static const std::vector<std::string_view> contacts(kEverywhere.begin(), kEverywhere.end());
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
  return presence;
}

}  // namespace gateway::xmpp
