#include "bridge/backbone/embedded_store.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "bridge/backbone/amend.h"
#include "bridge/backbone/compaction.h"
#include "bridge/backbone/embedded_database.h"
#include "bridge/backbone/erasures.h"
#include "bridge/backbone/keys.h"
#include "bridge/backbone/record_codec.h"
#include "bridge/backbone/require.h"

namespace bridge::backbone {
namespace {

constexpr RecordId kLastId = ~RecordId{0};

tl::unexpected<base::Error> refuse(base::Error error) {
  return tl::unexpected<base::Error>(std::move(error));
}

// Looks at the version without changing a byte: a newer store may mean other things by the same
// names. What else is wrong with the store, opening it properly will say.
base::Result<void> check_format(const EmbeddedOptions& options) {
  Database database{};
  const auto status =
      open_read_only(options, kLog, rocksdb::WALRecoveryMode::kPointInTimeRecovery, database);
  if (!status.ok()) return {};
  auto format = known_format(database);
  if (!format) return refuse(std::move(format.error()));
  return {};
}

rocksdb::ReadOptions scan_options() {
  rocksdb::ReadOptions scan;
  // Catch-up must not push out what the request path uses (law 4). Read-ahead is left to RocksDB:
  // it starts small and grows while a scan goes on, so that reading the tail costs one block.
  scan.fill_cache = false;
  return scan;
}

}  // namespace

struct EmbeddedStore::Impl {
  // Constant after open().
  Database database;
  EmbeddedOptions options;
  // Written by the writer thread, read by all.
  std::atomic<RecordId> head{0};
  std::atomic<RecordId> expired_to{0};
  std::shared_ptr<const Erasures> erasures = std::make_shared<const Erasures>();  // see below
  mutable std::mutex erasures_mutex;  // for as long as it takes to copy the pointer
  NewestMs newest_ms = std::make_shared<std::atomic<base::WallMs>>(0);
  // The writer thread's, kept for their capacity: a new large block for every batch would cost more
  // than what is written into it.
  std::string bytes;
  rocksdb::WriteBatch batch;

  base::Result<void> open();
  base::Result<void> load_head();
  base::Result<void> settle_format();
  base::Result<void> load_expired_to();
  base::Result<void> load_erasures();
  std::shared_ptr<const Erasures> being_erased() const;
  void set_erasures(Erasures now);
  base::Result<void> note_dedupe_window();
  // What an append rewrites, as it will be.
  using Rewritten = std::map<RecordId, Record>;

  void put(const Record& record);
  base::Result<void> rewrite(const Record& record, std::span<const RecordPtr> appended,
                             Rewritten& rewritten);
  base::Result<std::optional<Record>> get(RecordId id) const;
};

base::Result<void> EmbeddedStore::Impl::open() {
  rocksdb::DB* db = nullptr;
  const auto status =
      rocksdb::DB::Open(database_options(options), database.path,
                        column_families(options, newest_ms), &database.columns, &db);
  if (!status.ok()) return database.failure(status);
  database.db.reset(db);
  if (auto loaded = load_head(); !loaded) return loaded;
  if (auto settled = settle_format(); !settled) return settled;
  if (auto loaded = load_expired_to(); !loaded) return loaded;
  if (auto loaded = load_erasures(); !loaded) return loaded;
  return note_dedupe_window();
}

base::Result<void> EmbeddedStore::Impl::load_head() {
  const std::unique_ptr<rocksdb::Iterator> last(
      database.db->NewIterator(rocksdb::ReadOptions(), database.at(kLog)));
  last->SeekToLast();
  if (!last->status().ok()) return database.failure(last->status());
  if (!last->Valid()) return {};
  auto record = decode_record(last->value().ToStringView());
  if (!record) return refuse(std::move(record.error()));
  head.store(record->id());
  newest_ms->store(record->time_ms());
  return {};
}

base::Result<void> EmbeddedStore::Impl::load_expired_to() {
  const auto known = meta_number(database, kExpiredToKey);
  if (!known) return refuse(known.error());
  expired_to.store(static_cast<RecordId>(known->value_or(0)));
  return {};
}

base::Result<void> EmbeddedStore::Impl::load_erasures() {
  std::string stored;
  const auto status =
      database.db->Get(rocksdb::ReadOptions(), database.at(kMeta), kErasingKey, &stored);
  if (status.IsNotFound()) return {};
  if (!status.ok()) return database.failure(status);
  auto known = Erasures::decoded(stored);
  if (!known)
    return base::fail(base::ErrorCode::kUnavailable,
                      "The store in " + database.path +
                          " does not say what is being erased from it: it is damaged.");
  set_erasures(std::move(*known));
  return {};
}

std::shared_ptr<const Erasures> EmbeddedStore::Impl::being_erased() const {
  const std::lock_guard lock(erasures_mutex);
  return erasures;
}

void EmbeddedStore::Impl::set_erasures(Erasures now) {
  auto next = std::make_shared<const Erasures>(std::move(now));
  const std::lock_guard lock(erasures_mutex);
  erasures = std::move(next);
}

base::Result<void> EmbeddedStore::Impl::settle_format() {
  auto format = known_format(database);
  if (!format) return refuse(std::move(format.error()));
  if (*format) return {};
  if (head.load() != 0)
    return base::fail(
        base::ErrorCode::kUnavailable,
        "The store in " + database.path + " has records but no format: it is damaged.");
  rocksdb::WriteBatch birth;
  birth.Put(database.at(kMeta), kFormatKey, std::to_string(kStoreFormat));
  birth.Put(database.at(kMeta), kCreatedKey, std::to_string(options.now_ms));
  rocksdb::WriteOptions durable;
  durable.sync = true;
  const auto status = database.db->Write(durable, &birth);
  if (!status.ok()) return database.failure(status);
  return {};
}

// Entries younger than the shortest window this store ever had are all there: verify() asks.
base::Result<void> EmbeddedStore::Impl::note_dedupe_window() {
  const auto known = meta_number(database, kDedupeWindowKey);
  if (!known) return refuse(known.error());
  const std::int64_t ours = options.dedupe_window.count();
  if (*known && **known <= ours) return {};
  rocksdb::WriteOptions durable;
  durable.sync = true;
  const auto status =
      database.db->Put(durable, database.at(kMeta), kDedupeWindowKey, std::to_string(ours));
  if (!status.ok()) return database.failure(status);
  return {};
}

base::Result<std::unique_ptr<EmbeddedStore>> EmbeddedStore::open(EmbeddedOptions options) {
  const std::string path = options.path + "/log";
  if (auto made = make_private_folder(path); !made) return refuse(std::move(made.error()));
  if (auto checked = check_format(options); !checked) return refuse(std::move(checked.error()));
  auto impl = std::make_unique<Impl>();
  impl->database.path = path;
  impl->options = std::move(options);
  if (auto opened = impl->open(); !opened) return refuse(std::move(opened.error()));
  return std::unique_ptr<EmbeddedStore>(new EmbeddedStore(std::move(impl)));
}

EmbeddedStore::EmbeddedStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EmbeddedStore::~EmbeddedStore() = default;

RecordId EmbeddedStore::head() const {
  return impl_->head.load(std::memory_order_acquire);
}

void EmbeddedStore::Impl::put(const Record& record) {
  encode_record(record, bytes);
  batch.Put(database.at(kLog), be64(record.id()), bytes);
  if (const auto key = dedupe_key(record))
    batch.Put(database.at(kDedupe), *key, encode_dedupe({record.id(), record.time_ms()}));
  if (const auto account = addressee(record))
    batch.Put(database.at(kDirects), direct_key(*account, record.id()), "");
  if (const auto change = state_change(record)) {
    if (record.has_post()) encode_record(state_record(record), bytes);
    if (!change->also_erased.empty()) batch.Delete(database.at(kState), change->also_erased);
    if (change->erases)
      batch.Delete(database.at(kState), change->key);
    else
      batch.Put(database.at(kState), change->key, bytes);
  }
}

// Into the batch goes what `record` makes of those before it, stored or on their way in the same
// batch.
base::Result<void> EmbeddedStore::Impl::rewrite(const Record& record,
                                                std::span<const RecordPtr> appended,
                                                Rewritten& rewritten) {
  for (const RecordId id : amended_ids(record)) {
    auto known = rewritten.find(id);
    if (known == rewritten.end() && id >= appended.front()->id()) {
      known = rewritten.emplace(id, *appended[id - appended.front()->id()]).first;
    } else if (known == rewritten.end()) {
      auto stored = get(id);
      if (!stored) return refuse(std::move(stored.error()));
      if (!*stored) continue;  // older than the log reaches back
      known = rewritten.emplace(id, std::move(**stored)).first;
    }
    known->second = amended(known->second, record);
    encode_record(known->second, bytes);
    batch.Put(database.at(kLog), be64(id), bytes);
  }
  return {};
}

base::Result<void> EmbeddedStore::append(std::span<const RecordPtr> records) {
  RecordId newest = head();
  base::WallMs newest_ms = impl_->newest_ms->load();
  Impl::Rewritten rewritten;
  std::optional<Erasures> erasing;
  impl_->batch.Clear();
  for (const auto& record : records) {
    require(record->id() == newest + 1, "ids continue the log densely");
    newest = record->id();
    newest_ms = std::max(newest_ms, record->time_ms());
    impl_->put(*record);
    if (auto done = impl_->rewrite(*record, records, rewritten); !done) return done;
    if (!record->has_erased()) continue;
    if (!erasing) erasing = *impl_->being_erased();
    erasing->add(record->erased().account(), record->id());
  }
  if (erasing) impl_->batch.Put(impl_->database.at(kMeta), kErasingKey, erasing->encoded());
  rocksdb::WriteOptions durable;
  durable.sync = true;
  const auto status = impl_->database.db->Write(durable, &impl_->batch);
  if (!status.ok()) return impl_->database.failure(status);
  impl_->newest_ms->store(newest_ms);
  // Before the head: whoever sees that an account is erased reads nothing of it.
  if (erasing) impl_->set_erasures(std::move(*erasing));
  impl_->head.store(newest, std::memory_order_release);
  return {};
}

// Not synced: what a crash takes is done again.
base::Result<void> EmbeddedStore::expire(const Expiry& expiry) {
  rocksdb::WriteBatch& batch = impl_->batch;
  batch.Clear();
  for (const Expiry::Each& each : expiry.records) {
    auto record = impl_->get(each.record);
    if (!record) return refuse(std::move(record.error()));
    if (!*record) continue;
    encode_record(expired(**record, each.caught), impl_->bytes);
    batch.Put(impl_->database.at(kLog), be64(each.record), impl_->bytes);
  }
  batch.Put(impl_->database.at(kMeta), kExpiredToKey, std::to_string(expiry.to));
  const auto status = impl_->database.db->Write(rocksdb::WriteOptions(), &batch);
  if (!status.ok()) return impl_->database.failure(status);
  impl_->expired_to.store(expiry.to);
  return {};
}

RecordId EmbeddedStore::expired_to() const {
  return impl_->expired_to.load();
}

// Not synced either.
base::Result<void> EmbeddedStore::erase_some(std::size_t records_max) {
  Erasures erasing = *impl_->being_erased();
  if (erasing.none()) return {};
  const Erasures::Step step = erasing.next(records_max);
  Database& database = impl_->database;
  rocksdb::WriteBatch& batch = impl_->batch;
  batch.Clear();
  const std::unique_ptr<rocksdb::Iterator> it(
      database.db->NewIterator(scan_options(), database.at(kLog)));
  for (it->Seek(be64(step.after + 1)); it->Valid(); it->Next()) {
    auto record = decode_record(it->value().ToStringView());
    if (!record) return refuse(std::move(record.error()));
    if (record->id() > step.to) break;
    if (!concerns(*record, step.account)) continue;
    if (const auto key = dedupe_key(*record)) batch.Delete(database.at(kDedupe), *key);
    encode_record(without(*record, step.account), impl_->bytes);
    batch.Put(database.at(kLog), it->key(), impl_->bytes);
  }
  if (!it->status().ok()) return database.failure(it->status());
  erasing.done(step);
  batch.Put(database.at(kMeta), kErasingKey, erasing.encoded());
  const auto status = database.db->Write(rocksdb::WriteOptions(), &batch);
  if (!status.ok()) return database.failure(status);
  impl_->set_erasures(std::move(erasing));
  return {};
}

std::uint64_t EmbeddedStore::to_erase() const {
  return impl_->being_erased()->left();
}

base::Result<void> EmbeddedStore::resume() {
  const auto status = impl_->database.db->Resume();
  if (!status.ok()) return impl_->database.failure(status);
  return {};
}

base::Result<void> EmbeddedStore::copy_to(const std::string& folder) const {
  return make_checkpoint(*impl_->database.db, impl_->database.path, folder);
}

base::Result<std::vector<RecordPtr>> EmbeddedStore::read(RecordId after, std::size_t records_max,
                                                         std::size_t bytes_max) const {
  std::vector<RecordPtr> records;
  const RecordId newest = head();
  if (after >= newest || records_max == 0) return records;
  // After the head and before what is read: it knows what is erased up to there, and is not yet
  // overwritten there.
  const auto erasing = impl_->being_erased();
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->database.db->NewIterator(scan_options(), impl_->database.at(kLog)));
  std::size_t bytes = 0;
  for (it->Seek(be64(after + 1)); it->Valid() && records.size() < records_max; it->Next()) {
    bytes += it->value().size();
    if (bytes > bytes_max && !records.empty()) break;
    auto record = decode_record(it->value().ToStringView());
    if (!record) return refuse(std::move(record.error()));
    if (record->id() > newest) break;  // committed, but not published yet
    records.push_back(erasing->left_of(std::make_shared<const Record>(std::move(*record))));
  }
  if (!it->status().ok()) return impl_->database.failure(it->status());
  return records;
}

base::Result<std::vector<RecordId>> EmbeddedStore::read_directs(AccountId recipient, RecordId after,
                                                                std::size_t max) const {
  std::vector<RecordId> ids;
  const RecordId newest = head();
  if (after >= newest) return ids;
  auto scan = scan_options();
  scan.prefix_same_as_start = true;
  const std::string bound = direct_key(recipient, kLastId);
  const rocksdb::Slice upper(bound);
  scan.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->database.db->NewIterator(scan, impl_->database.at(kDirects)));
  for (it->Seek(direct_key(recipient, after + 1)); it->Valid() && ids.size() < max; it->Next()) {
    const auto id = read_be64(it->key().ToStringView().substr(kKeyNumberBytes));
    require(id.has_value(), "a key of the directs' index has two numbers");
    if (*id > newest) break;
    ids.push_back(*id);
  }
  if (!it->status().ok()) return impl_->database.failure(it->status());
  return ids;
}

base::Result<std::optional<Record>> EmbeddedStore::Impl::get(RecordId id) const {
  rocksdb::PinnableSlice stored;
  const auto status = database.db->Get(scan_options(), database.at(kLog), be64(id), &stored);
  if (status.IsNotFound()) return std::optional<Record>();
  if (!status.ok()) return database.failure(status);
  auto record = decode_record(stored.ToStringView());
  if (!record) return refuse(std::move(record.error()));
  return std::optional<Record>(std::move(*record));
}

base::Result<std::optional<RecordId>> EmbeddedStore::find_duplicate(const PublishKey& publish,
                                                                    base::WallMs now_ms) const {
  if (publish.client_id.empty()) return std::optional<RecordId>();
  rocksdb::PinnableSlice stored;
  const auto status = impl_->database.db->Get(rocksdb::ReadOptions(), impl_->database.at(kDedupe),
                                              dedupe_key(publish), &stored);
  if (status.IsNotFound()) return std::optional<RecordId>();
  if (!status.ok()) return impl_->database.failure(status);
  const auto entry = decode_dedupe(stored.ToStringView());
  const auto now = std::max(now_ms, impl_->newest_ms->load());
  if (!entry || !within_window(entry->time_ms, now, impl_->options.dedupe_window))
    return std::optional<RecordId>();
  auto record = impl_->get(entry->id);
  if (!record) return refuse(std::move(record.error()));
  if (!*record || !is_same_publish(**record, publish)) return std::optional<RecordId>();
  return std::optional<RecordId>(entry->id);
}

base::Result<void> EmbeddedStore::read_state(
    const StateRange& range, const std::function<void(const Record&)>& visit) const {
  const rocksdb::Slice end(range.to);
  rocksdb::ReadOptions scan = scan_options();
  if (!range.to.empty()) scan.iterate_upper_bound = &end;
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->database.db->NewIterator(scan, impl_->database.at(kState)));
  for (it->Seek(range.from); it->Valid(); it->Next()) {
    auto record = decode_record(it->value().ToStringView());
    if (!record) return refuse(std::move(record.error()));
    visit(*record);
  }
  if (!it->status().ok()) return impl_->database.failure(it->status());
  return {};
}

}  // namespace bridge::backbone
