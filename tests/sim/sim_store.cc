#include "tests/sim/sim_store.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

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

}  // namespace

SimStore::SimStore(Stage& stage) : stage_(stage), store_(std::make_unique<MemoryStore>()) {}

base::Result<void> SimStore::append(std::span<const RecordPtr> records) {
  auto appended = store_->append(records);
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
  return store_->read(after, records_max, bytes_max);
}

base::Result<std::vector<RecordId>> SimStore::read_directs(AccountId recipient, RecordId after,
                                                           std::size_t max) const {
  if (!readable_) return unreadable();
  return store_->read_directs(recipient, after, max);
}

base::Result<std::optional<RecordId>> SimStore::find_duplicate(AccountId author,
                                                               std::string_view client_id,
                                                               std::string_view text,
                                                               base::WallMs now) const {
  return store_->find_duplicate(author, client_id, text, now);
}

base::Result<void> SimStore::replay_state(const std::function<void(const Record&)>& visit) const {
  if (!planted(Mutant::kRetrackDeliversGap)) return store_->replay_state(visit);
  // Mutant: whoever tracks something again gets back the subscription they had.
  const auto first = first_tracked(all());
  std::map<RecordId, Record> records;
  auto replayed = store_->replay_state([&](const Record& record) {
    Record copy = record;
    if (copy.has_tracked())
      copy.set_id(first.at({copy.tracked().account(), copy.tracked().phrase()}));
    records.emplace(copy.id(), std::move(copy));
  });
  for (const auto& [id, record] : records) visit(record);
  return replayed;
}

void SimStore::crash() {
  if (!planted(Mutant::kAckBeforeFsync)) return store_->crash();
  const auto kept = store_->read(0, synced_, std::numeric_limits<std::size_t>::max());
  store_ = std::make_unique<MemoryStore>();
  if (!kept->empty() && !store_->append(*kept)) stage_.laws.broken("the disk came back full");
}

std::vector<RecordPtr> SimStore::all() const {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  return *store_->read(0, kAll, kAll);
}

}  // namespace tests::sim
