// SimStore: the log's store as a simulated bridge sees it: the twin in memory, which loses what a
// power cut takes, refuses what a full disk refuses, and for a while reads nothing; with the
// planted bugs that are a store's.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "bridge/backbone/memory_store.h"
#include "tests/sim/stage.h"

namespace tests::sim {

class SimStore final : public bridge::backbone::Store {
 public:
  explicit SimStore(Stage& stage);

  bridge::base::Result<void> append(std::span<const RecordPtr> records) override;
  bridge::base::Result<void> resume() override;
  RecordId head() const override { return store_->head(); }
  bridge::base::Result<std::vector<RecordPtr>> read(RecordId after, std::size_t records_max,
                                                    std::size_t bytes_max) const override;
  bridge::base::Result<std::vector<RecordId>> read_directs(bridge::backbone::AccountId recipient,
                                                           RecordId after,
                                                           std::size_t max) const override;
  bridge::base::Result<std::optional<RecordId>> find_duplicate(
      const bridge::backbone::PublishKey& publish, bridge::base::WallMs now) const override;
  bridge::base::Result<void> expire(const bridge::backbone::Expiry& expiry) override {
    return store_->expire(expiry);
  }
  RecordId expired_to() const override { return store_->expired_to(); }
  bridge::base::Result<void> erase_some(std::size_t records_max) override {
    return store_->erase_some(records_max);
  }
  std::uint64_t to_erase() const override { return store_->to_erase(); }
  bridge::base::Result<void> read_state(
      const bridge::backbone::StateRange& range,
      const std::function<void(const bridge::backbone::Record&)>& visit) const override;

  // The machine lost its power.
  void crash();
  void fill(bridge::backbone::RefusedBatch batch) { store_->fill_disk(batch); }
  void free() { store_->free_disk(); }
  // While it cannot, nothing can be read but what State is made of.
  void set_readable(bool readable) { readable_ = readable; }
  bool readable() const { return readable_; }

  // Everything in the log, readable or not, as it was when it was written.
  std::vector<RecordPtr> all() const;
  std::vector<RecordPtr> changes_of(RecordId post) const;
  // The accounts that are erased, and where in the log.
  std::map<bridge::backbone::AccountId, RecordId> erased() const;
  bool is_erased(RecordId id, RecordId position) const;

 private:
  bool planted(Mutant mutant) const { return stage_.plan.mutant == mutant; }
  void note(std::span<const bridge::backbone::RecordPtr> records);

  Stage& stage_;
  std::unique_ptr<bridge::backbone::MemoryStore> store_;
  std::map<RecordId, RecordPtr> written_;                   // what each id was last tried with
  std::map<RecordId, std::vector<RecordPtr>> changes_;      // by post; some were refused
  std::map<bridge::backbone::AccountId, RecordId> erased_;  // some were refused
  bool readable_ = true;
  bool refuses_ = false;  // since an append that was refused
  RecordId synced_ = 0;   // of the mutant that acknowledges before that
};

}  // namespace tests::sim
