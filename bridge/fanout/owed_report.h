// OwedReports: what is waiting for whom, counted from the log and the cursors (law 2), never kept
// as a number that is added to and subtracted from.
//
// A report about everybody reads the log once, from where the first of them is behind to where it
// ended when it was asked for, and looks at who listens to each record, a bounded number of steps a
// turn, so that asking never stalls deliveries. It takes sizeof(OwedCount) for everybody there is
// while it is being made and fetched. What is here is the book-keeping: who asked, how far it is,
// the pages of the answer. The fan-out counts. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bridge/base/time.h"
#include "bridge/fanout/jobs.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"

namespace bridge::fanout {

using PersonNumber = track::Listener;

// How one record of the log stands to one person.
enum class Standing : std::uint8_t {
  kNotOwed,  // never was, or is not any more
  kDone,     // delivered, as far as the cursors know, or expired
  kDirect,   // these wait
  kFollow,
  kTrack,
  kDigested,  // and this, for `more`
};
inline bool waits(Standing standing) {
  return standing != Standing::kNotOwed && standing != Standing::kDone;
}

struct OwedCount {
  RecordId seen = 0;  // the last record that was looked at for them
  RecordId oldest = 0;
  std::uint32_t directs = 0;
  std::uint32_t follows = 0;
  std::uint32_t tracks = 0;
  std::uint32_t digested = 0;

  void count(RecordId id, Standing standing);
};

class OwedReport {
 public:
  // About everybody, or `only` one person.
  OwedReport(std::uint64_t id, RecordId head, std::optional<PersonNumber> only,
             PersonNumber everybody);

  std::uint64_t id() const { return id_; }
  RecordId head() const { return head_; }
  std::optional<PersonNumber> only() const { return only_; }
  OwedCount& of(PersonNumber number) { return counts_[only_ ? 0 : number]; }
  bool counts(PersonNumber number) const {
    return only_ ? number == *only_ : number < counts_.size();
  }

  // First everybody is asked from where they are behind; then the log is read from the least of
  // it.
  PersonNumber asked = 0;
  RecordId at = 0;         // everything up to here is counted
  std::optional<Job> job;  // who listens to the record after it: how far through the lists it is
  bool prepared() const { return asked == (only_ ? 1 : counts_.size()); }
  bool finished() const { return prepared() && at >= head_; }
  PersonNumber next_asked() const { return only_.value_or(asked); }

  // Of those with something waiting, from that place among all on.
  using Describe = std::function<void(PersonNumber number, wire::OwedEntry& entry)>;
  wire::OwedReport page(std::size_t after, const Describe& describe) const;
  wire::OwedReport progress() const;

 private:
  std::uint64_t id_;
  RecordId head_;
  std::optional<PersonNumber> only_;
  std::vector<OwedCount> counts_;
};

class OwedReports {
 public:
  // Listeners and records gone by in a turn.
  static constexpr std::size_t kStepsPerTurn = 8192;
  static constexpr std::size_t kReportsMax = 8;
  // People in an answer.
  static constexpr std::size_t kPageMax = 1500;
  // After so long without a result, how far it is; kept for so long when nobody asks for the rest.
  static constexpr std::chrono::seconds kPatience{1};
  static constexpr std::chrono::seconds kKept{60};

  struct Answer {
    std::uint64_t ticket = 0;
    wire::Reply reply;
  };

  // nullptr: there are too many.
  OwedReport* start(std::uint64_t ticket, RecordId head, std::optional<PersonNumber> only,
                    PersonNumber everybody, base::Time now);
  void go_on(std::uint64_t ticket, std::uint64_t report, std::uint64_t after, base::Time now);
  // The one to work on next, nullptr: none. Its head is at most `ready`.
  OwedReport* unfinished(RecordId ready);
  // It cannot be made.
  void fail(const OwedReport& report, const base::Error& why);
  // Answers who waits, forgets what nobody asks for.
  void turn(base::Time now, const OwedReport::Describe& describe);
  std::vector<Answer> take() { return std::exchange(answers_, {}); }
  std::optional<base::Time> next_wakeup() const;

 private:
  struct Entry {
    OwedReport report;
    std::uint64_t ticket = 0;  // of who waits for it; 0: nobody just now
    std::uint64_t after = 0;
    base::Time asked_at{};
  };
  void answer(std::uint64_t ticket, wire::OwedReport report);

  std::deque<Entry> reports_;
  std::vector<Answer> answers_;
  std::uint64_t last_id_ = 0;
};

}  // namespace bridge::fanout
