#include "bridge/backbone/embedded_columns.h"

#include <rocksdb/cache.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <utility>

#include "bridge/backbone/keys.h"

namespace bridge::backbone {
namespace {

constexpr std::size_t kSmallWriteBuffer = 16u << 20;
constexpr std::size_t kMetaWriteBuffer = 1u << 20;
constexpr double kBloomBits = 10;            // 1 % false positives
constexpr double kMemtableBloomShare = 0.1;  // of the write buffer

class ExpiredDedupe : public rocksdb::CompactionFilter {
 public:
  explicit ExpiredDedupe(base::WallMs now_ms, std::chrono::milliseconds window)
      : now_ms_(now_ms), window_(window) {}
  const char* Name() const override { return "lapwing.expired_dedupe"; }
  bool Filter(int, const rocksdb::Slice&, const rocksdb::Slice& value, std::string*,
              bool*) const override {
    const auto entry = decode_dedupe(value.ToStringView());
    return entry && !within_window(entry->time_ms, now_ms_, window_);
  }

 private:
  const base::WallMs now_ms_;
  const std::chrono::milliseconds window_;
};

class ExpiredDedupeFactory : public rocksdb::CompactionFilterFactory {
 public:
  ExpiredDedupeFactory(NewestMs newest_ms, std::chrono::milliseconds window)
      : newest_ms_(std::move(newest_ms)), window_(window) {}
  const char* Name() const override { return "lapwing.expired_dedupe_factory"; }
  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context&) override {
    return std::make_unique<ExpiredDedupe>(newest_ms_->load(), window_);
  }

 private:
  const NewestMs newest_ms_;
  const std::chrono::milliseconds window_;
};

rocksdb::BlockBasedTableOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache,
                                              std::size_t block_bytes, bool bloom) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = block_bytes;
  table.cache_index_and_filter_blocks = true;
  if (bloom) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBits));
  return table;
}

rocksdb::ColumnFamilyOptions family(std::size_t write_buffer_bytes,
                                    const rocksdb::BlockBasedTableOptions& table) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = write_buffer_bytes;
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = rocksdb::kLZ4Compression;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace

rocksdb::DBOptions database_options(const EmbeddedOptions& options) {
  rocksdb::DBOptions database;
  database.create_if_missing = true;
  database.create_missing_column_families = true;
  database.max_background_jobs = 2;
  database.max_open_files = -1;
  database.max_total_wal_size = options.wal_bytes_max;
  database.db_write_buffer_size = options.buffers_bytes_max;
  database.bytes_per_sync = 1u << 20;
  database.wal_bytes_per_sync = 512u << 10;
  database.stats_dump_period_sec = 0;
  database.info_log = make_rocks_logger(options.log);
  database.listeners.push_back(make_resume_by_hand());
  return database;
}

std::vector<rocksdb::ColumnFamilyDescriptor> column_families(const EmbeddedOptions& options,
                                                             const NewestMs& newest_ms,
                                                             std::size_t count) {
  const auto cache = rocksdb::NewLRUCache(options.cache_bytes);

  // Keys only ever grow: files are moved down rather than rewritten, and nobody asks for what is
  // not there, so no bloom filter. Large blocks, since it is read in passes.
  auto log = family(options.write_buffer_bytes, table_options(cache, 32u << 10, false));
  log.bottommost_compression = rocksdb::kZSTD;

  const auto small_buffer = std::min(kSmallWriteBuffer, options.write_buffer_bytes);
  auto state = family(small_buffer, table_options(cache, 8u << 10, false));

  // Nearly every lookup is for what is not there: the bloom filters answer it from memory.
  auto dedupe = family(small_buffer, table_options(cache, 4u << 10, true));
  dedupe.memtable_whole_key_filtering = true;
  dedupe.memtable_prefix_bloom_size_ratio = kMemtableBloomShare;
  dedupe.compaction_filter_factory =
      std::make_shared<ExpiredDedupeFactory>(newest_ms, options.dedupe_window);
  // Rewrites files nothing else would touch, so that expired entries do go away.
  const auto window = std::chrono::duration_cast<std::chrono::seconds>(options.dedupe_window);
  dedupe.periodic_compaction_seconds =
      static_cast<std::uint64_t>(std::max(window, std::chrono::seconds(3600)).count());

  auto directs = family(small_buffer, table_options(cache, 4u << 10, true));
  directs.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kKeyNumberBytes));
  directs.memtable_prefix_bloom_size_ratio = kMemtableBloomShare;

  const auto meta = family(kMetaWriteBuffer, table_options(cache, 4u << 10, false));

  std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, meta},
      {"meta", meta},
      {"log", log},
      {"state", state},
      {"dedupe", dedupe},
      {"directs", directs}};
  families.resize(std::min(count, families.size()));
  return families;
}

}  // namespace bridge::backbone
