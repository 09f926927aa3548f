// Disk: what survives the bridge: its two stores, with the planted bugs of stores.
//
//   Disk disk(stage);  Committer(disk.log(), ...);  Fanout(disk.log(), disk.cursors(), ...);
//   disk.crash();   // after the process is gone
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "bridge/backbone/memory_cursor_store.h"
#include "bridge/backbone/memory_store.h"
#include "tests/sim/done_book.h"
#include "tests/sim/stage.h"

namespace tests::sim {

class Disk {
 public:
  explicit Disk(Stage& stage);
  ~Disk();

  bridge::backbone::Store& log();
  RecordId head() const { return store_->head(); }
  bridge::backbone::CursorStore& cursors();

  // The machine lost its power; what was not synced may be gone.
  void crash();
  void fill(bridge::backbone::RefusedBatch batch);
  void fill_cursors();
  void free();

  DoneBook& done() { return done_; }

  // Everything in the log.
  std::vector<bridge::backbone::RecordPtr> all() const;

 private:
  class HastyStore;
  class ShiftedCursors;

  Stage& stage_;
  DoneBook done_;
  std::unique_ptr<bridge::backbone::MemoryStore> store_;
  bridge::backbone::MemoryCursorStore cursors_;
  std::unique_ptr<HastyStore> hasty_;
  std::unique_ptr<ShiftedCursors> shifted_;
};

}  // namespace tests::sim
