#include "tests/bridge/backbone/rocks_probe.h"

#include <rocksdb/db.h>

#include <memory>
#include <stdexcept>

#include "bridge/backbone/embedded_columns.h"

namespace bridge::backbone {
namespace {

void must(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

struct Opened {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> columns;
  ~Opened() {
    for (auto* column : columns) db->DestroyColumnFamilyHandle(column);
  }
};

std::unique_ptr<Opened> open(const EmbeddedOptions& options, base::WallMs newest_ms) {
  auto opened = std::make_unique<Opened>();
  rocksdb::DB* db = nullptr;
  must(rocksdb::DB::Open(
      database_options(options), options.path + "/log",
      column_families(options, std::make_shared<std::atomic<base::WallMs>>(newest_ms)),
      &opened->columns, &db));
  opened->db.reset(db);
  return opened;
}

}  // namespace

void write_store_format(const EmbeddedOptions& options, const std::string& format) {
  const auto opened = open(options, 0);
  must(opened->db->Put(rocksdb::WriteOptions(), opened->columns[kMeta], "format", format));
}

void write_cursor_format(const std::string& path, const std::string& format) {
  rocksdb::DB* raw = nullptr;
  must(rocksdb::DB::Open(rocksdb::Options(), path + "/cursors", &raw));
  const std::unique_ptr<rocksdb::DB> db(raw);
  must(db->Put(rocksdb::WriteOptions(), "format", format));
}

void add_unknown_column(const EmbeddedOptions& options) {
  const auto opened = open(options, 0);
  rocksdb::ColumnFamilyHandle* column = nullptr;
  must(opened->db->CreateColumnFamily(rocksdb::ColumnFamilyOptions(), "digests", &column));
  opened->columns.push_back(column);
}

std::size_t compacted_dedupe_entries(const EmbeddedOptions& options, base::WallMs newest_ms) {
  const auto opened = open(options, newest_ms);
  auto* dedupe = opened->columns[kDedupe];
  rocksdb::CompactRangeOptions all;
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  must(opened->db->CompactRange(all, dedupe, nullptr, nullptr));
  std::size_t count = 0;
  const std::unique_ptr<rocksdb::Iterator> it(
      opened->db->NewIterator(rocksdb::ReadOptions(), dedupe));
  for (it->SeekToFirst(); it->Valid(); it->Next()) ++count;
  must(it->status());
  return count;
}

}  // namespace bridge::backbone
