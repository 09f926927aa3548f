// oracle: who is owed what, found out from the log alone, in the most naive way there is.
//
// It shares nothing with the bridge's matcher: words are what stands between spaces, a person's
// subscriptions are two maps, blocks, mutes and sleeps are lists of when. That is enough for the
// words that simulated people use. docs/owed.md has the rules.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bridge/backbone/store.h"

namespace tests::sim {

struct Owed {
  using Deliveries = std::set<std::pair<std::string, bridge::backbone::RecordId>>;
  Deliveries may;    // owed when it was posted; what ended since then may have come or not
  Deliveries still;  // owed now, whether deliveries to them are on or not
  // Of those, what was not owed when it was posted: a repost, once the subscription that had
  // brought the post itself has ended. It may have passed them by before.
  Deliveries late;
  Deliveries must;  // of the others those for whom deliveries are on
  // The newest change of a post, for those to whom it is still owed if any of the post has come to
  // them: (address, change) -> the post.
  std::map<std::pair<std::string, bridge::backbone::RecordId>, bridge::backbone::RecordId> changes;
};

// To one person, about a track of theirs that woke or was put to sleep.
bool is_notice(const bridge::backbone::Record& record);

// Where the listeners of a word were not woken in the order in which they began, or are more or
// fewer than its cap says, as a sentence; empty: nowhere. Words have no cap by default.
std::string unfair(const std::vector<bridge::backbone::RecordPtr>& log);

Owed owed_by(const std::vector<bridge::backbone::RecordPtr>& log);

// Those whose accounts are erased, and where in the log.
using Erased = std::map<bridge::backbone::AccountId, bridge::backbone::RecordId>;
Erased erased_in(const std::vector<bridge::backbone::RecordPtr>& log);
// Whether a post, a direct, a repost or a change went with one of them.
bool went(const bridge::backbone::Record& record, const Erased& erased);

}  // namespace tests::sim
