// The embedded store's column families and their options, with the reasons; docs/log.md lists the
// keys. Private to the embedded files; RocksDB's types are only named here.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "bridge/backbone/embedded_store.h"

namespace rocksdb {
struct ColumnFamilyDescriptor;
}

namespace bridge::backbone {

// In the order in which the families are opened. RocksDB insists on its `default`; it stays empty.
enum Column : std::size_t { kDefault, kMeta, kLog, kState, kDedupe, kDirects, kColumns };

// Time of the newest record, shared with the filter that drops old dedupe entries.
using NewestMs = std::shared_ptr<std::atomic<base::WallMs>>;

rocksdb::DBOptions database_options(const EmbeddedOptions& options);

// All of them, or (to look at the version before anything else is touched) the first `count`.
std::vector<rocksdb::ColumnFamilyDescriptor> column_families(const EmbeddedOptions& options,
                                                             const NewestMs& newest_ms,
                                                             std::size_t count = kColumns);

}  // namespace bridge::backbone
