#include "bridge/fanout/owed_report.h"

#include <algorithm>
#include <utility>

#include "bridge/wire/messages.h"

namespace bridge::fanout {

void OwedCount::count(RecordId id, Standing standing) {
  if (!waits(standing)) return;
  if (oldest == 0) oldest = id;
  directs += standing == Standing::kDirect ? 1 : 0;
  follows += standing == Standing::kFollow ? 1 : 0;
  tracks += standing == Standing::kTrack ? 1 : 0;
  digested += standing == Standing::kDigested ? 1 : 0;
}

OwedReport::OwedReport(std::uint64_t id, RecordId head, std::optional<PersonNumber> only,
                       PersonNumber everybody)
    : at(head), id_(id), head_(head), only_(only), counts_(only ? 1 : everybody) {}

wire::OwedReport OwedReport::page(std::size_t after, const Describe& describe) const {
  wire::OwedReport page;
  page.set_head(head_);
  std::size_t place = after;
  for (; place < counts_.size(); ++place) {
    const OwedCount& count = counts_[place];
    if (count.oldest == 0) continue;
    if (static_cast<std::size_t>(page.people_size()) == OwedReports::kPageMax) break;
    wire::OwedEntry& entry = *page.add_people();
    entry.set_directs(count.directs);
    entry.set_follows(count.follows);
    entry.set_tracks(count.tracks);
    entry.set_digested(count.digested);
    entry.set_oldest(count.oldest);
    describe(only_.value_or(static_cast<PersonNumber>(place)), entry);
  }
  if (place < counts_.size()) {
    page.set_report(id_);
    page.set_at(head_);
    page.set_next(place);
  }
  return page;
}

wire::OwedReport OwedReport::progress() const {
  wire::OwedReport so_far;
  so_far.set_head(head_);
  so_far.set_report(id_);
  so_far.set_at(prepared() ? at : 0);
  return so_far;
}

OwedReport* OwedReports::start(std::uint64_t ticket, RecordId head,
                               std::optional<PersonNumber> only, PersonNumber everybody,
                               base::Time now) {
  if (reports_.size() >= kReportsMax) return nullptr;
  Entry& entry =
      reports_.emplace_back(Entry{.report = OwedReport(++last_id_, head, only, everybody)});
  entry.ticket = ticket;
  entry.asked_at = now;
  return &entry.report;
}

void OwedReports::go_on(std::uint64_t ticket, std::uint64_t report, std::uint64_t after,
                        base::Time now) {
  const auto it = std::ranges::find_if(
      reports_, [&](const Entry& entry) { return entry.report.id() == report; });
  if (it == reports_.end() || it->ticket != 0) {
    answers_.push_back({ticket, wire::error_reply({base::ErrorCode::kUnknown,
                                                   "That report is not there any more."})});
    return;
  }
  it->ticket = ticket;
  it->after = after;
  it->asked_at = now;
}

OwedReport* OwedReports::unfinished(RecordId ready) {
  const auto it = std::ranges::find_if(reports_, [&](const Entry& entry) {
    return !entry.report.finished() && entry.report.head() <= ready;
  });
  return it == reports_.end() ? nullptr : &it->report;
}

void OwedReports::fail(const OwedReport& report, const base::Error& why) {
  const auto it =
      std::ranges::find_if(reports_, [&](const Entry& entry) { return &entry.report == &report; });
  if (it->ticket != 0) answers_.push_back({it->ticket, wire::error_reply(why)});
  reports_.erase(it);
}

void OwedReports::answer(std::uint64_t ticket, wire::OwedReport report) {
  wire::Reply reply;
  *reply.mutable_owed() = std::move(report);
  answers_.push_back({ticket, std::move(reply)});
}

void OwedReports::turn(base::Time now, const OwedReport::Describe& describe) {
  for (auto it = reports_.begin(); it != reports_.end();) {
    bool done = it->ticket == 0 && now - it->asked_at >= kKept;
    if (it->ticket != 0 && it->report.finished()) {
      wire::OwedReport page = it->report.page(it->after, describe);
      done = page.report() == 0;
      answer(std::exchange(it->ticket, 0), std::move(page));
    } else if (it->ticket != 0 && now - it->asked_at >= kPatience) {
      answer(std::exchange(it->ticket, 0), it->report.progress());
    }
    it = done ? reports_.erase(it) : it + 1;
  }
}

std::optional<base::Time> OwedReports::next_wakeup() const {
  std::optional<base::Time> next;
  for (const Entry& entry : reports_) {
    const base::Time at =
        entry.asked_at + (entry.ticket == 0 ? base::Time::duration(kKept) : kPatience);
    next = std::min(next.value_or(at), at);
  }
  return next;
}

}  // namespace bridge::fanout
