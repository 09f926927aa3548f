#include "bridge/fanout/bounces.h"

#include <algorithm>

namespace bridge::fanout {

std::chrono::milliseconds Bounces::wait(unsigned level) const {
  return std::min(waits_.longest, waits_.first * (std::int64_t{1} << (std::max(level, 1U) - 1)));
}

void Bounces::enter(AccountId account, Entry& entry, State state, base::Time until) {
  held_ += holds(state) ? 1 : 0;
  held_ -= holds(entry.state) ? 1 : 0;
  entry.state = state;
  entry.until = until;
  if (until < base::Time::max()) timers_.push({until, account});
}

void Bounces::erase(Entries::iterator it) {
  held_ -= holds(it->second.state) ? 1 : 0;
  entries_.erase(it);
}

void Bounces::forget(AccountId account) {
  if (const auto it = entries_.find(account); it != entries_.end()) erase(it);
}

void Bounces::bounced(AccountId account, Bounce bounce, base::Time now) {
  const auto [it, first] = entries_.try_emplace(account);
  Entry& entry = it->second;
  if (holds(entry.state)) return;  // more of what was sent with the first
  const bool news = std::ranges::count(entry.tried, bounce.id) > 0;
  if ((first || news) && entry.level < kLevelMax) ++entry.level;
  if (news) entry.tried.clear();
  entry.session = bounce.session;
  entry.offline = bounce.offline;
  entry.since = now;
  enter(account, entry, State::kHeld, now + wait(entry.level));
}

bool Bounces::held(AccountId account) const {
  const auto it = entries_.find(account);
  return it != entries_.end() && holds(it->second.state);
}

std::optional<base::Time> Bounces::tries_until(AccountId account) const {
  const auto it = entries_.find(account);
  if (it == entries_.end() || it->second.state != State::kTrying || it->second.tried.empty())
    return std::nullopt;
  return it->second.until;
}

void Bounces::sent(AccountId account, RecordId id, base::Time now) {
  const auto it = entries_.find(account);
  if (it == entries_.end() || it->second.tried.size() >= kTriedMax) return;
  it->second.tried.push_back(id);
  if (it->second.state == State::kTrying)
    enter(account, it->second, State::kTrying, now + waits_.trial);
}

void Bounces::let_in(AccountId account, Entry& entry, base::Time now) {
  const State state = entry.level == 1 ? State::kFree : State::kTrying;
  if (state == State::kTrying) entry.tried.clear();
  enter(account, entry, state, now + waits_.longest);
}

void Bounces::appeared(AccountId account, base::Time now) {
  const auto it = entries_.find(account);
  if (it == entries_.end() || !holds(it->second.state)) return;
  Entry& entry = it->second;
  if (entry.level == 1 || entry.state == State::kAsked) return let_in(account, entry, now);
  // Who was not there and is now can be tried, though not all the time.
  if (entry.offline && entry.since + waits_.trial < entry.until)
    enter(account, entry, State::kHeld, std::max(now, entry.since + waits_.trial));
}

void Bounces::confirmed(AccountId account, RecordId id) {
  const auto it = entries_.find(account);
  if (it == entries_.end() || holds(it->second.state)) return;
  if (std::ranges::count(it->second.tried, id) > 0) erase(it);
}

std::vector<Bounces::Due> Bounces::expire(base::Time now, const IsThere& is_there) {
  std::vector<Due> out;
  while (!timers_.empty() && timers_.top().at <= now) {
    const auto [at, account] = timers_.top();
    timers_.pop();
    const auto it = entries_.find(account);
    if (it == entries_.end() || it->second.until != at) continue;  // another one counts
    Entry& entry = it->second;
    if (!holds(entry.state)) {
      if (entry.state == State::kFree || entry.tried.empty())
        erase(it);
      else
        enter(account, entry, State::kFree, now + waits_.longest);
      continue;
    }
    if (is_there(account)) {
      let_in(account, entry, now);
      out.push_back({account, entry.session, false});
      continue;
    }
    if (entry.state == State::kAsked) ++entry.level;
    const bool last = entry.level >= kLevelMax;
    enter(account, entry, State::kAsked, last ? base::Time::max() : now + wait(entry.level + 1));
    out.push_back({account, entry.session, true});
  }
  return out;
}

void Bounces::ask_later(AccountId account, base::Time at) {
  const auto it = entries_.find(account);
  if (it != entries_.end() && holds(it->second.state)) enter(account, it->second, State::kHeld, at);
}

std::optional<base::Time> Bounces::next_expiry() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.top().at;
}

}  // namespace bridge::fanout
