// TimedStore: a store as the committer uses it, with a clock at its appends.
//
//   TimedStore timed(store);   CommitThread committer(timed, ...); timed.append_times().snapshot();
//
// An append is one synced write: its time is what the disk takes for an fsync, and a little more.
// Everything else passes through.
#pragma once

#include "bridge/backbone/store.h"
#include "bridge/base/histogram.h"
#include "bridge/base/time.h"

namespace bridge {

class TimedStore final : public backbone::Store {
 public:
  // The store must outlive it.
  explicit TimedStore(backbone::Store& store) : store_(store) {}

  // In nanoseconds. Any thread.
  const base::Histogram& append_times() const { return append_times_; }

  base::Result<void> append(std::span<const backbone::RecordPtr> records) override {
    const base::Time start = base::read_clocks().mono;
    auto appended = store_.append(records);
    append_times_.record(static_cast<std::uint64_t>((base::read_clocks().mono - start).count()));
    return appended;
  }
  base::Result<void> resume() override { return store_.resume(); }
  backbone::RecordId head() const override { return store_.head(); }
  base::Result<std::vector<backbone::RecordPtr>> read(backbone::RecordId after,
                                                      std::size_t records_max,
                                                      std::size_t bytes_max) const override {
    return store_.read(after, records_max, bytes_max);
  }
  base::Result<std::vector<backbone::RecordId>> read_directs(backbone::AccountId recipient,
                                                             backbone::RecordId after,
                                                             std::size_t max) const override {
    return store_.read_directs(recipient, after, max);
  }
  base::Result<std::optional<backbone::RecordId>> find_duplicate(
      const backbone::PublishKey& publish, base::WallMs now_ms) const override {
    return store_.find_duplicate(publish, now_ms);
  }
  base::Result<void> expire(const backbone::Expiry& expiry) override {
    return store_.expire(expiry);
  }
  backbone::RecordId expired_to() const override { return store_.expired_to(); }
  base::Result<void> erase_some(std::size_t records_max) override {
    return store_.erase_some(records_max);
  }
  std::uint64_t to_erase() const override { return store_.to_erase(); }
  base::Result<void> read_state(
      const backbone::StateRange& range,
      const std::function<void(const backbone::Record&)>& visit) const override {
    return store_.read_state(range, visit);
  }

 private:
  backbone::Store& store_;
  base::Histogram append_times_{50'000,      100'000,     250'000,       500'000,      1'000'000,
                                2'500'000,   5'000'000,   10'000'000,    25'000'000,   50'000'000,
                                100'000'000, 250'000'000, 1'000'000'000, 5'000'000'000};
};

}  // namespace bridge
