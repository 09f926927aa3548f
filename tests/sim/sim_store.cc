#include "tests/sim/sim_store.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "bridge/backbone/amend.h"

namespace tests::sim {

using namespace bridge::backbone;  // NOLINT(google-build-using-namespace)
namespace base = bridge::base;

namespace {

tl::unexpected<base::Error> unreadable() {
  return base::fail(base::ErrorCode::kUnavailable, "The disk cannot be read.");
}

using Track = std::pair<AccountId, std::string>;

// When each phrase that somebody tracks was tracked by them for the first time.
std::map<Track, RecordId> first_tracked(const std::vector<RecordPtr>& log) {
  std::map<Track, RecordId> first;
  for (const RecordPtr& record : log)
    if (record->has_tracked())
      first.try_emplace({record->tracked().account(), record->tracked().phrase()}, record->id());
  return first;
}

RecordPtr as_if_superseded(RecordPtr record) {
  if (!record->has_changed()) return record;
  Record copy = *record;
  copy.mutable_changed()->set_superseded_by(record->id() + 1);
  return std::make_shared<const Record>(std::move(copy));
}

}  // namespace

SimStore::SimStore(Stage& stage) : stage_(stage), store_(std::make_unique<MemoryStore>()) {}

void SimStore::note(std::span<const RecordPtr> records) {
  for (const RecordPtr& record : records) {
    written_[record->id()] = record;
    if (record->has_changed()) changes_[record->changed().post()].push_back(record);
    if (record->has_erased()) erased_[record->erased().account()] = record->id();
  }
}

base::Result<void> SimStore::append(std::span<const RecordPtr> records) {
  auto appended = store_->append(records);
  // The first that is refused may be on the disk all the same; what follows it is not.
  if (appended || !refuses_) note(records);
  refuses_ = !appended;
  // Mutant: readable and acknowledged at once, and on the disk only some time later.
  if (appended && planted(Mutant::kAckBeforeFsync))
    stage_.agenda.after(milliseconds(20), [this, head = store_->head()] {
      synced_ = std::min(std::max(synced_, head), store_->head());
    });
  return appended;
}

base::Result<std::vector<RecordPtr>> SimStore::read(RecordId after, std::size_t records_max,
                                                    std::size_t bytes_max) const {
  if (!readable_) return unreadable();
  auto records = store_->read(after, records_max, bytes_max);
  // Mutant: who is not there when a post is changed never hears of it.
  if (records && planted(Mutant::kChangeMissesTheAway))
    for (RecordPtr& record : *records) record = as_if_superseded(std::move(record));
  return records;
}

base::Result<std::vector<RecordId>> SimStore::read_directs(AccountId recipient, RecordId after,
                                                           std::size_t max) const {
  if (!readable_) return unreadable();
  return store_->read_directs(recipient, after, max);
}

base::Result<std::optional<RecordId>> SimStore::find_duplicate(
    const bridge::backbone::PublishKey& publish, base::WallMs now) const {
  return store_->find_duplicate(publish, now);
}

base::Result<void> SimStore::read_state(const StateRange& range,
                                        const std::function<void(const Record&)>& visit) const {
  if (!planted(Mutant::kRetrackDeliversGap)) return store_->read_state(range, visit);
  // Mutant: whoever tracks something again gets back the subscription they had.
  const auto first = first_tracked(all());
  return store_->read_state(range, [&](const Record& record) {
    Record copy = record;
    if (copy.has_tracked())
      copy.set_id(first.at({copy.tracked().account(), copy.tracked().phrase()}));
    visit(copy);
  });
}

base::Result<void> SimStore::resume() {
  auto resumed = store_->resume();
  if (resumed) refuses_ = false;
  return resumed;
}

void SimStore::crash() {
  refuses_ = false;
  if (!planted(Mutant::kAckBeforeFsync)) return store_->crash();
  const auto kept = store_->read(0, synced_, std::numeric_limits<std::size_t>::max());
  store_ = std::make_unique<MemoryStore>();
  if (!kept->empty() && !store_->append(*kept)) stage_.laws.broken("the disk came back full");
}

std::vector<RecordPtr> SimStore::all() const {
  std::vector<RecordPtr> log;
  for (RecordId id = 1; id <= store_->head(); ++id) log.push_back(written_.at(id));
  return log;
}

std::map<AccountId, RecordId> SimStore::erased() const {
  std::map<AccountId, RecordId> erased;
  for (const auto& [account, id] : erased_)
    if (const auto written = written_.find(id); id <= store_->head() &&
                                                written->second->has_erased() &&
                                                written->second->erased().account() == account)
      erased.emplace(account, id);
  return erased;
}

bool SimStore::is_erased(RecordId id, RecordId position) const {
  const Record& record = *written_.at(id);
  for (const auto& [account, end] : erased()) {
    if (end > position) continue;
    if (concerns(record, account)) return true;
    if (record.has_reposted() && record.reposted().author() == account) return true;
  }
  return false;
}

std::vector<RecordPtr> SimStore::changes_of(RecordId post) const {
  std::vector<RecordPtr> changes;
  const auto known = changes_.find(post);
  if (known == changes_.end()) return changes;
  for (const RecordPtr& record : known->second)
    if (record->id() <= store_->head() && written_.at(record->id()) == record)
      changes.push_back(record);
  return changes;
}

}  // namespace tests::sim
