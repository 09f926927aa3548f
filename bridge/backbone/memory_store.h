// MemoryStore: the Store's twin without a disk, for tests and simulation, kept as carefully.
//
// It behaves as the embedded one does, to the threads it may be used from and the bounds of a read,
// and it fails on command: the knobs below stand for a full disk and for a power cut. Never reads
// a clock.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "bridge/backbone/dedupe.h"
#include "bridge/backbone/erasures.h"
#include "bridge/backbone/store.h"

namespace bridge::backbone {

// What became of a batch whose append was refused.
enum class RefusedBatch : std::uint8_t {
  kGone,    // the disk did not take it
  kOnDisk,  // it did, and only failed to say so: crash() before resume() brings it into the log
};

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(std::chrono::milliseconds dedupe_window = kDedupeWindowDefault);

  base::Result<void> append(std::span<const RecordPtr> records) override;
  base::Result<void> resume() override;
  RecordId head() const override { return head_.load(std::memory_order_acquire); }
  base::Result<std::vector<RecordPtr>> read(RecordId after, std::size_t records_max,
                                            std::size_t bytes_max) const override;
  base::Result<std::vector<RecordId>> read_directs(AccountId recipient, RecordId after,
                                                   std::size_t max) const override;
  base::Result<std::optional<RecordId>> find_duplicate(const PublishKey& publish,
                                                       base::WallMs now_ms) const override;
  base::Result<void> expire(const Expiry& expiry) override;
  RecordId expired_to() const override;
  base::Result<void> erase_some(std::size_t records_max) override;
  std::uint64_t to_erase() const override;
  base::Result<void> read_state(const StateRange& range,
                                const std::function<void(const Record&)>& visit) const override;

  // Knobs; the writer's thread. From now on the disk is full: appends and resume() are refused.
  void fill_disk(RefusedBatch batch = RefusedBatch::kGone);
  // Room again: appends work after resume().
  void free_disk();
  // The process died and was started again: what was acknowledged is there.
  void crash();

 private:
  void commit(std::span<const RecordPtr> records);  // with mutex_ held

  const std::chrono::milliseconds dedupe_window_;
  std::atomic<RecordId> head_{0};
  std::atomic<RecordId> expired_to_{0};

  // The writer's.
  bool disk_full_ = false;
  bool stopped_ = false;  // since a refused append, until resume()
  RefusedBatch refused_batch_ = RefusedBatch::kGone;
  std::vector<RecordPtr> on_disk_;  // refused, but there after a crash

  mutable std::mutex mutex_;  // guards what follows
  std::vector<RecordPtr> log_;
  std::map<std::string, RecordId> state_;
  std::unordered_map<std::string, DedupeEntry> dedupe_;
  std::map<AccountId, std::vector<RecordId>> directs_;
  Erasures erasures_;
  base::WallMs newest_ms_ = 0;
};

}  // namespace bridge::backbone
