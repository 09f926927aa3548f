// The part of Fanout that counts what is owed.
#include <algorithm>
#include <utility>

#include "bridge/backbone/compaction.h"
#include "bridge/fanout/extract.h"
#include "bridge/fanout/fanout.h"
#include "bridge/fanout/listeners.h"
#include "bridge/wire/messages.h"

namespace bridge::fanout {

void Fanout::ask(std::uint64_t ticket, const wire::Request& request) {
  if (request.has_more()) return more(ticket, request);
  if (request.has_retract() || request.has_correct() || request.has_operate())
    return ask_for_change(ticket, request);
  if (request.has_extract()) return ask_for_extract(ticket, request);
  if (request.has_ask_sign_in() || request.has_check_sign_in() || request.has_answer_sign_in()) {
    auto reply = sign_in(request);
    answers_.push_back({ticket, reply ? std::move(*reply) : wire::error_reply(reply.error())});
    return;
  }
  report_owed(ticket, request.owed());
}

std::vector<Fanout::Answer> Fanout::take_answers() {
  for (auto& [ticket, reply] : reports_.take()) answers_.push_back({ticket, std::move(reply)});
  return std::exchange(answers_, {});
}

void Fanout::ask_for_extract(std::uint64_t ticket, const wire::Request& request) {
  if (extracts_.size() < kExtractsMax) {
    extracts_.emplace_back(ticket, request);
    return;
  }
  answers_.push_back(
      {ticket, wire::error_reply({base::ErrorCode::kBusy,
                                  "Too many take their data along just now.", kExtractAgain})});
}

// One in a turn: it reads the disk.
std::size_t Fanout::give_extract() {
  if (extracts_.empty()) return 0;
  const auto [ticket, request] = std::move(extracts_.front());
  extracts_.pop_front();
  answers_.push_back({ticket, extract_for(request)});
  return 1;
}

wire::Reply Fanout::extract_for(const wire::Request& request) {
  const state::Account* account = state_.find_nick(request.actor().nick());
  if (!account || !account->open)
    return wire::error_reply({base::ErrorCode::kUnknown, "There is nobody of that nick here."});
  auto page = extract(state_, store_, *account, request.extract(), position_, turn_.wall_ms);
  if (!page) return wire::error_reply(page.error());
  wire::Reply reply;
  *reply.mutable_extracted() = std::move(*page);
  return reply;
}

void Fanout::report_owed(std::uint64_t ticket, const wire::Owed& asked) {
  if (asked.report() != 0) return reports_.go_on(ticket, asked.report(), asked.after(), turn_.mono);
  std::optional<PersonNumber> only;
  if (!asked.nick().empty()) {
    const state::Account* account = state_.find_nick(asked.nick());
    only = account ? roll_.number_of(account->id) : Roll::kNobody;
  }
  if (only == Roll::kNobody) {
    wire::Reply nothing;
    nothing.mutable_owed()->set_head(position_);
    answers_.push_back({ticket, std::move(nothing)});
  } else if (!reports_.start(ticket, position_, only, roll_.size(), turn_.mono)) {
    answers_.push_back(
        {ticket, wire::error_reply({base::ErrorCode::kBusy, "Too many are counting just now.",
                                    OwedReports::kPatience})});
  }
}

// From which id on something may wait for them.
RecordId Fanout::owed_from(PersonNumber number) {
  if (roll_.find(number)) wake(number);
  RecordId from = position_ + 1;
  for (const backbone::Cursor& cursor : roll_.cursors(number)) {
    if (cursor.floor != 0) from = std::min(from, cursor.floor + 1);
    if (!cursor.again.empty()) from = std::min(from, cursor.again.front());
  }
  if (const auto digest = digests_.find(number); digest != digests_.end())
    from = std::min(from, digest->second.next(0).value_or(from));
  return from;
}

std::size_t Fanout::count_owed() {
  std::size_t budget = OwedReports::kStepsPerTurn;
  // What jobs have yet to bring is in nobody's cursor.
  const RecordId ready = jobs_.horizon(position_);
  while (budget > 0) {
    OwedReport* report = reports_.unfinished(ready);
    if (!report) break;
    for (; !report->prepared() && budget > 0; ++report->asked, --budget)
      report->at = std::min(report->at, owed_from(report->next_asked()) - 1);
    while (!report->finished() && budget > 0) {
      if (const auto counted = count_record(*report, budget); !counted) {
        reports_.fail(*report, counted.error());
        break;
      }
    }
  }
  reports_.turn(turn_.mono, [this](PersonNumber number, wire::OwedEntry& entry) {
    const state::Account& account = roll_.account(number);
    entry.set_nick(account.nick.str());
    entry.set_unreachable(bounces_.held(account.id));
  });
  return OwedReports::kStepsPerTurn - budget;
}

// The record after report.at, for whoever listens to it; or a part of them.
base::Result<void> Fanout::count_record(OwedReport& report, std::size_t& budget) {
  const auto prepared = cache_.get(report.at + 1);
  if (!prepared) return tl::unexpected(prepared.error());
  const backbone::Record& record = *(*prepared)->record;
  const auto look = [&](PersonNumber number) {
    if (!report.counts(number)) return;
    OwedCount& count = report.of(number);
    // Of several lists they are on, one will do.
    if (std::exchange(count.seen, record.id()) == record.id()) return;
    count.count(record.id(), standing(number, **prepared));
  };
  --budget;
  if (report.only()) {
    look(*report.only());
  } else if (const auto recipient = backbone::addressee(record)) {
    look(roll_.number_of(*recipient));
  } else if ((*prepared)->streams()) {
    if (!report.job) {
      if (const AccountId author = (*prepared)->reply_author()) look(roll_.number_of(author));
      report.job.emplace(*prepared, lists_of(**prepared));
    }
    Job& job = *report.job;
    while (!job.finished()) {
      if (budget == 0) return {};
      const bool more = visit_listeners(job, job.ahead(), state_, index_, budget,
                                        [&](track::SubscriptionNumber number, PersonNumber who) {
                                          job.reach(number);
                                          look(who);
                                          --budget;
                                        });
      if (!more) job.end_stretch();
    }
    report.job.reset();
  }
  ++report.at;
  return {};
}

bool Fanout::outstanding(PersonNumber number, std::size_t cursor, RecordId id) {
  if (roll_.find(number)) return wake(number).pending[cursor].outstanding(id);
  return id > roll_.behind(number, cursor);
}

Standing Fanout::standing(PersonNumber number, const Prepared& prepared) {
  const state::Account& account = roll_.account(number);
  const RecordId id = prepared.record->id();
  if (direct_owed(state_, account, prepared))
    return outstanding(number, backbone::kDirectCursor, id) ? Standing::kDirect : Standing::kDone;
  const auto as = owed(state_, account, prepared);
  if (!as) return Standing::kNotOwed;
  if (prepared.may_be_counted() && holds(number, id)) return Standing::kDigested;
  if (!outstanding(number, backbone::kStreamCursor, id) || !due(number, prepared))
    return Standing::kDone;
  return as->kind == Kind::kTrack ? Standing::kTrack : Standing::kFollow;
}

base::Result<Standing> Fanout::standing(AccountId account, RecordId id) {
  const auto prepared = cache_.get(id);
  if (!prepared) return tl::unexpected(prepared.error());
  const PersonNumber number = roll_.number_of(account);
  return number == Roll::kNobody ? Standing::kNotOwed : standing(number, **prepared);
}

}  // namespace bridge::fanout
