// OwedReports: what is waiting for whom, counted from the log and the cursors (law 2), never kept
// as a number that is added to and subtracted from. A report walks everybody with something waiting
// over their stretch of the log, a bounded number of steps a turn, so that asking never stalls
// deliveries.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "bridge/backbone/store.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"

namespace bridge::fanout {

using backbone::AccountId;
using backbone::RecordId;

struct FinishedReport {
  std::uint64_t ticket = 0;
  wire::OwedReport report;
};

class OwedReports {
 public:
  static constexpr std::size_t kStepsPerTurn = 8192;

  // Counts one record for one person into the entry; returns the next id to look at for this
  // person, or 0 when there is no more.
  using Step = std::function<RecordId(AccountId account, RecordId id, wire::OwedEntry& entry)>;

  // `people`: (account, nick, first id to look at).
  struct Start {
    AccountId account = 0;
    std::string nick;
    RecordId from = 0;
  };
  void start(std::uint64_t ticket, RecordId head, std::vector<Start> people);
  // A report whose head lies beyond `ready` has to wait.
  std::size_t turn(RecordId ready, const Step& step);
  std::vector<FinishedReport> take() { return std::exchange(finished_, {}); }

 private:
  struct Job {
    std::uint64_t ticket = 0;
    std::vector<Start> people;
    std::size_t at = 0;
    RecordId id = 0;  // 0: begin the next person
    wire::OwedEntry entry;
    wire::OwedReport report;
  };
  void finish_person(Job& job);

  std::deque<Job> jobs_;
  std::vector<FinishedReport> finished_;
};

}  // namespace bridge::fanout
