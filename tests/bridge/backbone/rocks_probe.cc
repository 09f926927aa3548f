#include "tests/bridge/backbone/rocks_probe.h"

#include <rocksdb/db.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

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

void write_row(const EmbeddedOptions& options, Column column, const std::string& key,
               const std::string& value) {
  const auto opened = open(options, 0);
  must(opened->db->Put(rocksdb::WriteOptions(), opened->columns[column], key, value));
}

void erase_row(const EmbeddedOptions& options, Column column, const std::string& key) {
  const auto opened = open(options, 0);
  must(opened->db->Delete(rocksdb::WriteOptions(), opened->columns[column], key));
}

void flush(const EmbeddedOptions& options) {
  const auto opened = open(options, 0);
  must(opened->db->Flush(rocksdb::FlushOptions(), opened->columns));
}

namespace {

std::string contents(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

bool holds(const std::string& file, const std::string& text) {
  return contents(file).find(text) != std::string::npos;
}

void flip_byte(const std::string& file, const std::string& text) {
  std::string bytes = contents(file);
  bytes.at(bytes.find(text)) ^= 1;
  std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace bridge::backbone
