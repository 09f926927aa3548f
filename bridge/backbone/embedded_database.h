// Database: the log's RocksDB with its column families, opened, and closed in the right order.
// Private to the embedded store and to what looks at a store without changing it.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridge/backbone/embedded_columns.h"

namespace bridge::backbone {

// Keys of the column family `meta`.
inline constexpr const char* kFormatKey = "format";
inline constexpr const char* kCreatedKey = "created_ms";
inline constexpr const char* kDedupeWindowKey = "dedupe_window_ms";
inline constexpr const char* kExpiredToKey = "expired_to";
inline constexpr const char* kErasingKey = "erasing";  // see erasures.h

struct Database {
  std::string path;
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> columns;

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() {
    for (auto* column : columns) db->DestroyColumnFamilyHandle(column);
  }
  rocksdb::ColumnFamilyHandle* at(Column column) const { return columns[column]; }
  tl::unexpected<base::Error> failure(const rocksdb::Status& status) const;
};

// Opens the first `count` families of the log in options.path without changing a byte of it.
rocksdb::Status open_read_only(const EmbeddedOptions& options, std::size_t count,
                               rocksdb::WALRecoveryMode recovery, Database& database);

// The number in `meta` under this key, if there is one. An error when it is no number.
base::Result<std::optional<std::int64_t>> meta_number(const Database& database, const char* key);

// The format, if the store has one yet; an error when it is not for us.
base::Result<std::optional<std::int64_t>> known_format(const Database& database);

// A consistent copy of an open database in a folder that does not exist yet; hard links where the
// file system can. Any thread; writes go on meanwhile.
base::Result<void> make_checkpoint(rocksdb::DB& db, const std::string& path,
                                   const std::string& folder);

}  // namespace bridge::backbone
