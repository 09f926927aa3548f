// The part of Fanout that sends: scheduling, limits, batches.
#include <algorithm>

#include "bridge/fanout/fanout.h"

namespace bridge::fanout {
namespace {

// After the store failed to read: how long a person waits before it is tried again.
constexpr std::chrono::seconds kRetryRead{1};

std::size_t cursor_of(Kind kind) {
  return kind == Kind::kDirect ? backbone::kDirectCursor : backbone::kStreamCursor;
}

wire::Class wire_class(const backbone::Record& record, Kind kind) {
  if (record.has_told()) return wire::NOTICE;
  if (record.has_announced()) return wire::ANNOUNCEMENT;
  if (record.has_woken()) return wire::TRACK_WOKEN;
  if (record.has_dormant()) return wire::TRACK_ASLEEP;
  switch (kind) {
    case Kind::kDirect:
      return wire::DIRECT;
    case Kind::kReply:
      return wire::REPLY;
    case Kind::kFollow:
      return wire::FOLLOW;
    default:
      return wire::TRACK;
  }
}

// What an item says beside who wrote what when.
void describe(const state::State& state, const Prepared& prepared, wire::Item& item) {
  const backbone::Record& record = *prepared.record;
  const auto& post = prepared.words().post();
  item.set_in_reply_to(post.in_reply_to());
  item.set_reply_to(std::string(state.name_of(post.reply_author(), post.reply_nick())));
  item.set_thread(post.thread());
  item.set_nudge(record.direct().nudge());
  item.set_changes(record.changed().post());
  item.set_retracted(record.changed().deleted());
  item.set_removed(record.changed().removed());
  if (!record.has_reposted()) return;
  item.set_repost_of(record.reposted().post());
  item.set_reposter(
      std::string(state.name_of(record.reposted().account(), record.reposted().nick())));
}

// Of what is for one person alone.
std::string_view text_of(const backbone::Record& record) {
  return record.has_told() ? record.told().text() : record.direct().text();
}

// The track that a post is owed by, or that a notice is about.
std::string_view phrase_of(const backbone::Record& record, const std::optional<Owed>& as) {
  if (as) return as->phrase;
  if (record.has_woken()) return record.woken().phrase();
  return record.dormant().phrase();  // empty for a direct
}

}  // namespace

std::size_t Fanout::turn(base::Now now) {
  turn_ = now;
  constexpr std::chrono::minutes kFade{5};
  if (now.mono >= next_fade_) {
    next_fade_ = now.mono + kFade;
    words_.halve();
    authors_.halve();
  }
  release_held(now.mono);
  settle_receipts(receipts_.expire(now.mono));
  let_in_again();
  std::size_t work = expand();
  pass_by_who_left();
  work += catch_up(now.mono);
  work += read_digests() + give_extract() + prepare_changes() + find_expired();
  tell_due(now);
  tell_house();
  work += send(now);
  work += count_owed();
  publish_gauges();
  return work;
}

void Fanout::publish_gauges() {
  counters_.behind.set(passes_.members() + catch_up_.size() + waiting_.size());
  counters_.jobs.set(jobs_.size());
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
  for (std::size_t i = 0; i < kKinds; ++i) {
    KindCounters& kind = counters_.kinds[i];
    kind.queued.set(classes_.size(i));
    if (classes_.size(i) == 0) kind.age_ms.set(0);
  }
  counters_.unconfirmed.set(receipts_.size());
  counters_.log_reads.add(cache_.reads() - counters_.log_reads.value());
  counters_.unreachable.set(bounces_.held());
  counters_.waiting.set(held_.size() + closed_.size());
}

std::optional<base::Time> Fanout::next_wakeup() const {
  auto next = receipts_.next_expiry();
  if (jobs_wait_until_) next = std::min(next.value_or(base::Time::max()), *jobs_wait_until_);
  if (!digests_due_.empty())
    next = std::min(next.value_or(base::Time::max()), digests_due_.top().until);
  if (const auto due = reports_.next_wakeup())
    next = std::min(next.value_or(base::Time::max()), *due);
  if (const auto due = bounces_.next_expiry())
    next = std::min(next.value_or(base::Time::max()), *due);
  if (options_.retention.count() > 0)
    next = std::min(next.value_or(base::Time::max()), look_for_expired_);
  for (const auto& one : {held_.next(), all_until_, pressed_until_})
    if (one) next = std::min(next.value_or(base::Time::max()), *one);
  return next;
}

// ---- scheduling --------------------------------------------------------------------------------

void Fanout::schedule(Person& person) {
  if (person.held || person.parked) return;
  for (std::size_t i = 0; i < kKinds; ++i) {
    const Kind kind = static_cast<Kind>(i);
    if (person.scheduled[i] || !person.pending[cursor_of(kind)].next(kind)) continue;
    person.scheduled[i] = classes_.push(i, person.number, 1);
  }
}

std::size_t Fanout::send(base::Now now) {
  std::size_t sent = 0;
  while (sent < kDeliveriesPerTurn) {
    if (exhausted(now.mono)) break;
    give_way(now.mono);
    const auto next = classes_.pop();
    if (!next) break;
    send_one(static_cast<Kind>(next->first), next->second, now);
    ++sent;
  }
  for (auto& [id, session] : sessions_) flush(session);
  return sent;
}

void Fanout::send_one(Kind kind, PersonNumber number, base::Now now) {
  Person& who = wake(number);
  who.scheduled[static_cast<std::size_t>(kind)] = false;
  if (!who.reachable() || who.held || who.parked) return;
  const std::size_t cursor = cursor_of(kind);
  const auto next = who.pending[cursor].next(kind);
  if (!next) return;
  const Pending::Entry entry = *next;
  if (const auto until = bounces_.tries_until(who.account->id)) return hold(who, *until);
  const auto prepared = cache_.get(entry.id);
  if (!prepared) return hold(who, now.mono + kRetryRead);

  const backbone::Record& record = *(*prepared)->record;
  const auto as = due(number, **prepared);
  if (!as && !direct_owed(state_, *who.account, **prepared)) {
    who.pending[cursor].withdrawn(entry.id);
    counters_.withdrawn.add();
    if ((*prepared)->streams() && (*prepared)->gone()) pass_over(who, **prepared);
    return moved(who);
  }
  const bool ages = !entry.late && (kind == Kind::kFollow || kind == Kind::kTrack);
  if (ages && limits_.age_target.count() > 0) {
    const std::chrono::milliseconds waited(now.wall_ms - record.time_ms());
    if (codels_[static_cast<std::size_t>(kind)].divert(waited, now.mono)) {
      who.pending[cursor].aged(entry.id);
      counters_.aged.add();
      return moved(who);
    }
  }
  const Delivery delivery{
      .prepared = **prepared,
      .kind = as ? as->kind : Kind::kDirect,
      .author = as ? state_.name_of((*prepared)->author(), (*prepared)->nick())
                   : state_.name_of(record.direct().author(), record.direct().nick()),
      .text = as ? (*prepared)->text() : text_of(record),
      .phrase = phrase_of(record, as),
      .cursor = cursor,
      .late = entry.late || now.wall_ms - record.time_ms() > options_.late_after.count()};
  Session& session = sessions_.at(who.way.session);
  if (!session.has_credit(delivery.cost(who.account->address))) {
    who.parked = true;
    session.parked.push_back(number);
    return;
  }
  const auto decision = delivery_limit(who, now.mono);
  if (!decision.admitted()) {
    counters_.held.add();
    const bool never = decision.kind == throttle::Decision::Kind::kNever;
    return hold(who, never ? base::Time::max() : decision.not_before);
  }
  charge(all_, limits_.deliveries, now.mono, 1);
  // At the first level one of the backlog costs one, at each further one twice as much.
  if (pressure_ > 0 && (kind == Kind::kTrack || kind == Kind::kBacklog))
    charge(pressed_, limits_.under_pressure, now.mono, std::uint64_t{1} << (pressure_ - 1));
  hand_over(session, who, delivery);
  who.pending[cursor].sent(entry.id);
  bounces_.sent(who.account->id, entry.id, now.mono);
  KindCounters& counted = counters_.kinds[static_cast<std::size_t>(kind)];
  counted.delivered.add();
  counted.age_ms.set(
      static_cast<std::uint64_t>(std::max<std::int64_t>(now.wall_ms - record.time_ms(), 0)));
  if (as) told_with(who, **prepared);
  moved(who);
}

void Fanout::hand_over(Session& session, const Person& person, const Delivery& delivery) {
  const std::string_view address = person.account->address;
  const RecordId id = delivery.prepared.record->id();
  const auto [item_at, is_new] = session.item_of.try_emplace(id, session.batch.items_size());
  if (is_new) {
    auto& item = *session.batch.add_items();
    item.set_id(id);
    item.set_author(delivery.author.data(), delivery.author.size());
    item.set_text(delivery.text.data(), delivery.text.size());
    item.set_time_ms(delivery.prepared.record->time_ms());
    describe(state_, delivery.prepared, item);
    session.batch_bytes += item.ByteSizeLong();
  }
  auto& recipient = *session.batch.mutable_items(item_at->second)->add_recipients();
  recipient.set_address(address.data(), address.size());
  recipient.set_class_(wire_class(*delivery.prepared.record, delivery.kind));
  recipient.set_phrase(delivery.phrase.data(), delivery.phrase.size());
  recipient.set_late(delivery.late);
  session.batch_bytes += recipient.ByteSizeLong();
  session.used_deliveries += 1;
  session.used_bytes += delivery.cost(address);
  session.sent.deliveries.push_back({person.number, id, delivery.cursor, person.way.receipts});
  counters_.deliveries.add();
  if (session.batch_full()) flush(session);
}

throttle::Decision Fanout::delivery_limit(Person& person, base::Time now) {
  const throttle::KeyedRule& rule = limits_.deliveries_per_person;
  if (!rule.overrides && !rule.shadow && rule.percent >= 100)
    return person.limiter.decide(rule.policy, now);
  const auto key = throttle::sip_hash<1, 3>(limits_.seed, person.account->address);
  const throttle::Policy* special = rule.override_of(key);
  const auto decision = person.limiter.decide(special ? *special : rule.policy, now);
  if (decision.admitted() || special || rule.binds(key)) return decision;
  counters_.shadowed.add();
  return {};
}

// One in shadow holds nobody: what it would have held is counted.
void Fanout::charge(throttle::Limiter& limiter, const throttle::Rule& rule, base::Time now,
                    std::uint64_t cost) {
  if (!rule.shadow) return limiter.charge(rule.policy, now, cost);
  if (!limiter.decide(rule.policy, now, cost).admitted()) counters_.shadowed.add();
}

// True when all people together have had what they may get. Whoever is next then stays next.
bool Fanout::exhausted(base::Time now) {
  const bool was = all_until_.has_value();
  all_until_.reset();
  if (limits_.deliveries.shadow) return false;
  const auto decision = all_.check(limits_.deliveries.policy, now);
  if (decision.admitted()) return false;
  if (!was) counters_.exhausted.add();
  // One that lets nothing through holds until there is another.
  all_until_ =
      decision.kind == throttle::Decision::Kind::kNever ? base::Time::max() : decision.not_before;
  return true;
}

// Under pressure, tracks and backlog are passed over while they have had their share; directs and
// follows never are. True when they are.
bool Fanout::give_way(base::Time now) {
  const bool was = pressed_until_.has_value();
  pressed_until_.reset();
  if (pressure_ > 0 && !limits_.under_pressure.shadow) {
    const std::uint64_t cost = std::uint64_t{1} << (pressure_ - 1);
    const auto decision = pressed_.check(limits_.under_pressure.policy, now, cost);
    if (decision.kind == throttle::Decision::Kind::kNotBefore) pressed_until_ = decision.not_before;
    // One that lets nothing through would let nothing through for ever.
  }
  const bool is = pressed_until_.has_value();
  if (is && !was) counters_.pressed.add();
  if (is != was)
    for (const Kind kind : {Kind::kTrack, Kind::kBacklog})
      classes_.hold(static_cast<std::size_t>(kind), is);
  return is;
}

void Fanout::hold(Person& person, base::Time until) {
  if (person.held) return;
  person.held = true;
  if (until == base::Time::max())
    closed_.push_back(person.number);
  else
    held_.add(until, person.number);
}

void Fanout::release(PersonNumber number) {
  Person& who = wake(number);
  who.held = false;
  schedule(who);
  want_catch_up(who);
}

void Fanout::release_held(base::Time now) {
  held_.advance(now, [this](PersonNumber number) { release(number); });
}

void Fanout::flush(Session& session) {
  if (session.sent.deliveries.empty() && session.sent.told.empty() &&
      session.batch.look_for().empty() && session.batch.sign_in_questions().empty() &&
      !session.batch.has_house())
    return;
  session.sent.sequence = session.next_sequence++;
  session.sent.order = ++order_;
  session.sent.sent_at = turn_.mono;
  sink_.deliver(session.id, session.sent.sequence, session.batch);
  session.unacknowledged.push_back(std::move(session.sent));
  session.sent = {};
  session.batch.Clear();
  session.batch_bytes = 0;
  session.item_of.clear();
}

}  // namespace bridge::fanout
