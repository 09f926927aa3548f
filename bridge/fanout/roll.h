// Roll: everybody, by number. A Person for those whose deliveries are on the move; for everybody
// else two positions in the log, from which they are owed what is theirs. A byte each says what
// those who walk over long lists have to know, so that skipping somebody costs a look into the
// cache.
//
//   const auto number = roll.add(position);  roll.wake(number).directs().match(...);
//
// The numbers are those that State gives out. One thread. The State must outlive it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "bridge/fanout/person.h"

namespace bridge::fanout {

class Roll {
 public:
  static constexpr PersonNumber kNobody = ~PersonNumber{0};
  static constexpr std::uint8_t kNoPass = 0;

  explicit Roll(const state::State& state) : state_(state) {}

  // The next account of State: away since `position`.
  PersonNumber add(RecordId position);
  PersonNumber size() const { return static_cast<PersonNumber>(slots_.size()); }
  PersonNumber number_of(AccountId account) const;

  const state::Account& account(PersonNumber number) const { return state_.accounts()[number]; }
  // nullptr: at rest.
  Person* find(PersonNumber number) { return slots_[number].person.get(); }
  const Person* find(PersonNumber number) const { return slots_[number].person.get(); }
  Person& wake(PersonNumber number);
  // Forgets all of a person but where to read on, if that is all there is. `now`: for their
  // limiter.
  void rest(PersonNumber number, base::Time now);

  void restore(PersonNumber number, const backbone::Cursors& cursors, RecordId position);
  bool clean(PersonNumber number) const;
  // As they have to be saved; only while !clean().
  backbone::Cursors cursors(PersonNumber number) const;
  // Of somebody at rest: everything up to there is done.
  RecordId behind(PersonNumber number, std::size_t cursor) const {
    return slots_[number].behind[cursor];
  }
  // From where the log has to be read for their follows and tracks; everything: being served.
  RecordId reads_after(PersonNumber number) const;

  // Whether jobs have to look at somebody, or may pass them by: all a running job could bring them
  // they will read.
  bool looked_at(PersonNumber number) const { return (marks_[number] & kLookedAt) != 0; }
  void set_looked_at(PersonNumber number, bool is) { set(number, kLookedAt, is); }
  // Which pass over the log they read along with.
  std::uint8_t pass(PersonNumber number) const { return marks_[number] & kPassMask; }
  void set_pass(PersonNumber number, std::uint8_t pass);

  // The cursor store has a row of theirs.
  bool has_row(PersonNumber number) const { return (marks_[number] & kHasRow) != 0; }
  void set_has_row(PersonNumber number, bool has) { set(number, kHasRow, has); }

  // Those whose row has changed since clear_changed().
  void touch(PersonNumber number);
  const std::vector<PersonNumber>& changed() const { return changed_; }
  void clear_changed();

 private:
  static constexpr std::uint8_t kPassMask = 0x0F;
  static constexpr std::uint8_t kLookedAt = 0x10;
  static constexpr std::uint8_t kChanged = 0x20;
  static constexpr std::uint8_t kHasRow = 0x40;

  struct Slot {
    std::unique_ptr<Person> person;
    std::array<RecordId, backbone::kCursorClasses> behind{};  // at rest
  };

  void set(PersonNumber number, std::uint8_t mark, bool is) {
    marks_[number] = static_cast<std::uint8_t>(is ? marks_[number] | mark : marks_[number] & ~mark);
  }

  const state::State& state_;
  std::deque<Slot> slots_;
  std::vector<std::uint8_t> marks_;
  std::vector<PersonNumber> changed_;
};

}  // namespace bridge::fanout
