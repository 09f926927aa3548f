#include "gateway_world.h"

#include <utility>

namespace gateway::xmpp {
namespace {

namespace wire = bridge::wire;

wire::Reply error(wire::ErrorCode code, const char* text) {
  wire::Reply reply;
  reply.mutable_error()->set_code(code);
  reply.mutable_error()->set_text(text);
  return reply;
}

wire::Reply done() {
  wire::Reply reply;
  reply.mutable_done()->set_changed(true);
  return reply;
}

}  // namespace

Settings World::small_settings() {
  Settings settings;
  settings.domain = "im.example.org";
  settings.limits.person = throttle::Policy::unlimited();
  settings.limits.domain = throttle::Policy::unlimited();
  settings.limits.queries = throttle::Policy::unlimited();
  return settings;
}

World::World(Settings settings)
    : gateway(std::move(settings)),
      backbone(gateway, [this](const wire::Request& request) { return answer(request); }) {
  gateway.attach(component, backbone);
}

void World::up() {
  xmpp_up();
  turn();
}

void World::xmpp_up() {
  component.set_online(true);
  gateway.on_online(now);
  turn();
}

void World::xmpp_down() {
  component.set_online(false);
  gateway.on_offline("the test says so", now);
  turn();
}

void World::bridge_down() {
  backbone.break_link();
  pass(std::chrono::seconds(60));
  turn();
}

void World::bridge_up() {
  backbone.mend_link();
  for (int i = 0; i < 100 && !backbone.connected(); ++i) {
    pass(std::chrono::seconds(1));
    turn();
  }
}

// Until nothing moves any more: an answer may lead to a question.
void World::turn() {
  for (int i = 0; i < 20 && gateway.turn(now) > 0; ++i) {
  }
}

void World::gets(const Stanza& stanza) {
  gateway.on_stanza(stanza, now);
  turn();
}

void World::says(std::string_view from, std::string_view body, std::string_view id,
                 std::string_view to) {
  Stanza stanza;
  stanza.from = *Jid::parse(from);
  stanza.to = *Jid::parse(to);
  stanza.type = "chat";
  stanza.id = id;
  stanza.body = std::string(body);
  gets(stanza);
}

void World::presence(std::string_view from, std::string_view type, std::string_view show,
                     int priority, std::string_view to) {
  Stanza stanza;
  stanza.name = Stanza::Name::kPresence;
  stanza.from = *Jid::parse(from);
  stanza.to = *Jid::parse(to);
  stanza.type = type;
  stanza.show = show;
  stanza.priority = priority;
  gets(stanza);
}

Stanza World::iq(std::string_view from, std::string_view type, std::string_view ns,
                 std::string_view node, std::string_view to) {
  Stanza stanza;
  stanza.name = Stanza::Name::kIq;
  stanza.from = *Jid::parse(from);
  stanza.to = *Jid::parse(to);
  stanza.type = type;
  stanza.id = "q1";
  stanza.query_ns = ns;
  stanza.query_node = node;
  return stanza;
}

void World::server_takes(std::size_t barriers) {
  for (std::size_t i = 0; i < barriers && !component.barriers.empty(); ++i) {
    const BarrierId barrier = component.barriers.front();
    component.barriers.erase(component.barriers.begin());
    gateway.on_barrier(barrier, std::chrono::milliseconds(5), now);
  }
  turn();
}

std::string World::out() const {
  std::string all;
  for (const std::string& text : component.sent) all += text;
  return all;
}

// Stanzas begin with one of three names, and our own bodies hold none of them.
std::string World::to(std::string_view address) const {
  const std::string all = out();
  const std::string wanted = "to='" + std::string(address) + "'";
  const std::string wanted_too = "to=\"" + std::string(address) + "\"";
  std::string found;
  std::size_t from = 0;
  while (from < all.size()) {
    std::size_t next = all.size();
    for (const char* start : {"<message ", "<presence ", "<iq "}) {
      next = std::min(next, all.find(start, from + 1));
    }
    const std::string stanza = all.substr(from, next - from);
    if (stanza.find(wanted) != std::string::npos || stanza.find(wanted_too) != std::string::npos) {
      found += stanza;
    }
    from = next;
  }
  return found;
}

wire::Item World::post(std::uint64_t id, std::string_view author, std::string_view text) {
  wire::Item item;
  item.set_id(id);
  item.set_author(std::string(author));
  item.set_text(std::string(text));
  item.set_time_ms(1'700'000'000'000);
  return item;
}

void World::deliver(wire::Item item, std::initializer_list<std::string_view> addresses,
                    wire::Class kind, std::string_view phrase) {
  for (const std::string_view address : addresses) {
    auto& recipient = *item.add_recipients();
    recipient.set_address(std::string(address));
    recipient.set_class_(kind);
    recipient.set_phrase(std::string(phrase));
  }
  wire::Batch batch;
  *batch.add_items() = std::move(item);
  peer().deliver(std::move(batch));
  turn();
}

bool World::available(const std::string& address) {
  bool now_available = false;
  for (const auto& change : peer().heard().presence) {
    if (change.address() == address) now_available = change.available();
  }
  return now_available;
}

wire::Reply World::publish(const wire::Request& request) {
  const std::string address = request.actor().address();
  if (request.publish().plain() && !confirmed.contains(address)) {
    return error(wire::UNCONFIRMED, "Plain text here is a public post.");
  }
  posts.push_back(request.publish().text());
  wire::Reply reply;
  reply.mutable_published()->set_id(posts.size());
  return reply;
}

wire::Reply World::answer(const wire::Request& request) {
  requests.push_back(request);
  wire::Reply reply;
  if (refuse_with.code() != wire::OK) {
    *reply.mutable_error() = refuse_with;
    return reply;
  }
  if (request.has_roster()) {
    const std::uint64_t after = request.roster().after();
    if (after < roster.size()) reply.mutable_roster()->add_addresses(roster[after]);
    const std::uint64_t next = after + 1 < roster.size() ? after + 1 : 0;
    reply.mutable_roster()->set_next(next);
    return reply;
  }
  const std::string address = request.actor().address();
  if (request.has_join()) {
    for (const auto& [other, nick] : members)
      if (other != address && nick == request.join().nick())
        return error(wire::CONFLICT, "That nick is taken: try another.");
    members[address] = request.join().nick();
    reply.mutable_joined()->set_nick(request.join().nick());
    return reply;
  }
  if (request.has_take_move()) {
    const auto offer = offers.find(address);
    if (offer == offers.end())
      return error(wire::UNKNOWN, "No account of that name is on its way.");
    reply.mutable_moved()->set_nick(members[offer->second]);
    reply.mutable_moved()->set_from(offer->second);
    members[address] = members[offer->second];
    members.erase(offer->second);
    return reply;
  }
  if (!members.contains(address)) return error(wire::NOT_JOINED, "");
  if (request.has_offer_move()) {
    offers[request.offer_move().address()] = address;
    reply.mutable_move_offered()->set_nick(members[address]);
    reply.mutable_move_offered()->set_address(request.offer_move().address());
    reply.mutable_move_offered()->set_good_for_ms(600'000);
    return reply;
  }
  if (request.has_publish()) return publish(request);
  if (request.has_quit()) members.erase(address);
  if (request.has_rename()) {
    reply.mutable_done()->set_changed(members[address] != request.rename().to());
    reply.mutable_done()->set_nick(std::exchange(members[address], request.rename().to()));
    return reply;
  }
  if (request.has_stats()) {
    reply.mutable_numbers()->set_nick(members[address]);
    return reply;
  }
  if (request.has_whois()) {
    if (request.whois().nick() == "nobody") return error(wire::UNKNOWN, "There is no nobody here.");
    reply.mutable_profile()->set_nick("Alice");
    reply.mutable_profile()->set_posts(3);
    return reply;
  }
  if (request.has_list_tracks() || request.has_untrack()) {
    reply.mutable_phrases();
    for (const std::string& track : tracks) {
      auto& phrase = *reply.mutable_phrases()->add_phrases();
      phrase.set_text(track);
      phrase.set_changed(request.has_untrack());
    }
    return reply;
  }
  if (request.has_confirm()) confirmed.insert(address);
  if (request.has_track()) {
    auto& phrase = *reply.mutable_phrases()->add_phrases();
    phrase.set_text(request.track().phrases());
    phrase.set_changed(true);
    return reply;
  }
  if (request.has_direct()) {
    if (request.direct().nick() == "nobody")
      return error(wire::UNKNOWN, "There is no nobody here.");
    reply.mutable_published()->set_id(7);
    return reply;
  }
  if (request.has_follow() && request.follow().nick() == "nobody") {
    return error(wire::UNKNOWN, "There is no nobody here.");
  }
  if (request.has_follow()) {
    reply = done();
    reply.mutable_done()->set_nick(request.follow().nick() == "alice" ? "Alice"
                                                                      : request.follow().nick());
    return reply;
  }
  return done();
}

}  // namespace gateway::xmpp
