// Passes: a few readings of the log, each somewhere, shared by everybody who is behind.
//
//   if (passes.join(person, reads_after)) ...
//   for each pass: read on from pass.at, bring members what is theirs, pass.at = there;
//   passes.merge()
//
// A hundred thousand people who come back after an hour cost one reading of that hour, not a
// hundred thousand. Whoever comes on at a later place than the pass has reached waits for it there;
// a pass that catches up with another becomes part of it; one that nobody needs ends. Only
// bookkeeping; one thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "bridge/fanout/roll.h"

namespace bridge::fanout {

struct Pass {
  bool running = false;
  RecordId at = 0;                    // everything up to here has been dealt with
  std::vector<PersonNumber> members;  // may hold some who have left, and some twice
  std::size_t size = 0;               // members indeed
};

class Passes {
 public:
  static constexpr std::size_t kPassesMax = 4;
  // Rather a pass of one's own, while there are some to be had, than to wait for one that is
  // farther back than so many records.
  static constexpr RecordId kNear = 4096;

  explicit Passes(Roll& roll) : roll_(roll) {}

  // Somebody who has to read on after `behind`. False when they have to wait until a pass ends.
  bool join(PersonNumber number, RecordId behind);
  void leave(PersonNumber number);
  bool member(PersonNumber number) const { return roll_.pass(number) != Roll::kNoPass; }
  // Where the pass of a member is.
  RecordId at(PersonNumber number) const { return passes_[roll_.pass(number) - 1].at; }

  std::size_t running() const;
  std::size_t members() const;
  std::uint64_t begun() const { return begun_; }
  // The one whose turn it is, or nullptr.
  Pass* next();
  // A member of this pass, and not of another meanwhile?
  bool in(const Pass& pass, PersonNumber number) const;
  // How far this pass may read before it meets another.
  RecordId meets(const Pass& pass, RecordId end) const;
  // Puts it together with one at the same place.
  void merge(Pass& pass);
  // It is where the log ends, or empty, and ends for so many of its members, who are returned; for
  // the last of them it is over.
  std::vector<PersonNumber> end(Pass& pass, std::size_t members_max);

 private:
  std::uint8_t mark(const Pass& pass) const {
    return static_cast<std::uint8_t>(&pass - passes_.data() + 1);
  }
  void enter(Pass& pass, PersonNumber number);
  void tidy(Pass& pass);

  Roll& roll_;
  std::array<Pass, kPassesMax> passes_;
  std::size_t turn_ = 0;
  std::uint64_t begun_ = 0;
};

}  // namespace bridge::fanout
