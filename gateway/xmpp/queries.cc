#include "gateway/xmpp/queries.h"

#include <span>
#include <string>
#include <vector>

#include "gateway/command/nick.h"
#include "gateway/xmpp/identity.h"

namespace gateway::xmpp {

void Queries::refuse(const Stanza& iq, ErrorType type, std::string_view condition) {
  outbox_.push_error_for(iq, type, condition, {});
}

void Queries::on_iq(const Stanza& iq, bridge::base::Time now) {
  if (iq.type != "get" && iq.type != "set") return;
  if (!guard_.query(iq.from, now)) {
    refuse(iq, ErrorType::kWait, condition::kResourceConstraint);
  } else if (who_is(settings_, iq.to) == Who::kContact && !command::is_nick(iq.to.local)) {
    refuse(iq, ErrorType::kCancel, condition::kItemNotFound);
  } else if (hand_on(iq, now)) {
    return;
  } else if (iq.type == "get") {
    answer_get(iq, now);
  } else {
    refuse(iq, ErrorType::kCancel, condition::kServiceUnavailable);
  }
}

// A contact is a person, not a service: it has no commands, and nobody registers with it.
bool Queries::hand_on(const Stanza& iq, bridge::base::Time now) {
  if (who_is(settings_, iq.to) == Who::kContact) return false;
  if (iq.query_ns == kCommandsNs && iq.type == "set") {
    commands_.on_command(iq, now);
    return true;
  }
  if (iq.query_ns == "jabber:iq:register") {
    registration_.on_register(iq, now);
    return true;
  }
  return false;
}

void Queries::answer_get(const Stanza& iq, bridge::base::Time now) {
  const std::string ours = iq.to.full();
  const std::string theirs = iq.from.full();
  if (iq.query_ns == "urn:xmpp:ping") {
    outbox_.push(IqResult{.from = ours, .to = theirs, .id = iq.id, .payload = {}});
  } else if (iq.query_ns == "http://jabber.org/protocol/disco#info") {
    answer_info(iq);
  } else if (iq.query_ns == "http://jabber.org/protocol/disco#items") {
    answer_items(iq);
  } else if (iq.query_ns == "jabber:iq:version") {
    outbox_.push(SoftwareVersion{.from = ours,
                                 .to = theirs,
                                 .id = iq.id,
                                 .name = settings_.software,
                                 .version = settings_.version});
  } else if (iq.query_ns == "urn:xmpp:time") {
    outbox_.push(
        EntityTime{.from = ours, .to = theirs, .id = iq.id, .wall_ms = settings_.wall_clock()});
  } else if (iq.query_ns == "vcard-temp") {
    cards_.on_get(iq, now);
  } else {
    refuse(iq, ErrorType::kCancel, condition::kServiceUnavailable);
  }
}

// Of an address, of the list of its commands, or of one of these.
void Queries::answer_info(const Stanza& iq) {
  const Who who = who_is(settings_, iq.to);
  const std::string& node = iq.query_node;
  const std::string ours = iq.to.full();
  const std::string theirs = iq.from.full();
  DiscoInfo info{.from = ours, .to = theirs, .id = iq.id, .node = node};
  Identity of_command{"automation", "command-node", {}};
  if (node.empty() || node == caps_node(who)) {
    info.identities = identities(who);
    info.features = features(who);
  } else if (who != Who::kContact && node == kCommandsNs) {
    info.identities = command_list_identities();
    info.features = command_features();
  } else if (const command::Entry* entry = command_at(node, house_.is_operator(iq.from));
             entry && who != Who::kContact) {
    of_command.name = entry->usage;
    info.identities = std::span(&of_command, 1);
    info.features = command_features();
  } else {
    return refuse(iq, ErrorType::kCancel, condition::kItemNotFound);
  }
  outbox_.push(info);
}

void Queries::answer_items(const Stanza& iq) {
  const std::string ours = iq.to.full();
  const std::string theirs = iq.from.full();
  const std::string ours_bare = iq.to.bare();
  const std::string bot = settings_.bot_jid();
  const Who who = who_is(settings_, iq.to);
  std::vector<DiscoItem> items;
  if (who == Who::kDomain && iq.query_node.empty()) {
    items.push_back(DiscoItem{.jid = bot, .node = {}, .name = kServiceName});
  } else if (who != Who::kContact && iq.query_node == kCommandsNs) {
    const bool is_operator = house_.is_operator(iq.from);
    for (const command::Entry* entry : command::catalog())
      if (command_at(entry->name, is_operator))
        items.push_back(DiscoItem{.jid = ours_bare, .node = entry->name, .name = entry->usage});
  }
  outbox_.push(
      DiscoItems{.from = ours, .to = theirs, .id = iq.id, .node = iq.query_node, .items = items});
}

}  // namespace gateway::xmpp
