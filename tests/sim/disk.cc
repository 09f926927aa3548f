#include "tests/sim/disk.h"

#include <limits>

namespace tests::sim {

using namespace bridge::backbone;  // NOLINT(google-build-using-namespace)
namespace base = bridge::base;

// Mutant: an append is readable and acknowledged at once, and on the disk only some time later.
class Disk::HastyStore final : public Store {
 public:
  HastyStore(Stage& stage, std::unique_ptr<MemoryStore>& store) : stage_(stage), store_(store) {}

  base::Result<void> append(std::span<const RecordPtr> records) override {
    auto appended = store_->append(records);
    if (appended)
      stage_.agenda.after(milliseconds(20), [this, head = store_->head()] {
        synced_ = std::min(std::max(synced_, head), store_->head());
      });
    return appended;
  }
  base::Result<void> resume() override { return store_->resume(); }
  RecordId head() const override { return store_->head(); }
  base::Result<std::vector<RecordPtr>> read(RecordId after, std::size_t records,
                                            std::size_t bytes) const override {
    return store_->read(after, records, bytes);
  }
  base::Result<std::vector<RecordId>> read_directs(AccountId recipient, RecordId after,
                                                   std::size_t max) const override {
    return store_->read_directs(recipient, after, max);
  }
  base::Result<std::optional<RecordId>> find_duplicate(AccountId author, std::string_view client_id,
                                                       std::string_view text,
                                                       base::WallMs now) const override {
    return store_->find_duplicate(author, client_id, text, now);
  }
  base::Result<void> replay_state(const std::function<void(const Record&)>& visit) const override {
    return store_->replay_state(visit);
  }

  void crash() {
    const auto kept = store_->read(0, synced_, std::numeric_limits<std::size_t>::max());
    store_ = std::make_unique<MemoryStore>();
    if (!kept->empty() && !store_->append(*kept)) stage_.laws.broken("the disk came back full");
  }

 private:
  Stage& stage_;
  std::unique_ptr<MemoryStore>& store_;
  RecordId synced_ = 0;
};

// Mutant: what is saved as done is one more than what is done.
class Disk::ShiftedCursors final : public CursorStore {
 public:
  explicit ShiftedCursors(CursorStore& store) : store_(store) {}

  base::Result<void> checkpoint(const Checkpoint& checkpoint, bool sync) override {
    Checkpoint shifted = checkpoint;
    for (CursorRow& row : shifted.rows)
      for (Cursor& cursor : row.cursors)
        if (cursor.floor != 0) ++cursor.floor;
    return store_.checkpoint(shifted, sync);
  }
  base::Result<Loaded> load(const std::function<void(const CursorRow&)>& visit) const override {
    return store_.load(visit);
  }

 private:
  CursorStore& store_;
};

Disk::Disk(Stage& stage)
    : stage_(stage), done_(stage.laws), store_(std::make_unique<MemoryStore>()) {
  if (stage.plan.mutant == Mutant::kAckBeforeFsync)
    hasty_ = std::make_unique<HastyStore>(stage, store_);
  if (stage.plan.mutant == Mutant::kCursorOffByOne)
    shifted_ = std::make_unique<ShiftedCursors>(cursors_);
}

Disk::~Disk() = default;

Store& Disk::log() {
  return hasty_ ? static_cast<Store&>(*hasty_) : *store_;
}

CursorStore& Disk::cursors() {
  return shifted_ ? static_cast<CursorStore&>(*shifted_) : cursors_;
}

void Disk::crash() {
  if (hasty_)
    hasty_->crash();
  else
    store_->crash();
  const std::size_t kept = stage_.dice.below(cursors_.unsynced() + 1);
  cursors_.crash(kept);
  done_.crash(kept);
}

void Disk::fill(RefusedBatch batch) {
  store_->fill_disk(batch);
}
void Disk::fill_cursors() {
  cursors_.fill_disk();
}
void Disk::free() {
  store_->free_disk();
  cursors_.free_disk();
}

std::vector<RecordPtr> Disk::all() const {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  return *store_->read(0, kAll, kAll);
}

}  // namespace tests::sim
