// MemoryCursorStore: the CursorStore's twin without a disk, for tests and simulation.
//
// It knows which checkpoints a power cut may take: those since the last synced one, newest first.
// One thread.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "bridge/backbone/cursor_store.h"

namespace bridge::backbone {

class MemoryCursorStore final : public CursorStore {
 public:
  // Unsynced checkpoints remembered one by one; the oldest beyond this counts as durable.
  static constexpr std::size_t kUnsyncedMax = 1024;

  base::Result<void> checkpoint(const Checkpoint& checkpoint, bool sync) override;
  base::Result<Loaded> load(const std::function<void(const CursorRow&)>& visit) const override;

  // Knobs. While the disk is full, checkpoints are refused and change nothing.
  void fill_disk() { disk_full_ = true; }
  void free_disk() { disk_full_ = false; }
  // Checkpoints since the last synced one.
  std::size_t unsynced() const { return unsynced_.size(); }
  // The machine died: of the unsynced checkpoints only the first `kept` had reached the disk.
  void crash(std::size_t kept);

 private:
  struct Image {
    std::map<AccountId, CursorRow> rows;
    Loaded rest;
    void apply(const Checkpoint& checkpoint);
  };

  bool disk_full_ = false;
  Image durable_;
  std::vector<Checkpoint> unsynced_;
  Image current_;  // durable_ with unsynced_ applied
};

}  // namespace bridge::backbone
