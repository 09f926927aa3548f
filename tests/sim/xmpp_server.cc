#include "tests/sim/xmpp_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gateway/xmpp/delivery_stanza.h"
#include "gateway/xmpp/jid.h"
#include "tests/sim/home.h"

namespace tests::sim {

using gateway::xmpp::Jid;
using gateway::xmpp::Stanza;
using gateway::xmpp::test::Element;

namespace {

constexpr std::size_t kItemsPerTurn = 8;

}  // namespace

XmppServer::XmppServer(Stage& stage)
    : stage_(stage), worker_(stage, milliseconds(50), [this] { return turn(); }) {}

bool XmppServer::open(ComponentStream& stream) {
  if (!up_) return false;
  if (ComponentStream* old = std::exchange(stream_, nullptr)) old->server_gone();
  taken_in_.clear();
  stream_ = &stream;
  to_component({});
  return true;
}

void XmppServer::closed(ComponentStream& stream) {
  if (stream_ == &stream) stream_ = nullptr;
}

void XmppServer::arrive(ComponentStream& stream, ToServer item) {
  if (stream_ != &stream) return;
  taken_in_.push_back(std::move(item));
  worker_.wake();
}

void XmppServer::add_user(const std::string& address, UserClient& client) {
  users_[address].client = &client;
}

bool XmppServer::log_in(const std::string& address, const std::string& show) {
  if (!up_) return false;
  User& user = users_.at(address);
  user.online = true;
  user.show = show;
  for (Taken& taken : std::exchange(user.offline, {})) deliver(address, std::move(taken));
  presence_of(address, user);
  return true;
}

void XmppServer::log_out(const std::string& address) {
  User& user = users_.at(address);
  if (!user.online) return;
  user.online = false;
  presence_of(address, user);
}

bool XmppServer::has(const std::string& address, bridge::backbone::RecordId id) const {
  const auto is_it = [&](const Taken& taken) {
    return gateway::xmpp::parse_delivery_id(taken.stanza.attribute("id")) == id;
  };
  return std::ranges::any_of(users_,
                             [&](const auto& user) {
                               return home_of(user.first) == address &&
                                      std::ranges::any_of(user.second.offline, is_it);
                             }) ||
         std::ranges::any_of(outgoing_, [&](const Outgoing& outgoing) {
           return home_of(outgoing.address) == address && is_it(outgoing.taken);
         });
}

void XmppServer::send(Stanza stanza) {
  if (up_) to_component({.stanza = std::move(stanza), .pong = 0});
}

void XmppServer::crash() {
  stage_.trace.say("the XMPP server dies");
  stage_.laws.breaks();
  up_ = false;
  for (const Outgoing& lost : outgoing_) {
    const auto id = gateway::xmpp::parse_delivery_id(lost.taken.stanza.attribute("id"));
    if (!id) continue;
    stage_.trace.say("#{} to {} dies with it{}", *id, lost.address,
                     lost.taken.confirmed ? ", confirmed as it was" : "");
    // Whoever confirms what they get misses nothing, but for docs/decisions/receipts.md.
    if (lost.taken.confirmed && (lost.taken.believed || !stage_.plan.receipts))
      stage_.laws.lost_by_server(home_of(lost.address), *id);
  }
  outgoing_.clear();
  taken_in_.clear();
  if (ComponentStream* stream = std::exchange(stream_, nullptr)) stream->server_gone();
  for (auto& [address, user] : users_) {
    if (std::exchange(user.online, false)) user.client->server_gone();
  }
}

void XmppServer::believe() {
  for (Outgoing& outgoing : outgoing_) outgoing.taken.believed = outgoing.taken.confirmed;
  for (auto& [address, user] : users_)
    for (Taken& kept : user.offline) kept.believed = kept.confirmed;
}

void XmppServer::start() {
  stage_.trace.say("the XMPP server starts");
  up_ = true;
}

// ---- the stream --------------------------------------------------------------------------------

std::size_t XmppServer::turn() {
  if (!up_) return 0;
  write_out();
  if (stage_.agenda.now() < paused_until_ && !stage_.calm) return 0;
  std::size_t taken = 0;
  for (; taken < kItemsPerTurn && !taken_in_.empty(); ++taken) {
    const ToServer item = std::move(taken_in_.front());
    taken_in_.pop_front();
    take(item);
  }
  return taken;
}

void XmppServer::take(const ToServer& item) {
  if (item.ping != 0) {
    for (Outgoing& outgoing : outgoing_) outgoing.taken.confirmed = true;
    for (auto& [address, user] : users_)
      for (Taken& kept : user.offline) kept.confirmed = true;
    return to_component({.stanza = {}, .pong = item.ping});
  }
  auto stanzas = gateway::xmpp::test::parse_stanzas(item.stanzas);
  if (!stanzas) stage_.laws.broken("law 8: the gateway sent what is no XML: " + item.stanzas);
  for (Element& stanza : *stanzas) route(std::move(stanza));
}

void XmppServer::route(Element stanza) {
  const auto to = Jid::parse(stanza.attribute("to"));
  const std::string address = to ? to->bare() : std::string();
  const auto found = users_.find(address);
  if (found == users_.end()) stage_.laws.broken("the gateway wrote to nobody: " + address);
  User& user = found->second;
  if (stanza.name == "presence") {
    if (stanza.attribute("type") == "probe" && user.online) presence_of(address, user);
    return;
  }
  if (stanza.name != "message") return;
  const bool error = stanza.attribute("type") == "error";
  if (stage_.agenda.now() < user.cut_off_until && !stage_.calm && !error)
    return bounce(stanza, "remote-server-not-found");
  if (stage_.agenda.now() < user.rejects_until && !stage_.calm && !error) return reject(stanza);
  if (user.online) return deliver(address, {std::move(stanza)});
  if (error) return;
  if (stage_.plan.bounces) return bounce(stanza, "service-unavailable");
  stage_.trace.say("the server keeps {} for {}", stanza.attribute("id"), address);
  user.offline.push_back({std::move(stanza)});
}

void XmppServer::deliver(const std::string& address, Taken taken) {
  User& user = users_.at(address);
  Time due = stage_.agenda.now() + stage_.dice.between(microseconds(100), microseconds(20'000));
  if (!stage_.calm) due = std::max(due, user.hangs_until);
  due = user.last_due = std::max(due, user.last_due);
  const auto after = std::ranges::upper_bound(outgoing_, due, {}, &Outgoing::due);
  outgoing_.insert(after, {due, address, std::move(taken)});
  stage_.agenda.at(due, [this] { worker_.wake(); });
}

void XmppServer::write_out() {
  while (!outgoing_.empty() && outgoing_.front().due <= stage_.agenda.now()) {
    const Outgoing out = std::move(outgoing_.front());
    outgoing_.pop_front();
    users_.at(out.address).client->receive(out.taken.stanza);
  }
}

// Another server may take its time to say no. Nobody learns of it when the component is not there
// just then; nor when its connection breaks with the answer in it.
void XmppServer::reject(const Element& stanza) {
  static constexpr const char* kReasons[] = {"service-unavailable", "remote-server-timeout",
                                             "item-not-found"};
  const std::string reason = kReasons[stage_.dice.below(std::size(kReasons))];
  if (stage_.dice.chance(0.5)) return bounce(stanza, reason);
  const auto id = gateway::xmpp::parse_delivery_id(stanza.attribute("id"));
  const auto to = Jid::parse(stanza.attribute("to"));
  if (id && to) stage_.laws.lost_by_server(home_of(to->bare()), *id);
  const Time due =
      stage_.agenda.now() + stage_.dice.between(microseconds(100), microseconds(1'500'000));
  last_answer_ = std::max(last_answer_, due);
  stage_.agenda.at(due, [this, stanza, reason] { bounce(stanza, reason); });
}

void XmppServer::bounce(const Element& stanza, std::string_view condition) {
  const auto from = Jid::parse(stanza.attribute("to"));
  const auto to = Jid::parse(stanza.attribute("from"));
  if (!from || !to) return;
  stage_.trace.say("the server returns {} for {}", stanza.attribute("id"), from->bare());
  Stanza error;
  error.from = *from;
  error.to = *to;
  error.type = "error";
  error.id = stanza.attribute("id");
  error.error_type = "cancel";
  error.error_condition = condition;
  to_component({.stanza = std::move(error), .pong = 0});
}

void XmppServer::presence_of(const std::string& address, const User& user) {
  Stanza presence;
  presence.name = Stanza::Name::kPresence;
  presence.from = *Jid::parse(address + "/phone");
  presence.to = *Jid::parse("lapwing@im.example.org");
  if (!user.online) presence.type = "unavailable";
  presence.show = user.show;
  to_component({.stanza = std::move(presence), .pong = 0});
}

// A component that does not read loses its stream, as with a real server whose buffers are full.
void XmppServer::to_component(FromServer item) {
  if (!stream_ || stream_->push(std::move(item))) return;
  stage_.trace.say("the server gives up a component that does not read");
  std::exchange(stream_, nullptr)->server_gone();
}

}  // namespace tests::sim
