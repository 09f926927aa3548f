#include "tests/sim/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "bridge/fanout/fanout.h"
#include "tests/sim/bridge_process.h"
#include "tests/sim/home.h"
#include "tests/sim/oracle.h"
#include "tests/sim/person.h"

namespace tests::sim {
namespace {

namespace fanout = bridge::fanout;
using bridge::backbone::AccountId;
using fanout::Standing;

struct Nobody final : fanout::DeliverySink {
  void deliver(fanout::SessionId, std::uint64_t, const wire::Batch&) override {}
};

// Of one person.
struct Sum {
  std::uint64_t owed = 0;
  std::uint64_t delivered = 0;
  std::uint64_t waiting = 0;
  std::uint64_t digested = 0;
  std::uint64_t expired = 0;
  std::uint64_t withdrawn = 0;
};

class Audit {
 public:
  Audit(Stage& stage, Disk& disk, const XmppServer& server)
      : stage_(stage),
        disk_(disk),
        server_(server),
        fanout_(disk.log(), disk.cursors(), fanout_options(stage.plan, {}), nobody_) {}

  void run() {
    if (!fanout_.load()) stage_.laws.broken("what the bridge left cannot be read");
    const auto reported = report();
    const auto log = disk_.all();
    const Owed owed = owed_by(log);
    for (const RecordPtr& record : log)
      if (record->has_address_bound())
        accounts_[home_of(record->address_bound().address())] = record->address_bound().account();
    Owed::Deliveries all = owed.may;
    all.insert(owed.still.begin(), owed.still.end());
    for (const auto& [address, id] : all)
      add(address, *log[id - 1], owed.still.contains({address, id}),
          owed.late.contains({address, id}));
    for (const auto& [address, account] : accounts_) {
      const auto entry = reported.find(address);
      judge(address, entry == reported.end() ? wire::OwedEntry{} : entry->second);
    }
  }

 private:
  // `lapwingctl owed`, page by page.
  std::map<std::string, wire::OwedEntry> report() {
    std::map<std::string, wire::OwedEntry> people;
    wire::Request request;
    request.mutable_owed();
    do {
      const wire::OwedReport page = ask(request);
      for (const auto& entry : page.people()) people[Person::address_of(entry.nick())] = entry;
      request.mutable_owed()->set_report(page.report());
      request.mutable_owed()->set_after(page.next());
    } while (request.owed().report() != 0);
    return people;
  }

  wire::OwedReport ask(const wire::Request& request) {
    fanout_.ask(1, request);
    constexpr int kTurnsMax = 1'000'000;
    for (int turn = 0; turn < kTurnsMax; ++turn) {
      fanout_.turn(stage_.agenda.clocks());
      for (const auto& answer : fanout_.take_answers())
        if (answer.reply.has_owed()) return answer.reply.owed();
    }
    stage_.laws.broken("nobody can say what is owed");
  }

  void add(const std::string& address, const bridge::backbone::Record& record, bool still,
           bool late) {
    const RecordId id = record.id();
    const auto standing = fanout_.standing(accounts_.at(address), id);
    if (!standing) stage_.laws.broken("what the bridge left cannot be read");
    // Who gets a post as it is now is not told of the change that made it so.
    if (record.has_changed() && !fanout::waits(*standing)) return;
    Sum& sum = sums_[address];
    if (record.has_post() && still && stage_.laws.has_expired(id)) {
      ++sum.owed;
      ++(has_it(address, id) ? sum.delivered : sum.expired);
      if (*standing != Standing::kNotOwed)
        stage_.laws.broken(
            fmt::format("law 2: #{} is kept no longer, and waits for {}", id, address));
      return;
    }
    // Nothing is left of what it passes on.
    if (record.has_reposted() && stage_.laws.has_expired(record.reposted().post())) return;
    ++sum.owed;
    // What arrived and was withdrawn later may be either to the bridge: blocks are forgotten with a
    // `quit`, and what was written to somebody before it is not.
    const bool had = *standing == Standing::kDone && has_it(address, id);
    if ((*standing == Standing::kNotOwed) == still && !(had && !still))
      stage_.laws.broken(fmt::format("law 2: #{} {} to {}, says the log, and the bridge does not",
                                     id, still ? "is owed" : "was withdrawn", address));
    const bool is_waiting = fanout::waits(*standing);
    if (is_waiting && disk_.done().known(address, id))
      stage_.laws.broken(
          fmt::format("law 3: #{} waits for {}, whose arrival was saved", id, address));
    if (!still)
      ++sum.withdrawn;
    else if (*standing == Standing::kDigested)
      ++sum.digested;
    else if (is_waiting)
      ++sum.waiting;
    else if (has_it(address, id))
      ++sum.delivered;
    else if (late)
      ++sum.withdrawn;
    else
      lost_[address] = id;
  }

  bool has_it(const std::string& address, RecordId id) const {
    return stage_.laws.has_arrived(address, id) || stage_.laws.excused(address, id) ||
           server_.has(address, id);
  }

  std::uint64_t expired(AccountId account) {
    std::uint64_t sum = 0;
    (void)disk_.cursors().load([&](const bridge::backbone::CursorRow& row) {
      if (row.account != account) return;
      for (const auto& line : row.digest.lines) sum += line.expired;
    });
    return sum;
  }

  void judge(const std::string& address, const wire::OwedEntry& reported) {
    Sum& sum = sums_[address];
    if (const auto lost = lost_.find(address); lost != lost_.end()) {
      if (stage_.plan.retention.count() == 0) sum.expired = expired(accounts_.at(address));
      if (sum.owed != sum.delivered + sum.waiting + sum.digested + sum.expired + sum.withdrawn)
        stage_.laws.broken(fmt::format(
            "law 2: of {} posts owed to {}, {} were delivered, {} wait, {} are in a digest, {} "
            "expired and {} were withdrawn: #{} for one is missing",
            sum.owed, address, sum.delivered, sum.waiting, sum.digested, sum.expired, sum.withdrawn,
            lost->second));
    }
    const std::uint64_t waiting = reported.directs() + reported.follows() + reported.tracks();
    if (waiting != sum.waiting || reported.digested() != sum.digested)
      stage_.laws.broken(fmt::format(
          "law 2: {} posts wait for {} and {} are in a digest, and the report says {} and {}",
          sum.waiting, address, sum.digested, waiting, reported.digested()));
  }

  Stage& stage_;
  Disk& disk_;
  const XmppServer& server_;
  Nobody nobody_;
  fanout::Fanout fanout_;
  std::map<std::string, AccountId> accounts_;  // by address
  std::map<std::string, Sum> sums_;
  std::map<std::string, RecordId> lost_;  // one of them
};

}  // namespace

void audit(Stage& stage, Disk& disk, const XmppServer& server) {
  if (disk.readable()) Audit(stage, disk, server).run();
}

}  // namespace tests::sim
