#include "bridge/backbone/verify.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "bridge/backbone/backup_label.h"
#include "bridge/backbone/embedded_cursor_store.h"
#include "bridge/backbone/files.h"
#include "bridge/backbone/verify_log.h"

namespace bridge::backbone {
namespace {

constexpr auto kTolerant = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;

tl::unexpected<base::Error> refuse(base::Error error) {
  return tl::unexpected<base::Error>(std::move(error));
}

base::Result<void> check_place(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path + "/log", ignored))
    return base::fail(base::ErrorCode::kUnknown, "There is no store in " + path + ".");
  if (is_locked(path + "/log"))
    return base::fail(base::ErrorCode::kConflict,
                      "The store in " + path +
                          " is in use: `lapwingctl verify` without a folder asks its bridge.");
  return {};
}

// Every account's row: somebody's, and not beyond the log; and the jobs.
void check_cursors(const std::string& path, const std::unordered_set<AccountId>& accounts,
                   VerifyReport& report) {
  const auto store = EmbeddedCursorStore::open_to_read(path);
  if (!store) return report.fault(store.error().text);
  const auto check_row = [&](const CursorRow& row) {
    ++report.cursor_rows;
    const std::string whose = "The cursors of account " + std::to_string(row.account);
    if (!accounts.contains(row.account)) report.fault(whose + " are nobody's.");
    for (const Cursor& cursor : row.cursors) {
      RecordId newest = cursor.floor;
      for (const RecordId id : cursor.done) {
        if (id <= newest) report.fault(whose + " do not ascend.");
        newest = id;
      }
      if (newest > report.head) report.fault(whose + " lie beyond the end of the log.");
    }
  };
  const auto loaded = (*store)->load(check_row);
  if (!loaded) return report.fault(loaded.error().text);
  report.position = loaded->position;
  if (loaded->position > report.head)
    report.fault("The cursors' position " + std::to_string(loaded->position) +
                 " lies beyond the end of the log.");
  for (const JobRow& job : loaded->jobs)
    if (job.post > loaded->position)
      report.fault("The job of record " + std::to_string(job.post) +
                   " lies beyond the cursors' position.");
}

void check_label(const std::string& path, VerifyReport& report) {
  if (!has_label(path)) return;
  const auto label = read_label(path);
  if (!label) return report.fault(label.error().text);
  if (report.head < label->head)
    report.fault("The backup should reach to " + std::to_string(label->head) +
                 ", but its log ends at " + std::to_string(report.head) + ".");
}

}  // namespace

void VerifyReport::fault(std::string sentence) {
  ++faults;
  if (examples.size() < kExamplesMax) examples.push_back(std::move(sentence));
}

base::Result<void> check_formats(const std::string& path) {
  if (auto placed = check_place(path); !placed) return placed;
  EmbeddedOptions options;
  options.path = path;
  Database database;
  const auto opened = open_read_only(options, kLog, kTolerant, database);
  if (!opened.ok()) return database.failure(opened);
  if (auto format = known_format(database); !format) return refuse(std::move(format.error()));
  if (auto cursors = EmbeddedCursorStore::open_to_read(path); !cursors)
    return refuse(std::move(cursors.error()));
  return {};
}

base::Result<VerifyReport> verify(const std::string& path, const VerifyProgress& progress) {
  if (auto readable = check_formats(path); !readable) return refuse(std::move(readable.error()));
  EmbeddedOptions options;
  options.path = path;
  Database database;
  const auto opened = open_read_only(options, kColumns, kTolerant, database);
  if (!opened.ok()) return database.failure(opened);
  VerifyReport report;
  const auto format = known_format(database);
  if (format && !*format) report.fault("The store has no format.");
  VerifyLog log(database, report, progress);
  log.run();
  check_cursors(path, log.accounts(), report);
  check_label(path, report);
  return report;
}

}  // namespace bridge::backbone
