// VerifyLog: the part of verify() that compares the log with its indexes. Private to verify.cc.
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "bridge/backbone/embedded_database.h"
#include "bridge/backbone/verify.h"

namespace bridge::backbone {

class VerifyLog {
 public:
  // The references must outlive it.
  VerifyLog(const Database& database, VerifyReport& report, const VerifyProgress& progress);

  void run();

  // After run().
  const std::unordered_set<AccountId>& accounts() const { return accounts_; }

 private:
  using Row = std::function<void(std::string_view key, std::string_view value)>;

  void find_end();
  void read_records();
  void read_record(std::string_view key, std::string_view value);
  void expect_id(RecordId id);
  void note(const Record& record);
  void expect_dedupe(const Record& record);
  void expect_direct(const Record& record);
  void expect_rewritten(const Record& record);
  void read_state();
  void read_state_row(std::string_view key, std::string_view value);
  void read_dedupe_row(std::string_view key, std::string_view value);
  void read_direct_row(std::string_view key);

  void scan(Column column, std::string_view name, const Row& row);
  std::optional<std::string> get(Column column, std::string_view key, std::string_view name);
  std::optional<Record> record_at(RecordId id);

  const Database& database_;
  VerifyReport& report_;
  const VerifyProgress& progress_;

  RecordId last_id_ = 0;        // in the store
  base::WallMs newest_ms_ = 0;  // of the last record
  // Entries for records younger than this must be there. A store that does not say which window it
  // had may have dropped any of them.
  base::WallMs dedupe_after_ = std::numeric_limits<base::WallMs>::max();
  RecordId previous_id_ = 0;  // while reading
  base::WallMs previous_ms_ = 0;
  std::unordered_map<std::string, RecordId> state_;  // by compaction key: the record that says it
  std::unordered_set<AccountId> accounts_;
};

}  // namespace bridge::backbone
