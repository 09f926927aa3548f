#include "bridge/fanout/owed_report.h"

#include <utility>

namespace bridge::fanout {

void OwedReports::start(std::uint64_t ticket, RecordId head, std::vector<Start> people) {
  Job& job = jobs_.emplace_back();
  job.ticket = ticket;
  job.people = std::move(people);
  job.report.set_head(head);
}

void OwedReports::finish_person(Job& job) {
  if (job.entry.directs() + job.entry.follows() + job.entry.tracks() + job.entry.digested() > 0)
    *job.report.add_people() = std::move(job.entry);
  job.entry = {};
  job.id = 0;
  ++job.at;
}

std::size_t OwedReports::turn(RecordId ready, const Step& step) {
  std::size_t steps = 0;
  while (!jobs_.empty() && jobs_.front().report.head() <= ready && steps < kStepsPerTurn) {
    Job& job = jobs_.front();
    if (job.at == job.people.size()) {
      finished_.push_back({job.ticket, std::move(job.report)});
      jobs_.pop_front();
      continue;
    }
    const Start& who = job.people[job.at];
    if (job.id == 0) {
      job.id = who.from;
      job.entry.set_nick(who.nick);
    }
    job.id = step(who.account, job.id, job.entry);
    if (job.id == 0) finish_person(job);
    ++steps;
  }
  return steps;
}

}  // namespace bridge::fanout
