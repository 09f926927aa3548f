#include "bridge/backbone/embedded_cursor_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <mutex>
#include <utility>

#include "bridge/backbone/cursor_codec.h"
#include "bridge/backbone/embedded_database.h"
#include "bridge/backbone/keys.h"

namespace bridge::backbone {
namespace {

// 2 adds the jobs; in 1 there were none, and a person without a row was as they are now.
constexpr int kCursorFormat = 2;
constexpr const char* kCursorFormatKey = "format";
constexpr const char* kPositionKey = "position";
constexpr const char* kJobsKey = "jobs";
constexpr char kRowKind = 'r';  // a row's key: this and the account; sorts behind those above
constexpr std::size_t kWriteBuffer = 8u << 20;
constexpr std::size_t kCache = 8u << 20;

std::string row_key(AccountId account) {
  std::string key(1, kRowKind);
  append_be64(key, account);
  return key;
}

rocksdb::Options rocks_options(LogSink log) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.max_background_jobs = 2;
  options.max_open_files = -1;
  options.write_buffer_size = kWriteBuffer;
  options.max_total_wal_size = 4 * kWriteBuffer;
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = rocksdb::kLZ4Compression;
  options.stats_dump_period_sec = 0;
  options.info_log = make_rocks_logger(std::move(log));
  options.listeners.push_back(make_resume_by_hand());
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(kCache);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace

struct EmbeddedCursorStore::Impl {
  std::string path;
  LogSink log;
  mutable std::mutex opening;       // held by who opens it anew, and by other threads that use it
  std::unique_ptr<rocksdb::DB> db;  // null: it could not be opened again, so far
  bool refused = false;             // the last checkpoint

  auto failure(const rocksdb::Status& status) const {
    return tl::unexpected<base::Error>(store_error(status, path));
  }
  rocksdb::Status open();
  rocksdb::Status reopen();
  // A newer store is refused, a new one and an older one get our version.
  base::Result<void> settle_format();
};

rocksdb::Status EmbeddedCursorStore::Impl::open() {
  rocksdb::DB* opened = nullptr;
  auto status = rocksdb::DB::Open(rocks_options(log), path, &opened);
  db.reset(opened);
  return status;
}

// DB::Resume, the library's own way out, does not always find one: when the refused write was the
// first after a flush, the broken write-ahead log stays; when a flush was refused too, it may wait
// for ever. Opening a store of this size takes a moment.
rocksdb::Status EmbeddedCursorStore::Impl::reopen() {
  const std::lock_guard lock(opening);
  db.reset();
  return open();
}

base::Result<void> EmbeddedCursorStore::Impl::settle_format() {
  const auto ours = std::to_string(kCursorFormat);
  std::string found;
  auto status = db->Get(rocksdb::ReadOptions(), kCursorFormatKey, &found);
  if (status.IsNotFound() || found == "1") {
    rocksdb::WriteOptions durable;
    durable.sync = true;
    status = db->Put(durable, kCursorFormatKey, found = ours);
  }
  if (!status.ok()) return failure(status);
  if (found != ours)
    return tl::unexpected<base::Error>(newer_store_error(path, found, kCursorFormat));
  return {};
}

base::Result<std::unique_ptr<EmbeddedCursorStore>> EmbeddedCursorStore::open(
    const std::string& path, LogSink log) {
  auto impl = std::make_unique<Impl>();
  impl->path = path + "/cursors";
  if (auto made = make_private_folder(impl->path); !made)
    return tl::unexpected<base::Error>(std::move(made.error()));
  impl->log = std::move(log);
  if (const auto status = impl->open(); !status.ok()) return impl->failure(status);
  if (auto settled = impl->settle_format(); !settled)
    return tl::unexpected<base::Error>(std::move(settled.error()));
  return std::unique_ptr<EmbeddedCursorStore>(new EmbeddedCursorStore(std::move(impl)));
}

base::Result<std::unique_ptr<EmbeddedCursorStore>> EmbeddedCursorStore::open_to_read(
    const std::string& path, LogSink log) {
  auto impl = std::make_unique<Impl>();
  impl->path = path + "/cursors";
  auto options = rocks_options(std::move(log));
  options.create_if_missing = false;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::OpenForReadOnly(options, impl->path, &db);
  if (!status.ok()) return impl->failure(status);
  impl->db.reset(db);
  std::string found;
  const auto looked = db->Get(rocksdb::ReadOptions(), kCursorFormatKey, &found);
  if (!looked.ok()) return impl->failure(looked);
  if (found != std::to_string(kCursorFormat) && found != "1")
    return tl::unexpected<base::Error>(newer_store_error(impl->path, found, kCursorFormat));
  return std::unique_ptr<EmbeddedCursorStore>(new EmbeddedCursorStore(std::move(impl)));
}

base::Result<void> EmbeddedCursorStore::copy_to(const std::string& folder) const {
  const std::lock_guard lock(impl_->opening);
  if (!impl_->db) return impl_->failure(rocksdb::Status::TryAgain("it could not be opened again"));
  return make_checkpoint(*impl_->db, impl_->path, folder);
}

EmbeddedCursorStore::EmbeddedCursorStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EmbeddedCursorStore::~EmbeddedCursorStore() = default;

base::Result<void> EmbeddedCursorStore::checkpoint(const Checkpoint& checkpoint, bool sync) {
  rocksdb::WriteBatch batch;
  for (const auto& row : checkpoint.rows) {
    if (row.clean)
      batch.Delete(row_key(row.account));
    else
      batch.Put(row_key(row.account), encode_cursors(row.cursors, row.digest));
  }
  batch.Put(kJobsKey, encode_jobs(checkpoint.jobs));
  batch.Put(kPositionKey, be64(checkpoint.position));
  rocksdb::WriteOptions options;
  options.sync = sync;
  options.no_slowdown = true;  // on a full disk it would wait, and everything with it
  auto status = impl_->refused ? impl_->reopen() : rocksdb::Status::OK();
  if (status.ok()) status = impl_->db->Write(options, &batch);
  impl_->refused = !status.ok() && !status.IsIncomplete();  // that is: it would have to wait
  if (!status.ok()) return impl_->failure(status);
  return {};
}

base::Result<CursorStore::Loaded> EmbeddedCursorStore::load(
    const std::function<void(const CursorRow&)>& visit) const {
  const auto damaged = [&] {
    return base::fail(
        base::ErrorCode::kUnavailable,
        "The store in " + impl_->path + " has a row that cannot be read: it is damaged.");
  };
  const std::unique_ptr<rocksdb::Iterator> it(impl_->db->NewIterator(rocksdb::ReadOptions()));
  for (it->Seek(row_key(0)); it->Valid() && it->key()[0] == kRowKind; it->Next()) {
    CursorRow row;
    const auto account = read_be64(it->key().ToStringView().substr(1));
    auto waiting = decode_cursors(it->value().ToStringView());
    if (!account || !waiting) return damaged();
    row.account = *account;
    row.cursors = std::move(waiting->cursors);
    row.digest = std::move(waiting->digest);
    visit(row);
  }
  if (!it->status().ok()) return impl_->failure(it->status());
  Loaded loaded;
  std::string stored;
  auto status = impl_->db->Get(rocksdb::ReadOptions(), kPositionKey, &stored);
  if (status.IsNotFound()) return loaded;
  if (!status.ok()) return impl_->failure(status);
  const auto position = read_be64(stored);
  if (!position) return damaged();
  loaded.position = *position;
  status = impl_->db->Get(rocksdb::ReadOptions(), kJobsKey, &stored);
  if (status.IsNotFound()) return loaded;
  if (!status.ok()) return impl_->failure(status);
  auto jobs = decode_jobs(stored);
  if (!jobs) return damaged();
  loaded.jobs = std::move(*jobs);
  return loaded;
}

}  // namespace bridge::backbone
