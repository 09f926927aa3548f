// The part of Fanout that reads the log for those who are behind.
#include <algorithm>
#include <utility>

#include "bridge/fanout/fanout.h"

namespace bridge::fanout {
namespace {

// After the store failed to read: how long a person waits before it is tried again.
constexpr std::chrono::seconds kRetryRead{1};
// Going through so many listeners, or bringing it to so many, costs about as much as matching a
// record.
constexpr std::size_t kListenersPerRecord = 1024;
constexpr std::size_t kTakenPerRecord = 4;
// At the end of a pass so many of its members are let go in a turn. The others read on meanwhile.
constexpr std::size_t kEndedPerTurn = 1024;

}  // namespace

void Fanout::want_catch_up(Person& person) {
  if (person.catching_up || person.held || !person.reachable()) return;
  const auto due = [](const Pending& pending) {
    return pending.behind() && pending.queued() < Pending::kQueueMax / 2;
  };
  const bool reads = passes_.member(person.number);
  if (!due(person.directs()) && (reads || !due(person.stream()))) return;
  person.catching_up = true;
  catch_up_.push_back(person.number);
}

std::size_t Fanout::catch_up(base::Time now) {
  admit(now);
  // Those who come back together should read together: passes wait a little until all are in.
  constexpr std::size_t kTurnsToAdmit = 512;
  if (!catch_up_.empty() && ++admitting_ < kTurnsToAdmit) return 1;
  admitting_ = 0;
  // What they found would only wait.
  if (pressed_until_) return 0;
  Pass* pass = passes_.next();
  if (!pass) return 0;
  const auto read = read_on(*pass);
  if (read) return 1 + *read;
  for (const PersonNumber number : end_pass(*pass)) hold(wake(number), now + kRetryRead);
  return 1;
}

// Those who have to read something find a pass, and directs, which have an index of their own.
// Whoever is farthest behind goes first, since a pass takes nobody who is behind where it begins:
// after a reconnect people come in the opposite order, and would have a pass each.
void Fanout::admit(base::Time now) {
  constexpr std::size_t kAdmittedPerTurn = 256;
  std::vector<std::pair<RecordId, PersonNumber>> readers;
  for (std::size_t n = 0; n < kAdmittedPerTurn && !catch_up_.empty(); ++n) {
    Person& who = wake(catch_up_.front());
    catch_up_.pop_front();
    who.catching_up = false;
    if (!who.reachable()) continue;
    if (who.directs().behind() && who.directs().room()) read_directs(who, now);
    const Pending& stream = who.stream();
    if (!stream.behind() || !stream.room() || passes_.member(who.number) || who.held) continue;
    readers.emplace_back(
        std::max(stream.read_after(), std::min(who.account->owed_since, position_)), who.number);
  }
  std::ranges::sort(readers);
  // Whose directs were read may be in it twice.
  const auto repeats = std::ranges::unique(readers);
  readers.erase(repeats.begin(), repeats.end());
  const std::uint64_t begun = passes_.begun();
  for (const auto& [from, number] : readers) {
    if (passes_.join(number, from)) continue;
    wake(number).catching_up = true;
    waiting_.emplace_back(from, number);
  }
  counters_.passes.add(passes_.begun() - begun);
}

void Fanout::read_directs(Person& who, base::Time now) {
  Pending& directs = who.directs();
  const std::size_t max = Pending::kQueueMax - directs.queued();
  const auto ids = store_.read_directs(who.account->id, directs.read_after(), max);
  if (!ids) return hold(who, now + kRetryRead);
  for (const RecordId id : *ids) {
    if (id > position_) break;  // comes as a match when it is applied
    if (directs.wants(id)) directs.found({.id = id, .kind = Kind::kDirect, .late = true});
  }
  const bool end = ids->size() < max || ids->back() >= position_;
  directs.read_to(end ? position_ : ids->back(), end);
  moved(who);
}

// ---- a pass ------------------------------------------------------------------------------------

base::Result<std::size_t> Fanout::read_on(Pass& pass) {
  const RecordId end = passes_.meets(pass, position_);
  std::size_t records = 0;
  for (std::size_t cost = 0; pass.at < end && pass.size > 0 && cost < kCatchUpPerTurn; ++records) {
    const auto prepared = cache_.get(pass.at + 1);
    if (!prepared) return tl::unexpected(prepared.error());
    ++cost;
    if ((*prepared)->streams()) cost += offer(pass, *prepared);
    ++pass.at;
  }
  counters_.caught_up.add(records);
  if (pass.size == 0 || pass.at == position_)
    for (const PersonNumber number : end_pass(pass)) moved(wake(number));
  else if (pass.at == end)
    passes_.merge(pass);
  return records;
}

// To the members among those who listen, or to those who listen among the members: whichever are
// fewer. What that cost, in records matched.
std::size_t Fanout::offer(Pass& pass, const PreparedPtr& prepared) {
  if (prepared->announces()) return offer_to_all(pass, prepared);
  const auto& followers = state_.find(prepared->passed_on_by())->followers();
  const AccountId replied_to = prepared->reply_author();
  std::vector<track::Listeners> lists = {followers};
  std::size_t listeners = followers.size();
  if (!prepared->record->has_reposted())
    for_each_phrase(*prepared, [&](std::string_view, const track::Listeners& all) {
      lists.push_back(all);
      listeners += all.size();
    });
  std::size_t taken = 0;
  if (replied_to != 0) taken += take(pass, prepared, roll_.number_of(replied_to));
  if (listeners == 0) return taken / kTakenPerRecord;
  if (pass.members.size() <= listeners / 16)
    return taken / kTakenPerRecord + offer_to_all(pass, prepared);
  for (const track::Listeners& list : lists)
    list.visit({.after = 0, .before = prepared->about()}, list.size(),
               [&](track::SubscriptionNumber, PersonNumber number) {
                 taken += take(pass, prepared, number);
               });
  return listeners / kListenersPerRecord + taken / kTakenPerRecord;
}

std::size_t Fanout::offer_to_all(Pass& pass, const PreparedPtr& prepared) {
  std::size_t taken = 0;
  const std::vector<PersonNumber> members = pass.members;
  for (const PersonNumber number : members) taken += take(pass, prepared, number);
  return taken / kTakenPerRecord;
}

// True when it was theirs.
bool Fanout::take(Pass& pass, const PreparedPtr& prepared, PersonNumber number) {
  if (!passes_.in(pass, number)) return false;
  const backbone::Record& record = *prepared->record;
  const RecordId id = record.id();
  Person& who = wake(number);
  Pending& stream = who.stream();
  // Of several lists they are on, the first will do.
  if (id <= stream.read_after() || stream.has_found(id) || holds(number, id)) return false;
  const Job* job = jobs_.find(id);
  if (!stream.wants(id) || (job && job->ahead_of(*who.account))) {
    // It is done or under way, or its job has yet to come to them.
    if (const auto digest = digests_.find(number); digest != digests_.end())
      digest->second.exclude(id);
    return false;
  }
  if (prepared->gone()) {
    // What is kept no longer is told of now, and not counted once more when the digest is read.
    if (const auto digest = digests_.find(number); prepared->expired() && digest != digests_.end())
      digest->second.exclude(id);
    pass_over(who, *prepared);
    return false;
  }
  const auto as = due(number, *prepared);
  // Those go one by one: what they are about is there already, or is for everybody to read.
  if (!prepared->may_be_counted())
    if (const auto digest = digests_.find(number); digest != digests_.end())
      digest->second.exclude(id);
  if (prepared->changes()) note_change(who, *prepared, as.has_value());
  if (!as) return false;
  const bool waited = id <= who.returned;
  if (waited && prepared->may_be_counted() && who.catch_up_left == 0 && digest_of(who).room()) {
    digest_of(who).add(id, as->phrase, record.time_ms());
    counters_.digested.add();
    touch(who);
    return true;
  }
  if (!stream.room()) {
    leave_pass(who);
    return false;
  }
  if (!prepared->changes() && over_cap(who, *as, record.time_ms())) {
    set_aside(who, record, *as);
    return true;
  }
  if (waited && prepared->may_be_counted() && who.catch_up_left > 0) --who.catch_up_left;
  stream.found({.id = id, .kind = Kind::kBacklog, .late = true});
  touch(who);
  schedule(who);
  return true;
}

// Because they have gone, or with a full queue: then they go on reading when it is shorter.
void Fanout::leave_pass(Person& who) {
  passes_.leave(who.number);
  finish_digest(who);
  touch(who);
}

std::vector<PersonNumber> Fanout::end_pass(Pass& pass) {
  const RecordId at = pass.at;
  const bool end = at == position_;
  auto members = passes_.end(pass, kEndedPerTurn);
  for (const PersonNumber number : members) {
    Person& who = roll_.wake(number);
    who.stream().read_to(at, end);
    finish_digest(who);
    touch(who);
  }
  if (pass.running) return members;
  // Whoever is farthest behind first: the pass that begins there has room for all.
  if (!waiting_.empty()) std::iter_swap(waiting_.begin(), std::ranges::min_element(waiting_));
  for (const auto& [from, number] : std::exchange(waiting_, {})) catch_up_.push_back(number);
  return members;
}

}  // namespace bridge::fanout
