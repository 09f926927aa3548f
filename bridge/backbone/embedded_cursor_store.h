// EmbeddedCursorStore: the delivery cursors in a small RocksDB of their own, beside the log's.
//
//   auto cursors = EmbeddedCursorStore::open("/var/lib/lapwing", log_sink);
//
// One thread. Every checkpoint goes through the write-ahead log, so a killed process loses none;
// a lost machine loses those since the last sync, always the newest ones, never one in the middle.
// After a refused checkpoint the next one first tries to make the store writable again: the rows
// that were refused have to be given again.
#pragma once

#include <memory>
#include <string>

#include "bridge/backbone/cursor_store.h"
#include "bridge/backbone/embedded_support.h"

namespace bridge::backbone {

class EmbeddedCursorStore final : public CursorStore {
 public:
  // `path` is the data folder; the cursors lie in path/cursors.
  static base::Result<std::unique_ptr<EmbeddedCursorStore>> open(const std::string& path,
                                                                 LogSink log = {});
  // The same without changing a byte: checkpoint() is refused. Fails when there is no store.
  static base::Result<std::unique_ptr<EmbeddedCursorStore>> open_to_read(const std::string& path,
                                                                         LogSink log = {});
  ~EmbeddedCursorStore() override;

  base::Result<void> checkpoint(const Checkpoint& checkpoint, bool sync) override;
  base::Result<Loaded> load(const std::function<void(const CursorRow&)>& visit) const override;

  // A consistent copy in a folder that must not exist. Any thread, while checkpoints go on.
  base::Result<void> copy_to(const std::string& folder) const;

 private:
  struct Impl;
  explicit EmbeddedCursorStore(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace bridge::backbone
