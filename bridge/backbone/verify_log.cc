#include "bridge/backbone/verify_log.h"

#include <algorithm>
#include <utility>

#include "bridge/backbone/amend.h"
#include "bridge/backbone/compaction.h"
#include "bridge/backbone/keys.h"
#include "bridge/backbone/record_codec.h"

namespace bridge::backbone {
namespace {

constexpr std::uint64_t kProgressEvery = 4096;  // rows

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

// Keys are bytes: the letters of what can be read, the rest as points.
std::string readable(std::string_view key) {
  std::string text(key);
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, '.');
  return "\"" + text + "\"";
}

rocksdb::ReadOptions whole_column() {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  options.fill_cache = false;
  return options;
}

}  // namespace

VerifyLog::VerifyLog(const Database& database, VerifyReport& report, const VerifyProgress& progress)
    : database_(database), report_(report), progress_(progress) {}

void VerifyLog::run() {
  find_end();
  read_records();
  read_state();
  scan(kDedupe, "dedupe", [&](std::string_view key, std::string_view value) {
    ++report_.dedupe_rows;
    read_dedupe_row(key, value);
  });
  scan(kDirects, "directs", [&](std::string_view key, std::string_view) {
    ++report_.direct_rows;
    read_direct_row(key);
  });
}

void VerifyLog::find_end() {
  const std::unique_ptr<rocksdb::Iterator> last(
      database_.db->NewIterator(whole_column(), database_.at(kLog)));
  last->SeekToLast();
  if (!last->Valid()) return;
  last_id_ = read_be64(last->key().ToStringView()).value_or(0);
  if (const auto record = decode_record(last->value().ToStringView()))
    newest_ms_ = record->time_ms();
  const auto window = meta_number(database_, kDedupeWindowKey);
  if (window && *window) dedupe_after_ = newest_ms_ - **window;
}

// ---- the log -----------------------------------------------------------------------------------

void VerifyLog::read_records() {
  scan(kLog, "log", [&](std::string_view key, std::string_view value) { read_record(key, value); });
  report_.head = previous_id_;
  report_.accounts = accounts_.size();
}

void VerifyLog::read_record(std::string_view key, std::string_view value) {
  ++report_.records;
  const auto id = read_be64(key);
  if (!id || key.size() != kKeyNumberBytes)
    return report_.fault("The log has the key " + readable(key) + ", which is no number.");
  expect_id(*id);
  const auto record = decode_record(value);
  if (!record) return report_.fault("Record " + number(*id) + ": " + record.error().text);
  if (record->id() != *id)
    return report_.fault("Record " + number(*id) + " says that it is " + number(record->id()) +
                         ".");
  if (record->time_ms() < previous_ms_)
    report_.fault("Time runs backwards at record " + number(*id) + ".");
  previous_ms_ = std::max(previous_ms_, record->time_ms());
  note(*record);
}

void VerifyLog::expect_id(RecordId id) {
  const RecordId expected = previous_id_ + 1;
  previous_id_ = id;
  if (id == expected) return;
  report_.fault(id == expected + 1
                    ? "Record " + number(expected) + " is missing."
                    : "Records " + number(expected) + " to " + number(id - 1) + " are missing.");
}

void VerifyLog::note(const Record& record) {
  if (record.has_post()) ++report_.posts;
  if (record.has_direct()) ++report_.directs;
  if (record.has_account_created()) accounts_.insert(record.id());
  if (const auto change = state_change(record)) {
    if (!change->also_erased.empty()) state_.erase(change->also_erased);
    if (change->erases)
      state_.erase(change->key);
    else
      state_[change->key] = record.id();
  }
  expect_dedupe(record);
  expect_direct(record);
  expect_rewritten(record);
}

// What a post said before it was changed must be nowhere any more.
void VerifyLog::expect_rewritten(const Record& record) {
  for (const RecordId id : amended_ids(record)) {
    const auto old = record_at(id);
    if (!old) continue;  // said already
    const bool rewritten = old->has_post()
                               ? old->post().changed_by() >= record.id() || old->post().deleted()
                               : old->changed().superseded_by() != 0;
    if (!rewritten)
      report_.fault("Record " + number(id) + " still says what record " + number(record.id()) +
                    " has changed.");
  }
}

// With read_dedupe_row() this says that there is exactly one row, for the newest of its records: it
// names none before this one, for each of them, and it names one of them.
void VerifyLog::expect_dedupe(const Record& record) {
  const auto key = dedupe_key(record);
  if (!key) return;
  const auto stored = get(kDedupe, *key, "dedupe");
  if (!stored) {
    if (record.time_ms() > dedupe_after_)
      report_.fault("Record " + number(record.id()) + " has no row in the index dedupe.");
    return;
  }
  const auto entry = decode_dedupe(*stored);
  if (entry && entry->id < record.id())
    report_.fault("The row of record " + number(record.id()) +
                  " in the index dedupe names record " + number(entry->id) + ".");
}

void VerifyLog::expect_direct(const Record& record) {
  const auto account = addressee(record);
  if (!account) return;
  if (!get(kDirects, direct_key(*account, record.id()), "directs"))
    report_.fault("Record " + number(record.id()) + " has no row in the index directs.");
}

// ---- the indexes -------------------------------------------------------------------------------

void VerifyLog::read_state() {
  scan(kState, "state", [&](std::string_view key, std::string_view value) {
    ++report_.state_rows;
    read_state_row(key, value);
  });
  for (const auto& [key, id] : state_)
    report_.fault("Record " + number(id) + " has no row in the index state, under " +
                  readable(key) + ".");
}

void VerifyLog::read_state_row(std::string_view key, std::string_view value) {
  const auto expected = state_.find(std::string(key));
  if (expected == state_.end())
    return report_.fault("The index state has the row " + readable(key) +
                         ", which the log does not imply.");
  const RecordId id = expected->second;
  state_.erase(expected);
  const auto record = record_at(id);
  if (!record) return;  // said already
  std::string bytes;
  encode_record(state_record(*record), bytes);
  if (bytes != value)
    report_.fault("The row " + readable(key) + " of the index state is not what record " +
                  number(id) + " implies.");
}

void VerifyLog::read_dedupe_row(std::string_view key, std::string_view value) {
  const auto entry = decode_dedupe(value);
  const auto record = entry ? record_at(entry->id) : std::nullopt;
  // The key of what a changed or expired post said cannot be made any more.
  const bool changed = record && record->has_post() &&
                       (record->post().changed_by() != 0 || record->post().deleted());
  if (!record || (!changed && dedupe_key(*record) != key) || record->time_ms() != entry->time_ms)
    report_.fault("The index dedupe has a row" +
                  (entry ? " for record " + number(entry->id) : std::string()) +
                  " that the log does not imply.");
}

void VerifyLog::read_direct_row(std::string_view key) {
  const auto id =
      key.size() == 2 * kKeyNumberBytes ? read_be64(key.substr(kKeyNumberBytes)) : std::nullopt;
  const auto record = id ? record_at(*id) : std::nullopt;
  const auto account = record ? addressee(*record) : std::nullopt;
  if (!account || direct_key(*account, *id) != key)
    report_.fault("The index directs has a row" +
                  (id ? " for record " + number(*id) : std::string()) +
                  " that the log does not imply.");
}

// ---- the database ------------------------------------------------------------------------------

void VerifyLog::scan(Column column, std::string_view name, const Row& row) {
  const std::unique_ptr<rocksdb::Iterator> it(
      database_.db->NewIterator(whole_column(), database_.at(column)));
  std::uint64_t done = 0;
  const std::uint64_t of = column == kLog ? last_id_ : 0;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    row(it->key().ToStringView(), it->value().ToStringView());
    if (++done % kProgressEvery == 0) progress_(name, done, of);
  }
  progress_(name, done, of);
  if (!it->status().ok())
    report_.fault("The column " + std::string(name) +
                  " cannot be read to its end: " + it->status().ToString() + ".");
}

std::optional<std::string> VerifyLog::get(Column column, std::string_view key,
                                          std::string_view name) {
  std::string stored;
  const auto status = database_.db->Get(rocksdb::ReadOptions(), database_.at(column), key, &stored);
  if (status.ok()) return stored;
  if (!status.IsNotFound())
    report_.fault("A row of " + std::string(name) + " cannot be read: " + status.ToString() + ".");
  return std::nullopt;
}

std::optional<Record> VerifyLog::record_at(RecordId id) {
  const auto stored = get(kLog, be64(id), "log");
  if (!stored) return std::nullopt;
  auto record = decode_record(*stored);
  if (!record) return std::nullopt;
  return std::move(*record);
}

}  // namespace bridge::backbone
