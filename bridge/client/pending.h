// The requests of one session that wait for an answer: sequence to id, oldest first.
//
//   pending.add(sequence, id, now + timeout);
//   if (auto id = pending.take(reply_sequence)) ...
//
// Bounded by whoever adds (Session). Deadlines rise with the sequence, because every request has
// the same time. Knows no clock. For one owner.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "bridge/base/time.h"
#include "bridge/client/backbone.h"

namespace bridge::client {

class Pending {
 public:
  std::size_t size() const { return waiting_.size(); }

  void add(std::uint64_t sequence, RequestId id, base::Time deadline) {
    waiting_.emplace_hint(waiting_.end(), sequence, Waiting{id, deadline});
  }

  // nullopt: it was answered before, or timed out, or never asked.
  std::optional<RequestId> take(std::uint64_t sequence) {
    const auto found = waiting_.find(sequence);
    if (found == waiting_.end()) return std::nullopt;
    const RequestId id = found->second.id;
    waiting_.erase(found);
    return id;
  }

  std::vector<RequestId> take_expired(base::Time now) {
    std::vector<RequestId> ids;
    while (!waiting_.empty() && waiting_.begin()->second.deadline <= now) {
      ids.push_back(waiting_.begin()->second.id);
      waiting_.erase(waiting_.begin());
    }
    return ids;
  }

  std::vector<RequestId> take_all() { return take_expired(base::Time::max()); }

 private:
  struct Waiting {
    RequestId id = 0;
    base::Time deadline;
  };
  std::map<std::uint64_t, Waiting> waiting_;
};

}  // namespace bridge::client
