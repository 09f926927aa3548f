// DoneBook: which deliveries the bridge may never send again: those whose acknowledgement it has
// heard and, once it died, those it had saved (law 3).
//
//   book.sent(session, sequence, address, id); book.acknowledged(session, sequence);
//   book.saved(false); book.crash(kept);   // of the checkpoints since the last synced one, only so
//   many are left
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/laws.h"

namespace tests::sim {

class DoneBook {
 public:
  explicit DoneBook(Laws& laws) : laws_(laws) {}

  void sent(std::uint64_t session, std::uint64_t sequence, const std::string& address, RecordId id);
  void acknowledged(std::uint64_t session, std::uint64_t sequence);  // cumulative
  void confirmed(const std::string& address, RecordId id);           // by the person's own client
  // It bounced: owed again, also if another copy of it has arrived.
  void returned(std::uint64_t session, const std::string& address, RecordId id);
  // Sent, and nothing has been heard of it.
  std::set<RecordId> on_the_way(const std::string& address) const;
  void closed(std::uint64_t session) { on_the_way_.erase(session); }

  bool known(const std::string& address, RecordId id) const {
    return done_.contains({address, id});
  }
  // Whose arrival is known.
  const std::set<std::pair<std::string, RecordId>>& all_known() const { return done_; }
  // It may come again though it had arrived.
  void forget(const std::string& address, RecordId id);
  void saved(bool synced);
  void crash(std::size_t kept);
  // The process ended in good order: what a full disk did not take is forgotten.
  void ended();

 private:
  using Delivery = std::pair<std::string, RecordId>;
  using Deliveries = std::set<Delivery>;

  void forget_that_they_came_back(const Deliveries& deliveries);

  Laws& laws_;
  std::map<std::uint64_t, std::map<std::uint64_t, Deliveries>> on_the_way_;  // session, sequence
  Deliveries done_;  // all that follows, together
  Deliveries synced_;
  std::vector<Deliveries> checkpoints_;  // what each since the last synced one added
  Deliveries unsaved_;
  // Came back so late that only the bridge knows; forgotten with it, unless that was saved.
  std::vector<Deliveries> came_back_;  // by checkpoint, likewise
  Deliveries came_back_unsaved_;
};

}  // namespace tests::sim
