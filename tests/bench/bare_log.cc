#include "tests/bench/bare_log.h"

#include <rocksdb/write_batch.h>

#include <filesystem>
#include <stdexcept>
#include <vector>

#include "bridge/backbone/compaction.h"
#include "bridge/backbone/dedupe.h"
#include "bridge/backbone/embedded_database.h"
#include "bridge/backbone/keys.h"
#include "bridge/backbone/record_codec.h"
#include "bridge/base/time.h"

namespace bench {

namespace bb = bridge::backbone;

namespace {

// One put into one column family.
struct Entry {
  bb::Column column;
  std::string key;
  std::string value;
};

bb::Record record_of(const Post& post, bb::RecordId id) {
  bb::Record record;
  record.set_id(id);
  record.set_time_ms(bridge::base::read_clocks().wall_ms);
  auto& body = *record.mutable_post();
  body.set_author(post.author + 1);
  body.set_nick(post.nick);
  body.set_text(post.text);
  body.set_client_id(post.client_id);
  body.set_ordinal(post.ordinal);
  return record;
}

void add_entries(const bb::Record& record, std::vector<Entry>& entries) {
  std::string bytes;
  bb::encode_record(record, bytes);
  entries.push_back({bb::kLog, bb::be64(record.id()), bytes});
  entries.push_back({bb::kDedupe, bb::dedupe_key(record).value(),
                     bb::encode_dedupe({record.id(), record.time_ms()})});
  bb::encode_record(bb::state_record(record), bytes);
  entries.push_back({bb::kState, bb::state_change(record).value().key, bytes});
}

}  // namespace

struct BareLog::Impl {
  bb::Database database;
  bb::RecordId next_id = 1;
};

BareLog::BareLog(const std::string& folder) : impl_(std::make_unique<Impl>()) {
  std::filesystem::create_directories(folder);
  const bb::EmbeddedOptions options{.path = folder};
  const auto newest_ms = std::make_shared<std::atomic<bridge::base::WallMs>>(0);
  rocksdb::DB* db = nullptr;
  const auto status =
      rocksdb::DB::Open(bb::database_options(options), folder,
                        bb::column_families(options, newest_ms), &impl_->database.columns, &db);
  if (!status.ok()) throw std::runtime_error(status.ToString());
  impl_->database.db.reset(db);
}

BareLog::~BareLog() = default;

std::chrono::duration<double> BareLog::append(std::span<const Post> posts) {
  std::vector<Entry> entries;
  for (const Post& post : posts) add_entries(record_of(post, impl_->next_id++), entries);
  rocksdb::WriteOptions durable;
  durable.sync = true;
  const auto began = std::chrono::steady_clock::now();
  rocksdb::WriteBatch batch;
  for (const Entry& entry : entries)
    batch.Put(impl_->database.at(entry.column), entry.key, entry.value);
  const auto status = impl_->database.db->Write(durable, &batch);
  const auto ended = std::chrono::steady_clock::now();
  if (!status.ok()) throw std::runtime_error(status.ToString());
  return ended - began;
}

}  // namespace bench
