#include "bridge/fanout/owed.h"

namespace bridge::fanout {

std::optional<Owed> owed(const state::Account& account, const Prepared& prepared) {
  if (!prepared.post || !account.open || account.address.empty()) return std::nullopt;
  const RecordId id = prepared.record->id();
  const auto author = prepared.record->post().author();
  if (id <= account.owed_since || author == account.id) return std::nullopt;
  if (const auto* follow = account.find_follow(author); follow && follow->since < id)
    return Owed{.kind = Kind::kFollow, .phrase = {}};
  for (const state::TrackEdge& edge : account.tracks)
    if (edge.since < id && edge.phrase.matches(*prepared.post))
      return Owed{.kind = Kind::kTrack, .phrase = edge.phrase.canonical()};
  return std::nullopt;
}

bool direct_owed(const state::Account& account, const Prepared& prepared) {
  return prepared.record->has_direct() && prepared.record->direct().recipient() == account.id &&
         account.open && !account.address.empty();
}

}  // namespace bridge::fanout
