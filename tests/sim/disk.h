// Disk: what survives the bridge: its two stores.
//
//   Disk disk(stage);  Committer(disk.log(), ...);  Fanout(disk.log(), disk.cursors(), ...);
//   disk.crash();   // after the process is gone
#pragma once

#include <vector>

#include "tests/sim/done_book.h"
#include "tests/sim/sim_cursor_store.h"
#include "tests/sim/sim_store.h"
#include "tests/sim/stage.h"

namespace tests::sim {

class Disk {
 public:
  explicit Disk(Stage& stage)
      : stage_(stage), done_(stage.laws), log_(stage), cursors_(stage.plan.mutant, log_, done_) {}

  bridge::backbone::Store& log() { return log_; }
  RecordId head() const { return log_.head(); }
  bridge::backbone::CursorStore& cursors() { return cursors_; }

  // The process was killed, or the machine lost its power: what was not synced may be gone then.
  void crash();
  void fill(bridge::backbone::RefusedBatch batch) { log_.fill(batch); }
  void fill_cursors() { cursors_.disk().fill_disk(); }
  void set_readable(bool readable) { log_.set_readable(readable); }
  bool readable() const { return log_.readable(); }
  // Room again, and readable.
  void mend();

  DoneBook& done() { return done_; }

  // Everything in the log, as it was written.
  std::vector<RecordPtr> all() const { return log_.all(); }
  std::vector<RecordPtr> changes_of(RecordId post) const { return log_.changes_of(post); }
  // Whether it went with an account that was erased up to `position`.
  bool is_erased(RecordId id, RecordId position) const { return log_.is_erased(id, position); }
  // What is erased can be read nowhere.
  void judge_erasures() const;

 private:
  void forgive();

  Stage& stage_;
  DoneBook done_;
  SimStore log_;
  SimCursorStore cursors_;
};

}  // namespace tests::sim
