// owed: is this post owed to this person, and as what? The one rule behind live matching, catch-up,
// the check before each send and `lapwingctl owed`, so that all of them agree.
//
// A subscription holds for the posts after its own record. What was subscribed to when a post was
// matched but is not any more when it would be sent is withdrawn. The highest-ranked subscription
// that matches names the delivery: a reply to them before a follow, a follow before a track, the
// older track before the newer. A repost is owed to those who have not had the post. Blocks and
// mutes take away what a subscription would bring: docs/owed.md is the whole rule.
//
// A change of a post concerns whom the post concerns. Whether somebody is owed it also depends on
// how far the post has got with them: that is the fan-out's to say (Fanout::due).
#pragma once

#include <optional>
#include <string_view>

#include "bridge/fanout/pending.h"
#include "bridge/fanout/post_cache.h"
#include "bridge/state/state.h"

namespace bridge::fanout {

struct Owed {
  Kind kind = Kind::kTrack;
  std::string_view phrase = {};             // of a track; points into the account
  const state::TrackEdge* track = nullptr;  // likewise
};

// As what a post, a change of it or a repost would go to somebody, if there is something of it to
// tell.
std::optional<Owed> concerns(const state::State& state, const state::Account& account,
                             const Prepared& prepared);

// The same, and there is. Never for its own author.
std::optional<Owed> owed(const state::State& state, const state::Account& account,
                         const Prepared& prepared);

// A direct message, or a notice, is owed to one person alone.
bool direct_owed(const state::State& state, const state::Account& account,
                 const Prepared& prepared);

}  // namespace bridge::fanout
