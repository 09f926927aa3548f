// The part of Fanout that finds out what is kept no longer, and tells those for whom it still
// waited. docs/decisions/retention.md
#include <algorithm>
#include <utility>

#include "bridge/fanout/fanout.h"

namespace bridge::fanout {
namespace {

// When there was nothing to do, and for what was asked and is not done.
constexpr std::chrono::milliseconds kLookAgain{1000};
constexpr std::chrono::milliseconds kAsk{50};

}  // namespace

// ---- finding it --------------------------------------------------------------------------------

// Posts lose their texts in the order of the log, a bounded number at a time, the next when the
// last are done. What catches them is kept, so that whoever they waited for can be told how many
// there were.
std::size_t Fanout::find_expired() {
  if (options_.retention.count() == 0) return 0;
  const RecordId done = store_.expired_to();
  if (done > expired_to_) {
    cache_.expire(asked_expiry_);
    expired_to_ = done;
    look_for_expired_ = {};
  }
  if (turn_.mono < look_for_expired_) return 0;
  auto expiry = expired_after(done);
  look_for_expired_ = turn_.mono + (expiry ? kAsk : kLookAgain);
  if (!expiry) return 0;
  asked_expiry_ = *expiry;
  expiry_ = std::move(expiry);
  return 1;
}

// Only what is matched, and brought to everybody it is for.
std::optional<backbone::Expiry> Fanout::expired_after(RecordId done) const {
  const auto records = store_.read(done, kExpiredPerStep, PostCache::kReadBytes);
  if (!records) return std::nullopt;  // looked for again
  const RecordId end = jobs_.horizon(position_);
  backbone::Expiry expiry;
  for (const backbone::RecordPtr& record : *records) {
    if (record->id() > end || turn_.wall_ms - record->time_ms() <= options_.retention.count())
      break;
    expiry.to = record->id();
    if (!record->has_post() && !record->has_changed()) continue;
    if (const Prepared prepared(record); !prepared.gone())
      expiry.records.push_back({record->id(), all_that_catches(prepared)});
  }
  if (expiry.to == 0) return std::nullopt;
  return expiry;
}

// ---- telling of it -----------------------------------------------------------------------------

// It was owed to them. Of several lists they are on, it may come from each.
void Fanout::note_expired(Person& who, const Prepared& prepared) {
  const auto as = concerns(state_, *who.account, prepared);
  const RecordId id = prepared.record->id();
  if (!as || std::exchange(who.expired, id) == id) return;
  Digest& digest = digest_of(who);
  const bool had_news = digest.has_news();
  digest.expire(as->phrase, prepared.record->time_ms(), 1, false);
  counters_.expired.add();
  touch(who);
  // With what else there is to tell, once the log is read.
  if (!had_news && !passes_.member(who.number)) tell_digest(who, turn_.mono);
}

// It was in their digest. What is kept no longer is older than all that is: it is read first,
// whatever they asked for.
void Fanout::note_expired(Reading& reading, const Prepared& prepared) {
  if (!reading.phrase.empty() && !reading.found.empty()) return;  // expired meanwhile: next time
  reading.expired_to = prepared.record->id();
  if (const auto as = concerns(state_, roll_.account(reading.number), prepared))
    ++reading.expired[std::string(as->phrase)];
}

// They are back. What they were told before, and has not come back, they know.
void Fanout::settle_digest(const Person& who) {
  const auto digest = digests_.find(who.number);
  if (digest == digests_.end() || !digest->second.has_expired()) return;
  const auto tells = [&](const auto& entry) { return entry.second.tells(who.number); };
  if (std::ranges::any_of(sessions_, tells)) return;
  digest->second.heard();
  if (digest->second.empty()) digests_.erase(digest);
  touch(who);
}

}  // namespace bridge::fanout
