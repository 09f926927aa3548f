#include "bridge/fanout/owed.h"

#include <algorithm>

#include "bridge/backbone/compaction.h"

namespace bridge::fanout {
namespace {

// As what a post would be owed if there were no blocks and no mutes. `id` and so on: of the post,
// which for a repost is the original.
std::optional<Owed> subscribed(const state::Account& account, const Prepared& prepared, RecordId id,
                               backbone::AccountId author, backbone::AccountId replied_to) {
  if (prepared.announces()) return Owed{.kind = Kind::kFollow};
  if (replied_to == account.id) return Owed{.kind = Kind::kReply};
  if (const auto* follow = account.find_follow(author); follow && follow->since < id)
    return Owed{.kind = Kind::kFollow};
  for (const state::TrackEdge& edge : account.tracks)
    if (edge.since < id && account.awake_at(edge, id) && prepared.catches(*edge.phrase))
      return Owed{.kind = Kind::kTrack, .phrase = edge.phrase->canonical(), .track = &edge};
  return std::nullopt;
}

// Its author, or who passes it on, is suspended, or was until after it. That it is gone is told all
// the same.
bool silenced(const state::State& state, const Prepared& prepared) {
  const state::Order& order = state.order();
  if (order.suspensions().empty() || prepared.record->changed().deleted()) return false;
  const RecordId id = prepared.record->id();
  return order.silences(prepared.author(), id) || order.silences(prepared.passed_on_by(), id);
}

// The first of several reposts, and not where the post itself came.
bool repost_comes_first(const state::State& state, const state::Account& account,
                        const Prepared& prepared) {
  const RecordId id = prepared.record->id();
  const auto* follow = account.find_follow(prepared.passed_on_by());
  if (!follow || follow->since >= id) return false;
  if (!prepared.original) return false;
  const backbone::Record& original = *prepared.original;
  const auto& post = original.post();
  if (post.author() == account.id) return false;
  if (original.id() > account.owed_since &&
      subscribed(account, prepared, original.id(), post.author(), post.reply_author()))
    return false;
  const auto& reposts = state.reposts_of(original.id());
  return std::ranges::none_of(account.follows, [&](const state::FollowEdge& edge) {
    const auto it = std::ranges::lower_bound(reposts, edge.followee, {}, &state::Repost::by);
    return it != reposts.end() && it->by == edge.followee && it->id < id && edge.since < it->id;
  });
}

bool muted(const state::Account& account, const Prepared& prepared) {
  return std::ranges::any_of(account.mutes(), [&](const state::Mute& mute) {
    return mute.covers(prepared.about(), prepared.posted_ms()) && prepared.catches(*mute.phrase);
  });
}

// That a track woke or went to sleep is worth telling as long as it is the newest about it.
bool still_so(const state::Account& account, std::string_view phrase, RecordId since,
              RecordId ended) {
  const auto* track = account.find_track(phrase);
  if (!track) return false;
  const state::Sleep* newest = nullptr;
  for (const state::Sleep& sleep : account.sleeps())
    if (sleep.phrase == track->phrase) newest = &sleep;
  return newest && newest->since == since && newest->ended == ended;
}

bool notice_owed(const state::Account& account, const backbone::Record& record) {
  if (record.has_told()) return !record.told().text().empty();
  if (record.has_woken())
    return still_so(account, record.woken().phrase(), record.woken().since(), record.id());
  return still_so(account, record.dormant().phrase(), record.id(), 0);
}

}  // namespace

std::optional<Owed> concerns(const state::State& state, const state::Account& account,
                             const Prepared& prepared) {
  if (!prepared.streams() || !account.open || account.address.empty()) return std::nullopt;
  const RecordId id = prepared.about();
  if (id <= account.owed_since || prepared.passed_on_by() == account.id ||
      account.shuts_out(prepared.author(), id) || account.shuts_out(prepared.passed_on_by(), id) ||
      silenced(state, prepared))
    return std::nullopt;
  std::optional<Owed> as;
  if (!prepared.record->has_reposted())
    as = subscribed(account, prepared, id, prepared.author(), prepared.reply_author());
  else if (repost_comes_first(state, account, prepared))
    as = Owed{.kind = Kind::kFollow};
  if (as && muted(account, prepared)) return std::nullopt;
  return as;
}

std::optional<Owed> owed(const state::State& state, const state::Account& account,
                         const Prepared& prepared) {
  if (!prepared.streams() || prepared.gone()) return std::nullopt;
  return concerns(state, account, prepared);
}

bool direct_owed(const state::State& state, const state::Account& account,
                 const Prepared& prepared) {
  const backbone::Record& record = *prepared.record;
  if (backbone::addressee(record) != account.id || !account.open || account.address.empty())
    return false;
  if (!record.has_direct()) return notice_owed(account, record);
  const backbone::AccountId author = record.direct().author();
  return !record.direct().deleted() && !account.shuts_out(author, record.id()) &&
         !state.order().silences(author, record.id());
}

}  // namespace bridge::fanout
