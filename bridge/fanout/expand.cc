// The part of Fanout that brings posts to the people on their lists.
#include <algorithm>

#include "bridge/fanout/fanout.h"
#include "bridge/fanout/listeners.h"

namespace bridge::fanout {
namespace {

// Passing somebody by costs so much less than bringing them something.
constexpr std::size_t kPassedByPerLook = 64;
constexpr std::size_t kVisit = 256;
// After the store failed to read: how long jobs wait before it is tried again.
constexpr std::chrono::seconds kRetryRead{1};

// Of a list, those who are awake: the first ones.
std::size_t awake(const state::State& state, std::string_view phrase) {
  const state::Word* word = state.find_word(phrase);
  return word ? word->awake() : 0;
}

// Spreads the ids, so that walks begin anywhere.
std::uint64_t scatter(std::uint64_t id) {
  id *= 0x9E3779B97F4A7C15u;  // 2^64 / golden ratio: Fibonacci hashing
  return id ^ (id >> 32);
}

}  // namespace

void Fanout::for_each_phrase(
    const Prepared& prepared,
    const std::function<void(std::string_view, const track::Listeners&)>& visit) const {
  if (prepared.post) return index_.match(*prepared.post, visit);
  for (const std::string& phrase : prepared.caught())
    if (const auto all = index_.find(phrase)) visit(phrase, *all);
}

// Followers first, then the phrases, so that the order holds across a restart; long lists last,
// because everybody else should not have to wait for them.
// `reach`, when the post is new: gets the listeners of its phrases, some of them perhaps twice.
std::vector<std::string> Fanout::lists_of(const Prepared& prepared, std::size_t* reach) {
  // A word with few listeners is nothing for an operator to look at.
  constexpr std::size_t kWorthALook = 16;
  if (prepared.announces()) return {std::string(kEverybody)};
  std::vector<std::string> lists, hot;
  if (!state_.find(prepared.passed_on_by())->followers().empty()) lists.emplace_back(kFollowers);
  if (prepared.record->has_reposted()) return lists;
  for_each_phrase(prepared, [&](std::string_view phrase, const track::Listeners& all) {
    const std::size_t listeners = std::min(all.size(), awake(state_, phrase));
    (listeners >= options_.hot_list ? hot : lists).emplace_back(phrase);
    if (!reach) return;
    *reach += listeners;
    if (listeners >= kWorthALook) words_.add(phrase, listeners);
  });
  std::ranges::sort(lists);  // kFollowers is the smallest
  std::ranges::sort(hot);
  lists.insert(lists.end(), hot.begin(), hot.end());
  return lists;
}

// Whoever is replied to comes before all lists, and gets it from none of them.
void Fanout::match_post(const PreparedPtr& prepared) {
  if (prepared->changes() && prepared->gone()) return;  // the next change says it all
  std::size_t reach = 0;
  auto lists = lists_of(*prepared, &reach);
  if (prepared->post && prepared->record->has_post()) index_.observe(*prepared->post);
  const AccountId replied_to = prepared->reply_author();
  if (replied_to != 0) {
    const PersonNumber number = roll_.number_of(replied_to);
    counters_.looked_at.add();
    if (roll_.looked_at(number)) bring(*prepared, number);
  }
  if (lists.empty()) return;
  Job& job = jobs_.add(Job(prepared, std::move(lists)));
  if (replied_to != 0) job.make_exempt(replied_to);
  if (!over_reach(*prepared, reach)) return resume(job);
  counters_.diverted.add();
  job.divert();
  job_turns_.push(2, job.id(), 1);
}

// Whoever stuffs posts with words that many track pays by the listeners reached; beyond that, their
// posts come later. Nobody else's do.
bool Fanout::over_reach(const Prepared& prepared, std::size_t reach) {
  if (reach == 0) return false;
  const std::string author = state::fold_nick(prepared.record->post().nick());
  authors_.add(author, reach);
  const throttle::KeyedRule& rule = limits_.listeners_per_author;
  const auto key = throttle::sip_hash<1, 3>(limits_.seed, author);
  const throttle::Policy* special = rule.override_of(key);
  const throttle::Policy& policy = special ? *special : rule.policy;
  if (policy.is_unlimited()) return false;
  // A single post that reaches more than the burst takes all of it.
  const std::uint64_t cost =
      std::max<std::uint64_t>(std::min<std::uint64_t>(reach, policy.burst()), 1);
  throttle::KeyedLimiter::Place place;
  reach_.find(key, rule.policy, special, turn_.mono, place);
  const bool over = !reach_.check(place, turn_.mono, cost).admitted();
  if (!over) reach_.charge(place, turn_.mono, cost);
  if (!over || rule.binds(key)) return over;
  counters_.shadowed.add();
  return false;
}

// A repost is nothing without its original, which the store may be unable to read just now.
bool Fanout::has_all_it_needs(Job& job) {
  if (!job.post()->incomplete()) return true;
  auto whole = cache_.get(job.id());
  if (whole)
    job.complete(std::move(*whole));
  else
    jobs_wait_until_ = turn_.mono + kRetryRead;
  return whole.has_value();
}

// Most posts have come to everybody when this returns.
void Fanout::resume(Job& job) {
  std::size_t budget = options_.quantum;
  if (has_all_it_needs(job) && walk(job, budget)) return jobs_.remove(job.id());
  std::size_t turn = job.diverted() ? 2 : 0;
  if (!job.diverted() && job.list() != kFollowers) {
    const bool hot = job.list() == kEverybody || awake(state_, job.list()) >= options_.hot_list;
    turn = hot ? 2 : 1;
  }
  job_turns_.push(turn, job.id(), 1);
}

std::size_t Fanout::expand() {
  if (turn_.mono < jobs_wait_until_.value_or(base::Time{})) return 0;
  jobs_wait_until_.reset();
  const auto next = job_turns_.pop();
  if (!next) return 0;
  resume(*jobs_.find(next->second));
  return 1;
}

// Nobody who was asleep when the post was made has to be looked at. They are the last of their
// list, from where it sleeps now on, or a little further on before somebody woke; but whoever was
// put to sleep after the post is owed it.
track::Subscribers::Range Fanout::ahead_of(const Job& job) const {
  auto range = job.ahead();
  if (job.list() == kFollowers || job.list() == kEverybody ||
      job.subscribed_before() <= last_asleep_)
    return range;
  if (const state::Word* word = state_.find_word(job.list()))
    range.before = std::min(range.before, word->sleeps_from());
  return range;
}

void Fanout::begin_list(Job& job) const {
  if (job.list() == kFollowers || job.list() == kEverybody) return;
  const auto list = index_.find(job.list());
  const std::size_t listeners = list ? awake(state_, job.list()) : 0;
  if (listeners == 0 || listeners < options_.hot_list) return;
  const auto start = list->number_at(scatter(job.id()) % listeners);
  if (start < job.subscribed_before()) job.begin_at(start);
}

// True when the job has come to everybody.
bool Fanout::walk(Job& job, std::size_t& budget) {
  while (!job.finished()) {
    if (budget == 0) return false;
    if (job.untouched()) begin_list(job);
    std::size_t passed_by = 0, looked_at = 0;
    const bool more =
        visit_listeners(job, ahead_of(job), state_, index_, std::min(kVisit, budget),
                        [&](track::SubscriptionNumber number, PersonNumber who) {
                          job.reach(number);
                          if (!roll_.looked_at(who)) {
                            ++passed_by;
                            return;
                          }
                          ++looked_at;
                          const AccountId id = roll_.account(who).id;
                          if (!job.exempt(id) && job.comes_from_here(roll_.account(who)))
                            bring(*job.post(), who, job.diverted());
                        });
    counters_.looked_at.add(passed_by + looked_at);
    budget -= std::min(budget, 1 + looked_at + passed_by / kPassedByPerLook);
    if (!more) job.end_stretch();
  }
  return true;
}

void Fanout::bring(const Prepared& prepared, PersonNumber number, bool diverted) {
  const RecordId id = prepared.record->id();
  if (holds(number, id)) return;
  // At rest, and it lies ahead of where they read on: no need to wake them.
  if (!roll_.find(number) && id > roll_.reads_after(number)) return;
  Person& who = wake(number);
  if (who.stream().behind() && id > who.stream().read_after()) return;
  if (prepared.gone()) return pass_over(who, prepared);
  const auto as = due(number, prepared);
  if (prepared.changes()) note_change(who, prepared, as.has_value());
  if (!as) return;
  counters_.matched.add();
  if (!prepared.changes() && over_cap(who, *as, prepared.record->time_ms()))
    return set_aside(who, *prepared.record, *as);
  const Kind kind = diverted && as->kind == Kind::kTrack ? Kind::kBacklog : as->kind;
  who.stream().match({.id = id, .kind = kind, .late = false});
  moved(who);
}

// Whoever is away, and for whom no running job can have anything that they will not read, is looked
// at no more.
void Fanout::pass_by_who_left() {
  const RecordId horizon = jobs_.horizon(position_);
  for (; !leaving_.empty(); leaving_.pop_front()) {
    const PersonNumber number = leaving_.front();
    const Person* who = roll_.find(number);
    if (who && who->reachable()) continue;
    if (roll_.reads_after(number) > horizon) return;
    roll_.set_looked_at(number, false);
  }
}

}  // namespace bridge::fanout
