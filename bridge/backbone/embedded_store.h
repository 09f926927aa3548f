// EmbeddedStore: the log in RocksDB, in a folder of this machine.
//
//   auto store = EmbeddedStore::open({.path = "/var/lib/lapwing", .now_ms = now.wall_ms});
//
// One thread appends; any thread reads. An append is one write batch over the log and everything
// derived from it, synced before it returns: after a crash the log ends with a whole batch and its
// indexes agree with it. A batch whose append failed may still be there after a *crash* (the disk
// may have kept what it said it could not): that is a publish nobody was told about, and retrying
// it finds it as a duplicate. Only one process can have the folder open, so opening it is also the
// lock that has to be held before anything is bound. Never reads a clock.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "bridge/backbone/dedupe.h"
#include "bridge/backbone/embedded_support.h"
#include "bridge/backbone/store.h"

namespace bridge::backbone {

// Version of the layout of the store (docs/log.md). A store with a higher one is refused.
inline constexpr int kStoreFormat = 1;

struct EmbeddedOptions {
  std::string path;         // the data folder; the log lies in path/log
  base::WallMs now_ms = 0;  // birthday of a store that is made
  std::chrono::milliseconds dedupe_window = kDedupeWindowDefault;
  std::size_t write_buffer_bytes = 64u << 20;  // of the log; flushed when full
  std::size_t buffers_bytes_max = 192u << 20;  // of all indexes together
  std::size_t cache_bytes = 128u << 20;
  std::size_t wal_bytes_max = 256u << 20;  // bounds how much is replayed after a crash
  LogSink log = {};
};

class EmbeddedStore final : public Store {
 public:
  static base::Result<std::unique_ptr<EmbeddedStore>> open(EmbeddedOptions options);
  ~EmbeddedStore() override;

  base::Result<void> append(std::span<const RecordPtr> records) override;
  base::Result<void> resume() override;
  RecordId head() const override;
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

  // A consistent copy of the log and its indexes, in a folder that must not exist: everything up to
  // head() and perhaps a little more. Hard links where the file system can, so it takes a moment.
  // Any thread, while appends go on.
  base::Result<void> copy_to(const std::string& folder) const;

 private:
  struct Impl;
  explicit EmbeddedStore(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace bridge::backbone
