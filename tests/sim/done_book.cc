#include "tests/sim/done_book.h"

#include <fmt/format.h>

#include <algorithm>

namespace tests::sim {

void DoneBook::sent(std::uint64_t session, std::uint64_t sequence, const std::string& address,
                    RecordId id) {
  if (done_.contains({address, id}))
    laws_.broken(
        fmt::format("law 3: #{} is sent to {} again, whose arrival was known", id, address));
  on_the_way_[session][sequence].insert({address, id});
}

void DoneBook::acknowledged(std::uint64_t session, std::uint64_t sequence) {
  auto& batches = on_the_way_[session];
  while (!batches.empty() && batches.begin()->first <= sequence) {
    unsaved_.insert(batches.begin()->second.begin(), batches.begin()->second.end());
    done_.insert(batches.begin()->second.begin(), batches.begin()->second.end());
    batches.erase(batches.begin());
  }
}

void DoneBook::confirmed(const std::string& address, RecordId id) {
  unsaved_.insert({address, id});
  done_.insert({address, id});
}

void DoneBook::returned(std::uint64_t session, const std::string& address, RecordId id) {
  const Delivery delivery{address, id};
  for (auto& [sequence, deliveries] : on_the_way_[session]) deliveries.erase(delivery);
  forget(address, id);
  if (laws_.known_lost(address, id)) came_back_unsaved_.insert(delivery);
}

void DoneBook::forget(const std::string& address, RecordId id) {
  const Delivery delivery{address, id};
  for (Deliveries& checkpoint : checkpoints_) checkpoint.erase(delivery);
  for (Deliveries* known : {&done_, &synced_, &unsaved_}) known->erase(delivery);
}

void DoneBook::forget_that_they_came_back(const Deliveries& deliveries) {
  for (const auto& [address, id] : deliveries) laws_.lost_by_server(address, id);
}

std::set<RecordId> DoneBook::on_the_way(const std::string& address) const {
  std::set<RecordId> ids;
  for (const auto& [session, batches] : on_the_way_)
    for (const auto& [sequence, deliveries] : batches)
      for (const auto& [recipient, id] : deliveries)
        if (recipient == address && !done_.contains({recipient, id})) ids.insert(id);
  return ids;
}

void DoneBook::saved(bool synced) {
  checkpoints_.push_back(std::exchange(unsaved_, {}));
  came_back_.push_back(std::exchange(came_back_unsaved_, {}));
  if (!synced) return;
  for (Deliveries& checkpoint : checkpoints_) synced_.merge(checkpoint);
  checkpoints_.clear();
  came_back_.clear();
}

void DoneBook::crash(std::size_t kept) {
  checkpoints_.resize(std::min(kept, checkpoints_.size()));
  for (std::size_t lost = kept; lost < came_back_.size(); ++lost)
    forget_that_they_came_back(came_back_[lost]);
  came_back_.clear();
  for (Deliveries& checkpoint : checkpoints_) synced_.merge(checkpoint);
  checkpoints_.clear();
  ended();
}

void DoneBook::ended() {
  forget_that_they_came_back(std::exchange(came_back_unsaved_, {}));
  on_the_way_.clear();
  unsaved_.clear();
  done_ = synced_;
  for (const Deliveries& checkpoint : checkpoints_)
    done_.insert(checkpoint.begin(), checkpoint.end());
}

}  // namespace tests::sim
