// The second half of Fanout: catch-up, scheduling and batches.
#include <algorithm>

#include "bridge/fanout/fanout.h"

namespace bridge::fanout {
namespace {

// After the store failed to read: how long a person waits before it is tried again.
constexpr std::chrono::seconds kRetryRead{1};
constexpr std::size_t kReadPerVisit = 256;

std::size_t cursor_of(Kind kind) {
  return kind == Kind::kDirect ? backbone::kDirectCursor : backbone::kStreamCursor;
}

wire::Class wire_class(const backbone::Record& record, std::string_view phrase) {
  if (record.has_direct()) return wire::DIRECT;
  return phrase.empty() ? wire::FOLLOW : wire::TRACK;
}

}  // namespace

std::size_t Fanout::turn(base::Now now) {
  turn_at_ = now.mono;
  release_held(now.mono);
  settle_receipts(receipts_.expire(now.mono));
  std::size_t work = catch_up(now.mono);
  work += send(now);
  work += reports_.turn([this](AccountId account, RecordId id, wire::OwedEntry& entry) {
    return count_owed(account, id, entry);
  });
  publish_gauges();
  return work;
}

void Fanout::publish_gauges() {
  counters_.behind.set(catch_up_.size());
  std::uint64_t credit = 0, unacknowledged = 0, parked = 0;
  std::optional<base::Time> oldest;
  for (const auto& [id, session] : sessions_) {
    credit +=
        session.granted_deliveries - std::min(session.granted_deliveries, session.used_deliveries);
    unacknowledged += session.unacknowledged.size();
    parked += session.parked.size();
    if (session.unacknowledged.empty()) continue;
    const base::Time sent_at = session.unacknowledged.front().sent_at;
    oldest = std::min(oldest.value_or(sent_at), sent_at);
  }
  counters_.credit.set(credit);
  counters_.unacknowledged.set(unacknowledged);
  counters_.oldest_sent_ns.set(
      oldest ? static_cast<std::uint64_t>(oldest->time_since_epoch().count()) : 0);
  counters_.parked.set(parked);
  counters_.unconfirmed.set(receipts_.size());
}

std::optional<base::Time> Fanout::next_wakeup() const {
  auto next = receipts_.next_expiry();
  if (!held_.empty()) next = std::min(next.value_or(base::Time::max()), held_.top().until);
  return next;
}

// ---- catch-up ----------------------------------------------------------------------------------

void Fanout::want_catch_up(Person& person) {
  if (person.catching_up || person.held) return;
  const bool due = std::ranges::any_of(person.pending, [](const Pending& pending) {
    return pending.behind() && pending.queued() < Pending::kQueueMax / 2;
  });
  if (!due || session_of(*state_.find(person.id)) == 0) return;
  person.catching_up = true;
  catch_up_.push_back(person.id);
}

std::size_t Fanout::catch_up(base::Time now) {
  std::size_t looked_at = 0;
  while (!catch_up_.empty() && looked_at < kCatchUpPerTurn) {
    Person& who = person(catch_up_.front());
    catch_up_.pop_front();
    who.catching_up = false;
    const state::Account& account = *state_.find(who.id);
    if (session_of(account) == 0) continue;
    for (std::size_t i = 0; i < backbone::kCursorClasses; ++i) {
      Pending& pending = who.pending[i];
      if (!pending.behind() || !pending.room()) continue;
      const auto read = i == backbone::kDirectCursor ? read_directs(pending, account)
                                                     : read_stream(pending, account);
      looked_at += 1 + read.value_or(0);
      if (!read) hold(who, now + kRetryRead);
    }
    touch(who);
    schedule(who);
    want_catch_up(who);
  }
  counters_.caught_up.add(looked_at);
  return looked_at;
}

base::Result<std::size_t> Fanout::read_stream(Pending& stream, const state::Account& account) {
  RecordId id = std::max(stream.read_after(), std::min(account.owed_since, position_));
  std::size_t looked_at = 0;
  while (id < position_ && looked_at < kReadPerVisit && stream.room()) {
    const auto prepared = cache_.get(id + 1);
    if (!prepared) return tl::unexpected(prepared.error());
    ++id;
    ++looked_at;
    if (stream.wants(id) && owed(account, **prepared))
      stream.found({.id = id, .kind = Kind::kBacklog, .late = true});
  }
  stream.read_to(id, id == position_);
  return looked_at;
}

base::Result<std::size_t> Fanout::read_directs(Pending& directs, const state::Account& account) {
  const std::size_t max = Pending::kQueueMax - directs.queued();
  const auto ids = store_.read_directs(account.id, directs.read_after(), max);
  if (!ids) return tl::unexpected(ids.error());
  for (const RecordId id : *ids) {
    if (id > position_) break;  // comes as a match when it is applied
    if (directs.wants(id)) directs.found({.id = id, .kind = Kind::kDirect, .late = true});
  }
  const bool end = ids->size() < max || ids->back() >= position_;
  directs.read_to(end ? position_ : ids->back(), end);
  return ids->size();
}

// ---- scheduling --------------------------------------------------------------------------------

void Fanout::schedule(Person& person) {
  if (person.held || person.parked) return;
  for (std::size_t i = 0; i < kKinds; ++i) {
    const Kind kind = static_cast<Kind>(i);
    if (person.scheduled[i] || !person.pending[cursor_of(kind)].next(kind)) continue;
    person.scheduled[i] = classes_.push(i, person.id, 1);
  }
}

std::size_t Fanout::send(base::Now now) {
  std::size_t sent = 0;
  while (sent < kDeliveriesPerTurn) {
    const auto next = classes_.pop();
    if (!next) break;
    send_one(static_cast<Kind>(next->first), next->second, now);
    ++sent;
  }
  for (auto& [id, session] : sessions_) flush(session);
  return sent;
}

void Fanout::send_one(Kind kind, AccountId id, base::Now now) {
  Person& who = person(id);
  who.scheduled[static_cast<std::size_t>(kind)] = false;
  const state::Account& account = *state_.find(id);
  const SessionId session_id = session_of(account);
  if (session_id == 0 || who.held || who.parked) return;
  const std::size_t cursor = cursor_of(kind);
  const auto next = who.pending[cursor].next(kind);
  if (!next) return;
  const Pending::Entry entry = *next;
  const auto prepared = cache_.get(entry.id);
  if (!prepared) return hold(who, now.mono + kRetryRead);

  const backbone::Record& record = *(*prepared)->record;
  const auto as = owed(account, **prepared);
  if (!as && !direct_owed(account, **prepared)) {
    who.pending[cursor].withdrawn(entry.id);
    counters_.withdrawn.add();
    touch(who);
    schedule(who);
    return want_catch_up(who);
  }
  const Delivery delivery{
      .record = record,
      .author = as ? record.post().nick() : record.direct().nick(),
      .text = as ? record.post().text() : record.direct().text(),
      .phrase = as ? as->phrase : std::string_view{},
      .cursor = cursor,
      .late = entry.late || now.wall_ms - record.time_ms() > options_.late_after.count()};
  Session& session = sessions_.at(session_id);
  if (!session.has_credit(delivery.cost(account.address))) {
    who.parked = true;
    session.parked.push_back(id);
    return;
  }
  const auto decision = who.limiter.decide(options_.deliveries_per_person, now.mono);
  if (!decision.admitted()) {
    counters_.held.add();
    const bool never = decision.kind == throttle::Decision::Kind::kNever;
    return hold(who, never ? base::Time::max() : decision.not_before);
  }
  hand_over(session, account, delivery);
  who.pending[cursor].sent(entry.id);
  touch(who);
  schedule(who);
  want_catch_up(who);
}

void Fanout::hand_over(Session& session, const state::Account& account, Delivery delivery) {
  const RecordId id = delivery.record.id();
  const auto [item_at, is_new] = session.item_of.try_emplace(id, session.batch.items_size());
  if (is_new) {
    auto& item = *session.batch.add_items();
    item.set_id(id);
    item.set_author(delivery.author.data(), delivery.author.size());
    item.set_text(delivery.text.data(), delivery.text.size());
    item.set_time_ms(delivery.record.time_ms());
    session.batch_bytes += item.ByteSizeLong();
  }
  auto& recipient = *session.batch.mutable_items(item_at->second)->add_recipients();
  recipient.set_address(account.address);
  recipient.set_class_(wire_class(delivery.record, delivery.phrase));
  recipient.set_phrase(delivery.phrase.data(), delivery.phrase.size());
  recipient.set_late(delivery.late);
  session.batch_bytes += recipient.ByteSizeLong();
  session.used_deliveries += 1;
  session.used_bytes += delivery.cost(account.address);
  const bool asked = available_.at(account.address).receipts;
  session.sent.deliveries.push_back({account.id, id, delivery.cursor, asked});
  counters_.deliveries.add();
  if (session.batch_full()) flush(session);
}

void Fanout::hold(Person& person, base::Time until) {
  if (person.held) return;
  person.held = true;
  held_.push({until, person.id});
}

void Fanout::release_held(base::Time now) {
  while (!held_.empty() && held_.top().until <= now) {
    Person& who = person(held_.top().account);
    held_.pop();
    who.held = false;
    schedule(who);
    want_catch_up(who);
  }
}

void Fanout::flush(Session& session) {
  if (session.sent.deliveries.empty()) return;
  session.sent.sequence = session.next_sequence++;
  session.sent.sent_at = turn_at_;
  sink_.deliver(session.id, session.sent.sequence, session.batch);
  session.unacknowledged.push_back(std::move(session.sent));
  session.sent = {};
  session.batch.Clear();
  session.batch_bytes = 0;
  session.item_of.clear();
}

// ---- owed --------------------------------------------------------------------------------------

void Fanout::report_owed(std::uint64_t ticket, const std::string& nick) {
  std::vector<OwedReports::Start> people;
  const auto add = [&](const Person& who) {
    RecordId from = position_ + 1;
    for (const Pending& pending : who.pending)
      if (!pending.clean()) from = std::min(from, pending.lowest_outstanding());
    if (!who.clean()) people.push_back({who.id, state_.find(who.id)->nick, from});
  };
  if (nick.empty()) {
    for (const auto& [id, who] : people_) add(who);
  } else if (const auto* account = state_.find_nick(nick)) {
    const auto it = people_.find(account->id);
    if (it != people_.end()) add(it->second);
  }
  reports_.start(ticket, position_, std::move(people));
}

std::vector<FinishedReport> Fanout::take_reports() {
  return reports_.take();
}

RecordId Fanout::count_owed(AccountId id, RecordId record, wire::OwedEntry& entry) {
  const auto prepared = record <= position_ ? cache_.get(record) : base::Result<PreparedPtr>{};
  if (record > position_ || !prepared) return 0;
  const Person& who = person(id);
  const state::Account& account = *state_.find(id);
  const auto count = [&](std::uint64_t before, auto set) {
    (entry.*set)(before + 1);
    if (entry.oldest() == 0) entry.set_oldest(record);
  };
  if (direct_owed(account, **prepared)) {
    if (who.pending[backbone::kDirectCursor].outstanding(record))
      count(entry.directs(), &wire::OwedEntry::set_directs);
  } else if (who.pending[backbone::kStreamCursor].outstanding(record)) {
    if (const auto as = owed(account, **prepared)) {
      if (as->kind == Kind::kFollow)
        count(entry.follows(), &wire::OwedEntry::set_follows);
      else
        count(entry.tracks(), &wire::OwedEntry::set_tracks);
    }
  }
  return record + 1;
}

}  // namespace bridge::fanout
