// SimCursorStore: the cursors' store as a simulated bridge sees it, with the planted bugs that show
// in what is saved there and read back.
#pragma once

#include "bridge/backbone/memory_cursor_store.h"
#include "tests/sim/done_book.h"
#include "tests/sim/sim_store.h"

namespace tests::sim {

class SimCursorStore final : public bridge::backbone::CursorStore {
 public:
  // Which deliveries are on the way, and what the log says, only the mutants ask. Both outlive it.
  SimCursorStore(Mutant mutant, const SimStore& log, const DoneBook& book)
      : mutant_(mutant), log_(log), book_(book) {}

  bridge::base::Result<void> checkpoint(const bridge::backbone::Checkpoint& checkpoint,
                                        bool sync) override;
  bridge::base::Result<Loaded> load(
      const std::function<void(const bridge::backbone::CursorRow&)>& visit) const override;

  bridge::backbone::MemoryCursorStore& disk() { return store_; }

 private:
  void forget_what_flies(bridge::backbone::Checkpoint& checkpoint) const;

  const Mutant mutant_;
  const SimStore& log_;
  const DoneBook& book_;
  bridge::backbone::MemoryCursorStore store_;
};

}  // namespace tests::sim
