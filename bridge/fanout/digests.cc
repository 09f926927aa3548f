// The part of Fanout that keeps what is not sent one by one: digests, caps, and `more`.
#include <algorithm>
#include <utility>

#include "bridge/base/time_zone.h"
#include "bridge/fanout/fanout.h"
#include "bridge/state/refusals.h"
#include "bridge/wire/messages.h"

namespace bridge::fanout {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
// Without credit for all of it, the rest of a digest is told so much later.
constexpr std::chrono::milliseconds kTellAgain{100};
// Of what `more` brought, so many may be on their way: well below Pending::kAgainMax.
constexpr std::size_t kAskedForMax = 500;
constexpr std::chrono::seconds kStillComing{10};

}  // namespace

bool Fanout::holds(PersonNumber number, RecordId id) const {
  const auto digest = digests_.find(number);
  return digest != digests_.end() && digest->second.holds(id);
}

// ---- what goes into it -------------------------------------------------------------------------

// Counts by the post's own hour, so that it does not matter when it is looked at.
bool Fanout::over_cap(Person& who, const Owed& as, base::WallMs time_ms) {
  if (!as.track || as.track->per_hour == 0) return false;
  const std::int64_t hour = time_ms / kHourMs;
  std::erase_if(who.caps, [&](const Person::CapUse& use) { return use.hour < hour; });
  auto use = std::ranges::find(who.caps, as.track->since, &Person::CapUse::track);
  if (use == who.caps.end()) use = who.caps.insert(use, {as.track->since, hour, 0});
  if (use->used >= as.track->per_hour) return true;
  ++use->used;
  return false;
}

void Fanout::set_aside(Person& who, const backbone::Record& record, const Owed& as) {
  Digest& digest = digest_of(who);
  const bool had_news = digest.has_news();
  if (digest.add_single(record.id(), as.phrase, record.time_ms())) counters_.expired.add();
  counters_.digested.add();
  touch(who);
  if (had_news) return;
  // Once the hour is over.
  const std::int64_t end_ms = (record.time_ms() / kHourMs + 1) * kHourMs;
  const std::chrono::milliseconds left(
      std::clamp<std::int64_t>(end_ms - turn_.wall_ms, 0, kHourMs));
  tell_digest(who, turn_.mono + left);
}

// The log is read: what there is of it can be told.
void Fanout::finish_digest(const Person& who) {
  const auto digest = digests_.find(who.number);
  if (digest == digests_.end()) return;
  digest->second.close();
  tell_digest(who, turn_.mono);
}

// A copy from before a crash, of what is in their digest since. False when it is no post.
bool Fanout::arrived_after_all(Person& who, RecordId id) {
  const auto prepared = cache_.get(id);
  if (!prepared || !(*prepared)->may_be_counted() || !(*prepared)->streams()) return false;
  // While something before it waits, the digest alone keeps it from being read again. With too much
  // done out of order, `more` brings it once more.
  if (who.stream().outstanding(id) && !who.stream().confirmed(id)) return true;
  const auto as = owed(state_, *who.account, **prepared);
  const auto digest = digests_.find(who.number);
  digest->second.take(id, as ? as->phrase : std::string_view{});
  if (digest->second.empty()) digests_.erase(digest);
  counters_.confirmed.add();
  moved(who);
  return true;
}

// ---- what is told of it ------------------------------------------------------------------------

void Fanout::tell_digest(const Person& who, base::Time at) {
  const auto digest = digests_.find(who.number);
  if (digest != digests_.end() && digest->second.has_news()) digests_due_.push({at, who.number});
}

void Fanout::tell_due(base::Now now) {
  while (!digests_due_.empty() && digests_due_.top().until <= now.mono) {
    const PersonNumber number = digests_due_.top().number;
    digests_due_.pop();
    const auto digest = digests_.find(number);
    const Person* who = roll_.find(number);
    // Whoever is away is told when they are back.
    if (digest == digests_.end() || !who || !who->reachable()) continue;
    if (const auto until = bounces_.tries_until(who->account->id)) {
      digests_due_.push({*until, number});
      continue;
    }
    if (!tell(sessions_.at(who->way.session), *who, digest->second, now.wall_ms))
      digests_due_.push({now.mono + kTellAgain, number});
  }
}

// Line by line, as far as there is credit: a gateway's window may be smaller than all of them.
bool Fanout::tell(Session& session, const Person& who, Digest& digest, base::WallMs now_ms) {
  const auto offset = base::utc_offset(who.account->zone(), now_ms);
  bool all = true;
  std::size_t lines = 0;
  for (const backbone::DigestLine* line : digest.news()) {
    wire::Digest told;
    told.set_address(who.account->address.str());
    told.set_phrase(line->phrase);
    told.set_count(line->count);
    told.set_since_ms(line->since_ms);
    told.set_now_ms(now_ms);
    told.set_expired(line->expired);
    if (offset) told.set_utc_offset_s(static_cast<std::int32_t>(offset->count()));
    for (const RecordId id : line->last) told.add_last(id);
    told.set_id(line->last.empty() ? position_ : line->last.back());
    const wire::Cost cost = wire::cost_of(told);
    all = session.used_deliveries + cost.deliveries <= session.granted_deliveries &&
          session.used_bytes + cost.bytes <= session.granted_bytes;
    if (!all) break;
    session.used_deliveries += cost.deliveries;
    session.used_bytes += cost.bytes;
    session.batch_bytes += told.ByteSizeLong();
    *session.batch.add_digests() = std::move(told);
    digest.told(*line);
    ++lines;
  }
  if (lines == 0) return all;
  session.sent.told.push_back(who.number);
  bounces_.sent(who.account->id, 0, turn_.mono);
  touch(who);
  if (session.batch_full()) flush(session);
  return all;
}

// ---- more --------------------------------------------------------------------------------------

void Fanout::more(std::uint64_t ticket, const wire::Request& request) {
  const auto answer = [&](wire::Reply reply) { answers_.push_back({ticket, std::move(reply)}); };
  const state::Account* account = request.actor().has_address()
                                      ? state_.find_address(request.actor().address())
                                      : state_.find_nick(request.actor().nick());
  if (!account || !account->open) return answer(wire::error_reply(state::not_joined()));
  if (state_.held(*account)) return answer(wire::error_reply(state::held(state_, *account)));
  if (readings_.size() >= kReadingsMax)
    return answer(
        wire::error_reply({base::ErrorCode::kBusy, "Too many are reading just now.", kTellAgain}));
  const std::uint32_t count =
      request.more().count() == 0 ? wire::kMoreDefault : request.more().count();
  const PersonNumber number = roll_.number_of(account->id);
  if (const Person* who = roll_.find(number);
      who && who->pending[backbone::kStreamCursor].one_by_one() > kAskedForMax)
    return answer(wire::error_reply(
        {base::ErrorCode::kBusy, "What you asked for is still on its way.", kStillComing}));
  Reading reading{
      .ticket = ticket, .number = number, .wanted = std::min<std::size_t>(count, wire::kMoreMax)};
  if (!request.more().phrase().empty()) {
    const auto phrase = track::Phrase::parse(request.more().phrase());
    if (!phrase) return answer(wire::error_reply(phrase.error()));
    reading.phrase = phrase->canonical();
  }
  readings_.push_back(std::move(reading));
}

std::size_t Fanout::read_digests() {
  constexpr std::size_t kRecordsPerTurn = 256;
  std::size_t budget = kRecordsPerTurn;
  std::size_t answered = 0;
  while (!readings_.empty() && read_digest(readings_.front(), budget)) {
    bring_more(readings_.front());
    readings_.pop_front();
    ++answered;
  }
  return answered + kRecordsPerTurn - budget;
}

// True when it has found what it can.
bool Fanout::read_digest(Reading& reading, std::size_t& budget) {
  const auto digest = digests_.find(reading.number);
  if (digest == digests_.end()) return true;
  for (; reading.found.size() < reading.wanted; --budget) {
    const auto id = digest->second.next(reading.at);
    const auto prepared = id ? cache_.get(*id) : base::Result<PreparedPtr>{};
    if (!id || !prepared) return true;
    if (budget == 0) return false;
    reading.at = *id;
    if (!(*prepared)->may_be_counted()) continue;
    if ((*prepared)->expired()) {
      note_expired(reading, **prepared);
      continue;
    }
    if ((*prepared)->streams() && (*prepared)->gone()) pass_over(wake(reading.number), **prepared);
    const auto as = owed(state_, roll_.account(reading.number), **prepared);
    if (as && (reading.phrase.empty() || reading.phrase == as->phrase))
      reading.found.emplace_back(*id, as->phrase);
  }
  return true;
}

void Fanout::bring_more(Reading& reading) {
  wire::Reply reply;
  wire::MoreReply& more = *reply.mutable_more();
  if (const auto it = digests_.find(reading.number); it != digests_.end()) {
    Digest& digest = it->second;
    Person& who = wake(reading.number);
    for (const auto& [phrase, posts] : reading.expired) {
      digest.expire(phrase, turn_.wall_ms, posts, true);
      counters_.expired.add(posts);
    }
    digest.forget_to(reading.expired_to);
    for (const auto& [id, phrase] : reading.found) {
      if (!reading.phrase.empty() && !digest.may_take_out_of_order()) break;
      digest.take(id, phrase);
      who.stream().reopen(id);
      more.set_coming(more.coming() + 1);
    }
    if (reading.phrase.empty())
      digest.forget_to(reading.at);
    else if (reading.found.size() < reading.wanted)
      digest.finish(reading.phrase);
    more.set_left(reading.phrase.empty() ? digest.count() : digest.count(reading.phrase));
    counters_.taken.add(more.coming());
    if (digest.empty())
      digests_.erase(it);
    else if (!reading.expired.empty())
      tell_digest(who, turn_.mono);
    moved(who);
  }
  answers_.push_back({reading.ticket, std::move(reply)});
}

}  // namespace bridge::fanout
