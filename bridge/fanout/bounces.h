// Bounces: people whose deliveries come back as errors, and for how long nothing is sent to them
// because of it.
//
//   if (bounces.held(alice)) they count as away;  bounces.bounced(alice, {...}, now);
//   for (auto& due : bounces.expire(now, is_there)) ask(due) or let them in
//
// Whoever something came back from is held. The first time, showing up again ends that: mostly
// they had just left. When it comes back again within an hour, nothing goes to them for two
// minutes, then four, up to an hour; then one delivery is tried, and the rest follows when that has
// not come back for a while. While they are not known to be there, their gateway is asked to look,
// as rarely; after kLevelMax times only they themselves can end it. Nothing here is kept on disk,
// and docs/owed.md is the rule. Pure; one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "bridge/backbone/store.h"
#include "bridge/base/time.h"

namespace bridge::fanout {

using backbone::AccountId;
using backbone::RecordId;

struct BounceWaits {
  std::chrono::milliseconds first{60'000};
  std::chrono::milliseconds longest{3'600'000};
  std::chrono::milliseconds trial{10'000};  // for what was tried to come back
};

class Bounces {
 public:
  static constexpr unsigned kLevelMax = 12;
  // Of what was sent since somebody was last held, so much is remembered: when it comes back, that
  // is news, and else an echo of what had been sent before.
  static constexpr std::size_t kTriedMax = 16;

  // A delivery or, without an id, a digest.
  struct Bounce {
    std::uint64_t session = 0;
    RecordId id = 0;
    bool offline = false;  // they were not there; anything else says less about when to go on
  };
  // The time for which somebody was held is over.
  struct Due {
    AccountId account = 0;
    std::uint64_t session = 0;
    bool ask = false;  // whether they are there
  };
  using IsThere = std::function<bool(AccountId)>;

  explicit Bounces(BounceWaits waits) : waits_(waits) {}

  void bounced(AccountId account, Bounce bounce, base::Time now);
  // Nothing is sent to them.
  bool held(AccountId account) const;
  // Until then nothing more is sent to somebody who is not held: something is being tried.
  std::optional<base::Time> tries_until(AccountId account) const;
  void sent(AccountId account, RecordId id, base::Time now);

  // They showed up.
  void appeared(AccountId account, base::Time now);
  // Their own client has it.
  void confirmed(AccountId account, RecordId id);
  // They have another address.
  void forget(AccountId account);

  std::vector<Due> expire(base::Time now, const IsThere& is_there);
  // They could not be asked for just now.
  void ask_later(AccountId account, base::Time at);
  std::optional<base::Time> next_expiry() const;

  std::size_t held() const { return held_; }

 private:
  enum class State { kHeld, kAsked, kTrying, kFree };
  struct Entry {
    State state = State::kFree;
    bool offline = false;
    unsigned level = 0;
    std::uint64_t session = 0;
    base::Time since{};
    base::Time until{};
    std::vector<RecordId> tried;
  };
  using Entries = std::unordered_map<AccountId, Entry>;
  struct Timer {
    base::Time at;
    AccountId account = 0;
    bool operator>(const Timer& other) const { return at > other.at; }
  };

  static bool holds(State state) { return state == State::kHeld || state == State::kAsked; }
  std::chrono::milliseconds wait(unsigned level) const;
  void enter(AccountId account, Entry& entry, State state, base::Time until);
  void let_in(AccountId account, Entry& entry, base::Time now);
  void erase(Entries::iterator it);

  const BounceWaits waits_;
  Entries entries_;
  std::size_t held_ = 0;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
};

}  // namespace bridge::fanout
