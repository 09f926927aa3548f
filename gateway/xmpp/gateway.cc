#include "gateway/xmpp/gateway.h"

#include <string>
#include <utility>

#include "bridge/base/log.h"
#include "gateway/xmpp/delivery_stanza.h"
#include "gateway/xmpp/digest_stanza.h"
#include "gateway/xmpp/sign_in_stanza.h"

namespace gateway::xmpp {

namespace log = bridge::base::log;

namespace {

// That a delivery came back, or that somebody has gone.
bool tells_of_loss(const Stanza& stanza) {
  if (stanza.name == Stanza::Name::kMessage) return stanza.type == "error";
  return stanza.name == Stanza::Name::kPresence &&
         (stanza.type == "unavailable" || stanza.type == "error");
}

}  // namespace

Gateway::Gateway(Settings settings)
    : settings_(std::move(settings)),
      guard_(settings_.limits),
      admission_(settings_.registration, settings_.limits.keys),
      outbox_(settings_.outbox_bytes),
      asker_(settings_.requests_max),
      people_(settings_.people_max),
      feed_(settings_.request_receipts),
      probe_(settings_.probes),
      attendance_(settings_, guard_, outbox_, asker_, people_, feed_),
      dialogue_(settings_, house_, guard_, outbox_, asker_, attendance_, admission_, counters_),
      clerk_(guard_, outbox_, asker_, attendance_, admission_, counters_),
      commands_(settings_, house_, outbox_, clerk_, attendance_),
      registration_(settings_, outbox_, clerk_, attendance_, admission_),
      cards_(settings_, outbox_, clerk_),
      queries_(settings_, house_, guard_, outbox_, commands_, registration_, cards_),
      deliveries_(settings_, people_, counters_) {}

void Gateway::attach(Component& component, bridge::client::Backbone& backbone) {
  component_ = &component;
  backbone_ = &backbone;
  asker_.attach(backbone);
}

std::size_t Gateway::turn(bridge::base::Time now) {
  now_ = now;
  std::size_t work = component_->turn(now);
  work += backbone_->turn(now);
  work += ask_roster(now);
  work += send_probes(now);
  dialogue_.expire(now);
  commands_.expire(now);
  work += outbox_.flush(*component_);
  work += deliveries_.pump(*component_, *backbone_, now);
  work += feed_.flush(*backbone_);
  return work;
}

void Gateway::close() {
  closing_ = true;
  forget_people();
}

bool Gateway::idle() const {
  return outbox_.empty() && deliveries_.groups_in_flight() == 0 &&
         deliveries_.groups_waiting() == 0 && component_->bytes_waiting() == 0;
}

const Counters& Gateway::counters() {
  counters_.outbox_dropped = outbox_.dropped();
  counters_.people_refused = people_.refused();
  return counters_;
}

// ---- the XMPP stream ---------------------------------------------------------------------------

void Gateway::on_online(bridge::base::Time) {
  if (backbone_->connected()) start_probing();
}

void Gateway::on_offline(std::string_view, bridge::base::Time) {
  feed_.server_lost();
  forget_people();
  deliveries_.on_offline();
}

void Gateway::forget_people() {
  for (const std::string& bare : people_.all_available()) feed_.add(bare, false);
  people_.forget_all();
  probe_.stop();
}

void Gateway::on_stanza(const Stanza& stanza, bridge::base::Time now) {
  ++counters_.stanzas;
  take_receipt(stanza);
  if (house_.is_banned(stanza.from.domain) && !tells_of_loss(stanza)) return turn_away(stanza, now);
  switch (stanza.name) {
    case Stanza::Name::kMessage:
      on_message(stanza, now);
      break;
    case Stanza::Name::kPresence:
      if (!closing_) attendance_.on_presence(stanza, now);
      break;
    case Stanza::Name::kIq:
      queries_.on_iq(stanza, now);
      break;
  }
}

// A question has to be answered; a message is, once a day, for all below the banned name.
void Gateway::turn_away(const Stanza& stanza, bridge::base::Time now) {
  ++counters_.ignored;
  const bool question =
      stanza.name == Stanza::Name::kIq && (stanza.type == "get" || stanza.type == "set");
  const bool said = stanza.name == Stanza::Name::kMessage && stanza.body &&
                    turned_away_.due(house_.ban_of(stanza.from.domain), now);
  if (question || said)
    outbox_.push_error_for(stanza, ErrorType::kAuth, condition::kForbidden,
                           "Nobody of " + stanza.from.domain + " is served here.");
}

void Gateway::on_message(const Stanza& message, bridge::base::Time now) {
  if (message.type == "error") {
    on_bounce(message);
    // A server that gives a message back may do so with all that was in it: that is no answer.
    if (!message.confirms.empty() && message.error_type == "auth")
      dialogue_.on_denial(message, now);
    return;
  }
  dialogue_.on_message(message, now);
}

// Whoever is banned since has what they confirm all the same: it would be sent again and again.
void Gateway::take_receipt(const Stanza& stanza) {
  if (stanza.name != Stanza::Name::kMessage || stanza.type == "error") return;
  const auto id = parse_delivery_id(stanza.receipt_for);
  if (!id) return;
  wire::Receipt receipt;
  receipt.set_address(stanza.from.bare());
  receipt.set_id(*id);
  backbone_->receipt(receipt);
}

// A delivery or digest came back: it is owed again, once the person is seen again. The bridge hears
// that they are away first, or it would send it again at once.
void Gateway::on_bounce(const Stanza& error) {
  const auto post = parse_delivery_id(error.id);
  const auto digest = parse_digest_id(error.id);
  if (!post && !digest) return;
  ++counters_.bounced;
  const std::string bare = error.from.bare();
  attendance_.unreachable(bare);
  feed_.flush(*backbone_);
  wire::Nack nack;
  nack.set_address(bare);
  nack.set_id(post ? *post : *digest);
  nack.set_digest(digest.has_value());
  nack.set_reason(bounce_reason(error));
  backbone_->nack(nack);
}

void Gateway::on_barrier(BarrierId barrier, std::chrono::nanoseconds round_trip,
                         bridge::base::Time) {
  barrier_times_.record(static_cast<std::uint64_t>(round_trip.count()));
  deliveries_.on_barrier(barrier, round_trip, *backbone_);
}

// Whoever sent it learns that nobody has read it: one short answer for what was long or broken, so
// no limit is charged. What its head alone says counts all the same: that a delivery came back,
// that somebody has left.
void Gateway::on_refused(const Stanza& partial, std::string_view why, bridge::base::Time now) {
  if (partial.name == Stanza::Name::kMessage && partial.type == "error") {
    on_bounce(partial);
  } else if (partial.name == Stanza::Name::kPresence && partial.type == "unavailable") {
    on_stanza(partial, now);
  } else if (house_.is_banned(partial.from.domain)) {
    turn_away(partial, now);
  } else {
    outbox_.push_error_for(partial, ErrorType::kModify, condition::kPolicyViolation,
                           "This was not read: " + std::string(why) + ".");
  }
}

// ---- the bridge --------------------------------------------------------------------------------

void Gateway::on_connected(const wire::Welcome&) {
  log::info("connected to the bridge");
  learn({});  // if anything is set, it follows
  asker_.on_session();
  deliveries_.on_session(*backbone_);
  feed_.clear();
  for (const std::string& bare : people_.all_available()) feed_.add(bare, true);
  if (component_->online() && !probe_.finished()) start_probing();
}

void Gateway::on_lost(std::string_view reason) {
  log::warning("the bridge is gone: {}", reason);
  deliveries_.on_session_lost();
  if (!probe_.finished()) probe_.stop();
}

void Gateway::on_reply(bridge::client::RequestId id, const wire::Reply& reply) {
  asker_.on_reply(id, reply, now_);
}

void Gateway::on_batch(std::uint64_t sequence, const wire::Batch& batch) {
  if (batch.has_house()) learn(batch.house());
  deliveries_.on_batch(sequence, batch, *backbone_);
  for (const std::string& address : batch.look_for()) probe_.add(address);
  // Now or not at all: one that came later would be over.
  if (component_->online())
    for (const wire::SignInQuestion& question : batch.sign_in_questions())
      push_sign_in_question(outbox_, settings_, question);
}

void Gateway::learn(const wire::House& house) {
  house_.set(house);
  admission_.set(house.registration());
}

void Gateway::on_gap(const wire::Gap&) {}  // only feeds have gaps, and we read none

// ---- probing -----------------------------------------------------------------------------------

void Gateway::start_probing() {
  if (!closing_) probe_.start();
}

std::size_t Gateway::ask_roster(bridge::base::Time now) {
  if (!component_->online() || !backbone_->connected()) return 0;
  const auto request = probe_.next_request(now);
  if (!request) return 0;
  const bool asked =
      asker_.ask(*request, now, [this](const wire::Reply& reply, bridge::base::Time then) {
        if (reply.has_roster()) {
          probe_.on_page(reply.roster());
        } else {
          probe_.on_failure(then);
        }
      });
  if (!asked) probe_.on_failure(now);
  return 1;
}

std::size_t Gateway::send_probes(bridge::base::Time now) {
  if (!component_->online()) return 0;
  std::size_t sent = 0;
  while (const auto address = probe_.due(now)) {
    attendance_.probe(*address, now);
    ++sent;
  }
  counters_.probes += sent;
  return sent;
}

}  // namespace gateway::xmpp
