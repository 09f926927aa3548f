#include "bridge/fanout/owed.h"

#include <algorithm>

namespace bridge::fanout {
namespace {

// As what it would be owed if there were no blocks and no mutes.
std::optional<Owed> subscribed(const state::Account& account, const Prepared& prepared) {
  const RecordId id = prepared.record->id();
  const auto author = prepared.record->post().author();
  if (const auto* follow = account.find_follow(author); follow && follow->since < id)
    return Owed{.kind = Kind::kFollow};
  for (const state::TrackEdge& edge : account.tracks)
    if (edge.since < id && edge.phrase.matches(*prepared.post))
      return Owed{.kind = Kind::kTrack, .phrase = edge.phrase.canonical(), .track = &edge};
  return std::nullopt;
}

bool muted(const state::Account& account, const Prepared& prepared) {
  return std::ranges::any_of(account.mutes, [&](const state::Mute& mute) {
    return mute.covers(prepared.record->id(), prepared.record->time_ms()) &&
           mute.phrase.matches(*prepared.post);
  });
}

}  // namespace

std::optional<Owed> owed(const state::Account& account, const Prepared& prepared) {
  if (!prepared.post || !account.open || account.address.empty()) return std::nullopt;
  const RecordId id = prepared.record->id();
  const auto author = prepared.record->post().author();
  if (id <= account.owed_since || author == account.id || account.shuts_out(author, id))
    return std::nullopt;
  auto as = subscribed(account, prepared);
  if (as && muted(account, prepared)) return std::nullopt;
  return as;
}

bool direct_owed(const state::Account& account, const Prepared& prepared) {
  if (!prepared.record->has_direct()) return false;
  const auto& direct = prepared.record->direct();
  return direct.recipient() == account.id && account.open && !account.address.empty() &&
         !account.shuts_out(direct.author(), prepared.record->id());
}

}  // namespace bridge::fanout
