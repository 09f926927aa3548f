// Doubts: deliveries that may have arrived although they are owed again, because a session ended
// before it had said, or because they came back: a server returns what a client did not confirm,
// read or not. What its author takes back or corrects meanwhile has to go out all the same.
//
// Kept in memory only, and only the newest; whoever forgets one leaves out a change. One thread.
#pragma once

#include <cstddef>
#include <deque>
#include <set>
#include <utility>

#include "bridge/fanout/person.h"

namespace bridge::fanout {

class Doubts {
 public:
  static constexpr std::size_t kMax = 16 * 1024;

  void add(PersonNumber person, RecordId id) {
    if (!known_.emplace(person, id).second) return;
    order_.emplace_back(person, id);
    if (order_.size() <= kMax) return;
    known_.erase(order_.front());
    order_.pop_front();
  }
  bool has(PersonNumber person, RecordId id) const { return known_.contains({person, id}); }

 private:
  std::set<std::pair<PersonNumber, RecordId>> known_;
  std::deque<std::pair<PersonNumber, RecordId>> order_;
};

}  // namespace bridge::fanout
