#include "bridge/fanout/fanout.h"

#include <algorithm>
#include <future>
#include <stdexcept>
#include <utility>

#include "bridge/backbone/compaction.h"
#include "bridge/state/snapshot.h"

namespace bridge::fanout {
namespace {

constexpr std::size_t kAuthorsMax = 100'000;  // of hot words, told apart

}  // namespace

Fanout::Fanout(const backbone::Store& store, backbone::CursorStore& cursors, FanoutOptions options,
               DeliverySink& sink)
    : store_(store),
      cursor_store_(cursors),
      options_(std::move(options)),
      sink_(sink),
      cache_(store),
      roll_(state_),
      job_turns_(job_class_options(options_.shares, Jobs::kJobsMax), 1),
      // A person has at most one entry in each class, so these never overflow.
      classes_(class_options(options_.shares, options_.people_max), 1),
      passes_(roll_),
      held_(std::chrono::milliseconds(1), 4096),
      reach_(std::min(options_.people_max, kAuthorsMax)),
      receipts_(options_.receipt_waits),
      bounces_(options_.bounce_waits) {
  limits_.deliveries_per_person = options_.deliveries_per_person;
  limits_.deliveries.policy = options_.deliveries;
  limits_.shares = options_.shares;
}

base::Result<void> Fanout::load() {
  const auto snapshot = state::Snapshot::read(store_);
  if (!snapshot) return tl::unexpected(snapshot.error());
  return load(*snapshot);
}

base::Result<void> Fanout::load(const state::Snapshot& snapshot) {
  constexpr std::size_t kWorthAThread = 100'000;  // tracks
  const bool many = snapshot.tracks().size() >= kWorthAThread;
  auto indexed = std::async(many ? std::launch::async : std::launch::deferred,
                            [&] { index_.build(snapshot.phrases(), snapshot.listeners()); });
  state_ = state::State(snapshot);
  indexed.get();
  for (const state::Account& account : state_.accounts()) {
    roll_.add(account.id);
    for (const state::Mute& mute : account.mutes()) mutes_.add(*mute.phrase);
    for (const state::Sleep& sleep : account.sleeps())
      last_asleep_ = std::max(last_asleep_, sleep.since);
  }
  // Nobody is there yet. Who was being served has been so up to the checkpoint.
  position_ = store_.head();
  std::vector<backbone::CursorRow> served;
  std::vector<PersonNumber> ended;  // whose membership, so that nothing of this is owed any more
  const auto checkpointed = cursor_store_.load([&](const backbone::CursorRow& row) {
    const PersonNumber number = roll_.number_of(row.account);
    if (number == Roll::kNobody) return;
    roll_.set_has_row(number, true);
    Digest digest(row.digest);
    if (!roll_.account(number).open && !digest.empty())
      ended.push_back(number);  // it names phrases
    else if (!digest.empty())
      digests_.emplace(number, std::move(digest));
    if (std::ranges::count(row.cursors, 0, &backbone::Cursor::floor) > 0)
      served.push_back(row);
    else
      roll_.restore(number, row.cursors, 0);
  });
  if (!checkpointed) return tl::unexpected(checkpointed.error());
  expired_to_ = store_.expired_to();
  unsaved_ = {.after = checkpointed->position, .to = position_};
  // Nothing is owed from before an account was made, and a floor is never 0.
  const auto served_to = [&](PersonNumber number) {
    return std::max(std::min(checkpointed->position, position_), roll_.account(number).id);
  };
  for (const backbone::CursorRow& row : served) {
    const PersonNumber number = roll_.number_of(row.account);
    roll_.restore(number, row.cursors, served_to(number));
    roll_.touch(number);  // "everything there is" was said of that position
  }
  for (PersonNumber number = 0; number < roll_.size(); ++number) {
    if (!roll_.has_row(number)) {
      roll_.restore(number, {}, served_to(number));
      roll_.touch(number);
    }
    roll_.set_looked_at(number, true);
    leaving_.push_back(number);
  }
  for (const PersonNumber number : ended) roll_.touch(number);
  for (const backbone::JobRow& row : checkpointed->jobs) {
    const auto post = cache_.get(row.post);
    if (!post) return tl::unexpected(post.error());
    resume(jobs_.add(Job(*post, row)));
  }
  pass_by_who_left();
  counters_.position.set(position_);
  return {};
}

Person& Fanout::wake(PersonNumber number) {
  Person& person = roll_.wake(number);
  if (passes_.member(number)) person.stream().read_to(passes_.at(number), false);
  return person;
}

void Fanout::moved(Person& person) {
  touch(person);
  // Something came back from before where their pass is.
  const Pending& stream = person.stream();
  if (passes_.member(person.number) && stream.read_after() < passes_.at(person.number))
    leave_pass(person);
  schedule(person);
  want_catch_up(person);
}

// ---- matching ----------------------------------------------------------------------------------

void Fanout::apply(const backbone::RecordPtr& record) {
  if (record->id() != position_ + 1)
    throw std::logic_error("the fan-out was given records out of order");
  leave_lists(*record);
  keep_mutes(*record);
  state_.apply(*record);
  index(*record);
  cache_.amend(*record);
  jobs_.amend(*record);
  position_ = record->id();
  counters_.position.set(position_);
  counters_.position_ms.set(static_cast<std::uint64_t>(record->time_ms()));
  const PreparedPtr prepared = cache_.insert(record);
  if (prepared->streams()) match_post(prepared);
  if (const auto account = backbone::addressee(*record)) match_direct(prepared, *account);
  account_changed(*record);
}

void Fanout::index(const backbone::Record& record) {
  if (record.has_account_created()) {
    const PersonNumber number = roll_.add(record.id());
    roll_.touch(number);
  } else if (record.has_tracked()) {
    const state::Account& account = *state_.find(record.tracked().account());
    const auto* track = account.find_track(record.tracked().phrase());
    index_.add(*track->phrase, track->since, account.number);
  }
}

// While the subscription that ends is still known.
void Fanout::leave_lists(const backbone::Record& record) {
  if (record.has_dormant() && !record.dormant().told()) last_asleep_ = record.id();
  if (record.has_left()) {
    jobs_.leaves_author(*state_.find(record.left().follower()), record.left().followee());
  } else if (record.has_untracked()) {
    const state::Account& account = *state_.find(record.untracked().account());
    const auto* track = account.find_track(record.untracked().phrase());
    if (!track) return;
    jobs_.leaves_phrase(account, track->phrase->canonical());
    index_.remove(*track->phrase, track->since);
  }
}

void Fanout::match_direct(const PreparedPtr& prepared, AccountId recipient) {
  const PersonNumber number = roll_.number_of(recipient);
  counters_.matched.add();
  if (!roll_.find(number)) return;  // at rest: they will read it
  Person& who = wake(number);
  who.directs().match({.id = prepared->record->id(), .kind = Kind::kDirect, .late = false});
  moved(who);
}

void Fanout::account_changed(const backbone::Record& record) {
  switch (record.body_case()) {
    case backbone::Record::kDeliverySwitched:
      return refresh(record.delivery_switched().account());
    case backbone::Record::kAccountClosed:
      bounces_.forget(record.account_closed().account());
      return refresh(record.account_closed().account());
    case backbone::Record::kAccountReopened:
      return refresh(record.account_reopened().account());
    case backbone::Record::kAddressBound:
      bounces_.forget(record.address_bound().account());
      return refresh(record.address_bound().account());
    case backbone::Record::kAddressReleased:
      bounces_.forget(record.address_released().account());
      return refresh(record.address_released().account());
    case backbone::Record::kAddressMoved:
      return has_moved(record.address_moved());
    case backbone::Record::kSuspended:
      return refresh(record.suspended().account());
    case backbone::Record::kRestored:
      return refresh(record.restored().account());
    case backbone::Record::kDomainBanned:
      return refresh_domain(record.domain_banned().domain());
    case backbone::Record::kErased: {
      const PersonNumber number = roll_.number_of(record.erased().account());
      digests_.erase(number);  // it names phrases
      return roll_.touch(number);
    }
    default:
      return;
  }
}

// ---- checkpoint --------------------------------------------------------------------------------

// Of whose digests something is on its way to them.
std::unordered_set<PersonNumber> Fanout::being_told() const {
  std::unordered_set<PersonNumber> people;
  for (const auto& [id, session] : sessions_) {
    people.insert(session.sent.told.begin(), session.sent.told.end());
    for (const SentBatch& batch : session.unacknowledged)
      people.insert(batch.told.begin(), batch.told.end());
  }
  return people;
}

base::Result<void> Fanout::checkpoint(bool sync) {
  backbone::Checkpoint checkpoint;
  const auto told = being_told();
  for (const PersonNumber number : roll_.changed()) {
    if (roll_.find(number)) wake(number);
    const auto digest = digests_.find(number);
    const bool clean = roll_.clean(number) && digest == digests_.end();
    if (clean && !roll_.has_row(number)) continue;
    auto& row = checkpoint.rows.emplace_back();
    row.account = roll_.account(number).id;
    row.clean = clean;
    if (!clean) row.cursors = roll_.cursors(number);
    if (digest == digests_.end()) continue;
    row.digest = digest->second.row();
    if (told.contains(number))  // or a crash would leave them untold
      for (backbone::DigestLine& line : row.digest.lines) line.told = false;
  }
  checkpoint.jobs = jobs_.rows();
  checkpoint.position = position_;
  if (auto written = cursor_store_.checkpoint(checkpoint, sync); !written) return written;
  for (const PersonNumber number : roll_.changed()) {
    roll_.set_has_row(number, !roll_.clean(number) || digests_.contains(number));
    roll_.rest(number, turn_.mono);
  }
  roll_.clear_changed();
  return {};
}

void Fanout::set_limit(throttle::Policy deliveries_per_person) {
  FanoutLimits limits = limits_;
  limits.deliveries_per_person = deliveries_per_person;
  set_limits(std::move(limits));
}

void Fanout::set_limits(FanoutLimits limits) {
  limits_ = std::move(limits);
  const auto classes = class_options(limits_.shares, options_.people_max);
  for (std::size_t i = 0; i < classes.size(); ++i) classes_.set_options(i, classes[i]);
  const auto jobs = job_class_options(limits_.shares, Jobs::kJobsMax);
  for (std::size_t i = 0; i < jobs.size(); ++i) job_turns_.set_options(i, jobs[i]);
  for (throttle::Codel& codel : codels_)
    codel.set_options({.target = limits_.age_target, .interval = std::chrono::milliseconds(500)});
  // Whoever waits asks the new limits.
  held_.empty([this](PersonNumber number) { release(number); });
  for (const PersonNumber number : std::exchange(closed_, {})) release(number);
}

void Fanout::set_pressure(unsigned level) {
  pressure_ = level;
  counters_.pressure.set(level);
}

}  // namespace bridge::fanout
