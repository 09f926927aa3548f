#include "gateway/xmpp/queries.h"

#include <string>
#include <vector>

#include "gateway/command/nick.h"
#include "gateway/xmpp/capabilities.h"
#include "gateway/xmpp/identity.h"

namespace gateway::xmpp {

void Queries::refuse(const Stanza& iq, ErrorType type, std::string_view condition) {
  outbox_.push_error_for(iq, type, condition, {});
}

void Queries::on_iq(const Stanza& iq, bridge::base::Time now) {
  if (iq.type != "get" && iq.type != "set") return;
  if (!guard_.query(iq.from, now)) {
    refuse(iq, ErrorType::kWait, condition::kPolicyViolation);
  } else if (who_is(settings_, iq.to) == Who::kContact && !command::is_nick(iq.to.local)) {
    refuse(iq, ErrorType::kCancel, condition::kItemNotFound);
  } else if (iq.type == "get") {
    answer_get(iq);
  } else {
    refuse(iq, ErrorType::kCancel, condition::kServiceUnavailable);
  }
}

void Queries::answer_get(const Stanza& iq) {
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
  } else if (iq.query_ns == "vcard-temp") {
    const bool contact = who_is(settings_, iq.to) == Who::kContact;
    const std::string_view name = contact ? std::string_view(iq.to.local) : kServiceName;
    outbox_.push(VCard{.from = ours,
                       .to = theirs,
                       .id = iq.id,
                       .full_name = name,
                       .nickname = name,
                       .description = contact ? "A contact of the microblog"
                                              : "Follow people and track words; say help",
                       .url = {}});
  } else {
    refuse(iq, ErrorType::kCancel, condition::kServiceUnavailable);
  }
}

void Queries::answer_info(const Stanza& iq) {
  const Who who = who_is(settings_, iq.to);
  const std::string caps = std::string(kCapsNode) + "#" + caps_version(identities(who), features());
  if (!iq.query_node.empty() && iq.query_node != caps) {
    refuse(iq, ErrorType::kCancel, condition::kItemNotFound);
    return;
  }
  const std::string ours = iq.to.full();
  const std::string theirs = iq.from.full();
  outbox_.push(DiscoInfo{.from = ours,
                         .to = theirs,
                         .id = iq.id,
                         .node = iq.query_node,
                         .identities = identities(who),
                         .features = features()});
}

void Queries::answer_items(const Stanza& iq) {
  const std::string ours = iq.to.full();
  const std::string theirs = iq.from.full();
  const std::string bot = settings_.bot_jid();
  std::vector<DiscoItem> items;
  if (who_is(settings_, iq.to) == Who::kDomain && iq.query_node.empty()) {
    items.push_back(DiscoItem{.jid = bot, .node = {}, .name = kServiceName});
  }
  outbox_.push(
      DiscoItems{.from = ours, .to = theirs, .id = iq.id, .node = iq.query_node, .items = items});
}

}  // namespace gateway::xmpp
