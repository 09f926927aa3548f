#include "bridge/fanout/receipts.h"

#include <algorithm>
#include <utility>

namespace bridge::fanout {

void Receipts::available(AccountId account, Appeared appeared) {
  const auto it = people_.find(account);
  if (it == people_.end()) return;
  Person& person = it->second;
  if (person.trust == Trust::kNone) person.trust = Trust::kUnproven;  // perhaps another client
  person.available = true;
  person.since = appeared;
  for (Sent& sent : person.sent) note_kept(person, sent);
  set_timer(account, person);
}

void Receipts::away(AccountId account, base::Time now) {
  const auto it = people_.find(account);
  if (it == people_.end()) return;
  Person& person = it->second;
  if (std::exchange(person.available, false))
    person.been_there += std::max<std::chrono::nanoseconds>(now - person.since.at, kVisitMin);
  drop_if_idle(it);
}

// Whoever has confirmed something is remembered; everybody else starts anew when they come back.
bool Receipts::idle(const Person& person) {
  return !person.available && person.sent.empty() && person.trust != Trust::kProven;
}

void Receipts::drop_if_idle(People::iterator it) {
  if (idle(it->second)) people_.erase(it);
}

bool Receipts::expected(AccountId account) const {
  const auto it = people_.find(account);
  return it == people_.end() || it->second.trust != Trust::kNone;
}

void Receipts::await(AccountId account, Awaited awaited, std::optional<Appeared> appeared,
                     std::uint64_t order, base::Time now) {
  Person& person = people_[account];
  person.available = appeared.has_value();
  person.since = appeared.value_or(person.since);
  person.sent.push_back({awaited, order, now, {}});
  note_kept(person, person.sent.back());
  ++size_;
  if (person.trust == Trust::kUnproven && person.sent.size() > kUnprovenMax)
    person.trust = Trust::kNone;
  set_timer(account, person);
}

void Receipts::confirmed(AccountId account, RecordId id) {
  people_[account].trust = Trust::kProven;
  forget(account, id);
}

void Receipts::forget(AccountId account, RecordId id) {
  const auto it = people_.find(account);
  if (it == people_.end()) return;
  size_ -= std::erase_if(it->second.sent, [&](const Sent& s) { return s.awaited.id == id; });
}

// What set out before somebody came back went to a client that was leaving, whenever the server's
// word for it comes: it was kept for them, or it is lost.
void Receipts::note_kept(const Person& person, Sent& sent) {
  if (sent.order < person.since.order && !sent.kept_at) sent.kept_at = person.been_there;
}

// Nobody confirms while away. For what their server kept, the receipt follows soon, or never: in
// the time for which they are there, over all their visits.
base::Time Receipts::expiry(const Person& person, const Sent& sent) const {
  if (person.trust == Trust::kNone) return base::Time::min();
  if (!person.available) return base::Time::max();
  if (sent.kept_at) return person.since.at + waits_.unproven - (person.been_there - *sent.kept_at);
  return sent.taken_at + (person.trust == Trust::kProven ? waits_.proven : waits_.unproven);
}

void Receipts::set_timer(AccountId account, Person& person) {
  base::Time at = base::Time::max();
  for (const Sent& sent : person.sent) at = std::min(at, expiry(person, sent));
  if (at == base::Time::max() || (person.timer && *person.timer <= at)) return;
  person.timer = at;
  timers_.push({at, account});
}

void Receipts::expire(AccountId account, Person& person, base::Time now,
                      std::vector<Expired>& out) {
  bool in_vain = false;
  std::erase_if(person.sent, [&](const Sent& sent) {
    if (expiry(person, sent) > now) return false;
    const bool kept = sent.kept_at.has_value();
    out.push_back({account, sent.awaited, !(kept && person.trust == Trust::kProven)});
    in_vain |= !kept;
    --size_;
    return true;
  });
  if (in_vain) person.trust = Trust::kNone;
}

std::vector<Receipts::Expired> Receipts::expire(base::Time now) {
  std::vector<Expired> out;
  while (!timers_.empty() && timers_.top().at <= now) {
    const auto [at, account] = timers_.top();
    timers_.pop();
    const auto it = people_.find(account);
    if (it == people_.end() || it->second.timer != at) continue;  // another one counts
    it->second.timer.reset();
    expire(account, it->second, now, out);
    set_timer(account, it->second);
    drop_if_idle(it);
  }
  return out;
}

std::optional<base::Time> Receipts::next_expiry() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.top().at;
}

std::vector<Receipts::Expired> Receipts::close(std::uint64_t session, bool arrived) {
  std::vector<Expired> out;
  for (auto& [account, person] : people_) {
    size_ -= std::erase_if(person.sent, [&, id = account](const Sent& sent) {
      if (sent.awaited.session != session) return false;
      out.push_back({id, sent.awaited, arrived});
      return true;
    });
  }
  std::erase_if(people_, [](const auto& entry) { return idle(entry.second); });
  return out;
}

std::vector<Receipts::Expired> Receipts::close_all() {
  std::vector<Expired> out;
  for (auto& [account, person] : people_) {
    for (const Sent& sent : person.sent) out.push_back({account, sent.awaited, true});
    person.sent.clear();
  }
  size_ = 0;
  return out;
}

}  // namespace bridge::fanout
