#include "bridge/state/listeners.h"

#include <algorithm>
#include <utility>

namespace bridge::state {
namespace {

// The track that has this number, of the listener who stands there.
struct Listener {
  const Account& account;
  const TrackEdge& track;
};

template <class Visit>
void visit_listeners(const State& state, const Word& word, std::size_t from, std::size_t count,
                     Visit&& visit) {
  if (count == 0) return;
  const track::SubscriptionNumber first = word.listeners.number_at(from);
  word.listeners.visit({.after = first - 1}, count, [&](RecordId number, PersonNumber person) {
    const Account& account = state.accounts()[person];
    visit(Listener{account, *std::ranges::find(account.tracks, number, &TrackEdge::since)});
  });
}

class Settling {
 public:
  Settling(RecordId next_id, base::WallMs now_ms) : next_id_(next_id), now_ms_(now_ms) {}

  void wake(const Listener& listener) {
    const auto* sleep = listener.account.asleep(listener.track);
    if (sleep == nullptr) return;  // a log that is at odds with itself
    Woken& woken = *add().mutable_woken();
    woken.set_since(sleep->since);
    name(woken, listener);
  }
  void put_to_sleep(const Listener& listener) {
    const auto& sleeps = listener.account.sleeps();
    const auto same = [&](const Sleep& sleep) { return sleep.phrase == listener.track.phrase; };
    if (static_cast<std::size_t>(std::ranges::count_if(sleeps, same)) >= kSleepsMax) {
      Woken& forgotten = *add().mutable_woken();
      forgotten.set_since(std::ranges::find_if(sleeps, same)->since);
      forgotten.set_forgotten(true);
      name(forgotten, listener);
    }
    name(*add().mutable_dormant(), listener);
  }
  std::vector<Record> take() { return std::move(records_); }

 private:
  using Woken = lapwing::record::Woken;

  Record& add() {
    Record& record = records_.emplace_back();
    record.set_id(next_id_ + records_.size() - 1);
    record.set_time_ms(now_ms_);
    return record;
  }
  template <class Body>
  static void name(Body& body, const Listener& listener) {
    body.set_account(listener.account.id);
    body.set_phrase(listener.track.phrase->canonical());
  }

  const RecordId next_id_;
  const base::WallMs now_ms_;
  std::vector<Record> records_;
};

}  // namespace

std::size_t cap_of(const Word* word, const Rules& rules) {
  return word && word->cap ? *word->cap : rules.listeners_per_word;
}

bool settled(const Word& word, const Rules& rules) {
  return word.awake() == std::min(word.listeners.size(), cap_of(&word, rules));
}

bool full(const Word* word, const Rules& rules) {
  if (word && word->asleep > 0) return true;
  return (word ? word->listeners.size() : 0) >= cap_of(word, rules);
}

std::size_t place_of(const Word& word, const TrackEdge& track) {
  const std::size_t rank = word.rank_of(track.since);
  return rank < word.awake() ? 0 : rank - word.awake() + 1;
}

std::vector<Record> settle(const State& state, const Rules& rules, std::string_view phrase,
                           std::size_t max, RecordId next_id, base::WallMs now_ms) {
  Settling settling(next_id, now_ms);
  const Word* word = state.find_word(phrase);
  if (!word) return {};
  const std::size_t awake = word->awake();
  const std::size_t wanted = std::min(word->listeners.size(), cap_of(word, rules));
  if (awake < wanted) {
    visit_listeners(state, *word, awake, std::min(max, wanted - awake),
                    [&](const Listener& each) { settling.wake(each); });
  } else {
    // The newest of those awake, the very newest first: between any two records it is the last of
    // the list who sleep.
    const std::size_t count = std::min(max, awake - wanted);
    std::vector<Listener> newest;
    newest.reserve(count);
    visit_listeners(state, *word, awake - count, count,
                    [&](const Listener& each) { newest.push_back(each); });
    for (auto each = newest.rbegin(); each != newest.rend(); ++each) settling.put_to_sleep(*each);
  }
  return settling.take();
}

}  // namespace bridge::state
