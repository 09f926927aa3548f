#include "tests/sim/disk.h"

#include <fmt/format.h>

#include <limits>
#include <map>
#include <string>

#include "bridge/backbone/amend.h"

namespace tests::sim {

void Disk::crash() {
  log_.crash();
  const std::size_t unsynced = cursors_.disk().unsynced();
  const std::size_t kept = stage_.dice.chance(0.7) ? unsynced : stage_.dice.below(unsynced + 1);
  cursors_.disk().crash(kept);
  done_.crash(kept);
  stage_.laws.bridge_died(done_.all_known());
  forgive();
}

// Whoever ended a subscription after the last checkpoint that there is may get once more what was
// on its way then: the saved job cannot know that it had come to them by that subscription
// (docs/decisions/fanout-jobs.md).
void Disk::forgive() {
  const auto saved = cursors_.disk().load([](const bridge::backbone::CursorRow&) {});
  if (!saved || saved->jobs.empty()) return;
  std::map<bridge::backbone::AccountId, std::string> addresses;
  for (const RecordPtr& record : log_.all()) {
    if (record->has_address_bound())
      addresses[record->address_bound().account()] = record->address_bound().address();
    if (record->id() <= saved->position || (!record->has_left() && !record->has_untracked()))
      continue;
    const auto who = record->has_left() ? record->left().follower() : record->untracked().account();
    for (const auto& job : saved->jobs) done_.forget(addresses[who], job.post);
  }
}

void Disk::judge_erasures() const {
  stage_.laws.require(log_.to_erase() == 0, "what is to be erased is not erased");
  const auto kept = log_.read(0, log_.head(), std::numeric_limits<std::size_t>::max());
  if (!kept) return;
  for (const auto& [account, end] : log_.erased())
    for (const RecordPtr& record : *kept)
      if (record->id() < end && bridge::backbone::concerns(*record, account))
        stage_.laws.broken(
            fmt::format("#{} still says something of account {}", record->id(), account));
}

void Disk::mend() {
  log_.free();
  log_.set_readable(true);
  cursors_.disk().free_disk();
}

}  // namespace tests::sim
