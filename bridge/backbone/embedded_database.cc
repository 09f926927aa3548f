#include "bridge/backbone/embedded_database.h"

#include <rocksdb/utilities/checkpoint.h>

#include <charconv>
#include <utility>

namespace bridge::backbone {
namespace {

// The number of the format in words for the operator, whatever is written there.
base::Result<std::optional<std::string>> meta_text(const Database& database, const char* key) {
  std::string found;
  const auto status = database.db->Get(rocksdb::ReadOptions(), database.at(kMeta), key, &found);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return database.failure(status);
  return std::optional<std::string>(std::move(found));
}

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

tl::unexpected<base::Error> Database::failure(const rocksdb::Status& status) const {
  return tl::unexpected<base::Error>(store_error(status, path));
}

rocksdb::Status open_read_only(const EmbeddedOptions& options, std::size_t count,
                               rocksdb::WALRecoveryMode recovery, Database& database) {
  database.path = options.path + "/log";
  auto settings = database_options(options);
  settings.create_if_missing = settings.create_missing_column_families = false;
  settings.wal_recovery_mode = recovery;
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::OpenForReadOnly(
      settings, database.path,
      column_families(options, std::make_shared<std::atomic<base::WallMs>>(), count),
      &database.columns, &db);
  if (status.ok()) database.db.reset(db);
  return status;
}

base::Result<std::optional<std::int64_t>> meta_number(const Database& database, const char* key) {
  auto text = meta_text(database, key);
  if (!text) return tl::unexpected<base::Error>(std::move(text.error()));
  if (!*text) return std::optional<std::int64_t>();
  if (const auto value = number(**text)) return value;
  return base::fail(base::ErrorCode::kUnavailable, "The store in " + database.path + " has a " +
                                                       key + " that is no number: it is damaged.");
}

base::Result<std::optional<std::int64_t>> known_format(const Database& database) {
  auto text = meta_text(database, kFormatKey);
  if (!text) return tl::unexpected<base::Error>(std::move(text.error()));
  if (!*text) return std::optional<std::int64_t>();
  const auto format = number(**text);
  if (!format || *format > kStoreFormat)
    return tl::unexpected<base::Error>(newer_store_error(database.path, **text, kStoreFormat));
  return format;
}

base::Result<void> make_checkpoint(rocksdb::DB& db, const std::string& path,
                                   const std::string& folder) {
  rocksdb::Checkpoint* made = nullptr;
  auto status = rocksdb::Checkpoint::Create(&db, &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(folder);
  if (!status.ok()) return tl::unexpected<base::Error>(store_error(status, path));
  return {};
}

}  // namespace bridge::backbone
