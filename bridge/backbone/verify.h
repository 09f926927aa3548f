// Verify: reads a store from one end to the other and says what is wrong with it.
//
//   auto report = verify("/backup/today", progress);   report->faults == 0
//
// Every record: ids dense, readable, time not running backwards. Every index (state, dedupe,
// directs): each row that the log implies is there, as it must be, and no other. Every changed
// post: rewritten. Every cursor: somebody's, and not beyond the log. A backup also has the files
// that its label lists and reaches as far as it says. Opens read-only and changes not a byte. Takes
// as much memory as State, and the time of reading the store once plus a lookup for each post that
// carries a client id. Never reads a clock.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/backbone/store.h"

namespace bridge::backbone {

struct VerifyReport {
  static constexpr std::size_t kExamplesMax = 20;

  RecordId head = 0;
  RecordId position = 0;  // of the cursors
  std::uint64_t records = 0;
  std::uint64_t posts = 0;
  std::uint64_t directs = 0;
  std::uint64_t accounts = 0;
  std::uint64_t state_rows = 0;
  std::uint64_t dedupe_rows = 0;
  std::uint64_t direct_rows = 0;
  std::uint64_t cursor_rows = 0;
  std::uint64_t faults = 0;
  std::vector<std::string> examples;  // the first faults, a sentence each

  void fault(std::string sentence);
};

// What is being read, and how much of it is done; `of` is 0 where that is not known.
using VerifyProgress =
    std::function<void(std::string_view stage, std::uint64_t done, std::uint64_t of)>;

// `path` is a data folder or a backup that this process does not have open. An error means that
// there was nothing to read: no store there (kUnknown), one in use (kConflict), one of a newer
// version or so damaged that it cannot be opened (kUnavailable).
base::Result<VerifyReport> verify(const std::string& path, const VerifyProgress& progress);

// Whether this version may read the log and the cursors in this folder.
base::Result<void> check_formats(const std::string& path);

}  // namespace bridge::backbone
