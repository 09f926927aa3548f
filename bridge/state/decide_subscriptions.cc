// Follows, tracks, blocks and mutes: docs/owed.md has the rules.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "bridge/base/text.h"
#include "bridge/state/deciding.h"
#include "bridge/state/listeners.h"

namespace bridge::state {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr std::uint32_t kPerHourMax = 10'000;
constexpr std::chrono::milliseconds kMutedForMax = std::chrono::days(366);

// When a mute was or will be over; nothing for one that does not end by itself.
std::optional<base::WallMs> over_ms(const Mute& mute) {
  if (mute.ended == 0) return mute.until_ms == 0 ? std::nullopt : std::optional(mute.until_ms);
  return mute.until_ms == 0 ? mute.ended_ms : std::min(mute.until_ms, mute.ended_ms);
}

}  // namespace

// ---- ends --------------------------------------------------------------------------------------

void Deciding::end_follow(AccountId follower, AccountId followee) {
  auto& left = *add_record().mutable_left();
  left.set_follower(follower);
  left.set_followee(followee);
}

void Deciding::end_track(const Account& account, const TrackEdge& edge) {
  if (edge.per_hour != 0) {
    auto& capped = *add_record().mutable_capped();
    capped.set_account(account.id);
    capped.set_phrase(edge.phrase->canonical());
  }
  auto& untracked = *add_record().mutable_untracked();
  untracked.set_account(account.id);
  untracked.set_phrase(edge.phrase->canonical());
  // State knows; the store has to forget what it kept of them.
  for (const Sleep& sleep : account.sleeps()) {
    if (sleep.phrase != edge.phrase) continue;
    auto& forgotten = *add_record().mutable_woken();
    forgotten.set_account(account.id);
    forgotten.set_phrase(edge.phrase->canonical());
    forgotten.set_since(sleep.since);
    forgotten.set_forgotten(true);
  }
}

void Deciding::forget_mute(AccountId account, const Mute& mute) {
  auto& forgotten = *add_record().mutable_mute_forgotten();
  forgotten.set_account(account);
  forgotten.set_since(mute.since);
}

void Deciding::forget_block(AccountId account, const Block& block) {
  auto& forgotten = *add_record().mutable_block_forgotten();
  forgotten.set_account(account);
  forgotten.set_other(block.other);
}

// Nothing from before this is owed to somebody who joins again: what ended need not be remembered.
// Whom they block, they go on to block.
void Deciding::end_subscriptions(const Account& account) {
  for (const FollowEdge& edge : account.follows) end_follow(account.id, edge.followee);
  for (const TrackEdge& edge : account.tracks) end_track(account, edge);
  for (const Mute& mute : account.mutes()) forget_mute(account.id, mute);
  for (const Block& block : account.blocks())
    if (!block.in_force()) forget_block(account.id, block);
}

// ---- follows -----------------------------------------------------------------------------------

Result<void> Deciding::follow(const Account& account, const std::string& nick) {
  const auto followee = person(nick);
  if (!followee) return tl::unexpected(followee.error());
  if (*followee == &account) return fail(ErrorCode::kBadRequest, "You cannot follow yourself.");
  decision_.reply.mutable_done()->set_nick((*followee)->nick.str());
  if (account.find_follow((*followee)->id)) {
    done(0);
    return {};
  }
  if (account.blocks_now((*followee)->id))
    return fail(ErrorCode::kConflict,
                fmt::format("You block {0}: say `unblock {0}` first.", (*followee)->nick.view()));
  if ((*followee)->blocks_now(account.id))
    return fail(ErrorCode::kForbidden, fmt::format("You cannot follow {0}: {0} has blocked you.",
                                                   (*followee)->nick.view()));
  if (account.follows.size() >= rules_.follows_per_person)
    return fail(ErrorCode::kConflict,
                fmt::format("You follow {} people already, the most there can "
                            "be: `leave NICK` makes room.",
                            account.follows.size()));
  Record& record = add_record();
  record.mutable_followed()->set_follower(account.id);
  record.mutable_followed()->set_followee((*followee)->id);
  done(record.id());
  return {};
}

Result<void> Deciding::leave(const Account& account, const std::string& nick) {
  const auto followee = anybody(nick);
  if (!followee) return tl::unexpected(followee.error());
  if (!account.find_follow((*followee)->id)) {
    done(0);
    return {};
  }
  end_follow(account.id, (*followee)->id);
  done(decision_.records.back().id());
  return {};
}

// ---- tracks ------------------------------------------------------------------------------------

Result<void> Deciding::track(const Account& account, const wire::Track& what) {
  if (auto ok = base::check_text(what.phrases(), what.phrases().size()); !ok) return ok;
  const auto parsed = track::Phrase::parse_list(what.phrases());
  if (!parsed) return tl::unexpected(parsed.error());
  if (what.per_hour() > kPerHourMax)
    return fail(ErrorCode::kBadRequest,
                fmt::format("At most {} an hour can be asked for.", kPerHourMax));
  const auto is_new = [&](const track::Phrase& p) { return !account.find_track(p.canonical()); };
  const auto added = static_cast<std::size_t>(std::ranges::count_if(*parsed, is_new));
  if (auto room = room_for_tracks(account, added); !room) return room;
  for (const track::Phrase& phrase : *parsed) track_one(account, phrase, what.per_hour());
  return {};
}

Result<void> Deciding::room_for_tracks(const Account& account, std::size_t added) const {
  if (added == 0) return {};
  if (account.tracks.size() + added > rules_.tracks_per_person)
    return fail(
        ErrorCode::kConflict,
        fmt::format("You track {} phrases already and can track {}: `untrack PHRASE` makes room.",
                    account.tracks.size(), rules_.tracks_per_person));
  const std::string_view domain = domain_of(account.address);
  if (!account.address.empty() &&
      state_.tracks_of_domain(domain) + added > rules_.tracks_per_domain)
    return fail(ErrorCode::kConflict,
                fmt::format("The people at {} track as much as one server's people can.", domain));
  if (state_.tracks() + added > rules_.tracks_max)
    return fail(ErrorCode::kConflict, "This service keeps as many tracks as it can.");
  return {};
}

void Deciding::track_one(const Account& account, const track::Phrase& phrase,
                         std::uint32_t per_hour) {
  auto& line = *decision_.reply.mutable_phrases()->add_phrases();
  line.set_text(phrase.canonical());
  line.set_per_hour(per_hour);
  const TrackEdge* edge = account.find_track(phrase.canonical());
  if (edge) {
    line.set_since(edge->since);
    if (account.asleep(*edge))
      line.set_place(place_of(*state_.find_word(phrase.canonical()), *edge));
  } else {
    Record& record = add_record();
    record.mutable_tracked()->set_account(account.id);
    record.mutable_tracked()->set_phrase(phrase.canonical());
    line.set_since(record.id());
    line.set_changed(true);
    const Word* word = state_.find_word(phrase.canonical());
    if (full(word, rules_)) {
      auto& dormant = *add_record().mutable_dormant();
      dormant.set_account(account.id);
      dormant.set_phrase(phrase.canonical());
      dormant.set_told(true);
      line.set_place((word ? word->asleep : 0) + 1);
    }
  }
  if (per_hour == (edge ? edge->per_hour : 0)) return;
  line.set_recapped(edge != nullptr);
  auto& capped = *add_record().mutable_capped();
  capped.set_account(account.id);
  capped.set_phrase(phrase.canonical());
  capped.set_per_hour(per_hour);
}

// The word is settled, a bounded number a commit, by the committer: see listeners.h.
Result<void> Deciding::cap_listeners(const wire::CapListeners& what) {
  if (auto ok = base::check_text(what.phrase(), what.phrase().size()); !ok) return ok;
  const auto phrase = track::Phrase::parse(what.phrase());
  if (!phrase) return tl::unexpected(phrase.error());
  const Word* word = state_.find_word(phrase->canonical());
  const bool has_one = word && word->cap;
  const std::string before = has_one ? std::to_string(*word->cap) : "none";
  if (what.lifted() ? !has_one : has_one && *word->cap == what.listeners()) {
    done(0);
    return {};
  }
  if (!what.lifted() && !has_one && state_.words().notable().size() >= rules_.capped_words_max)
    return fail(ErrorCode::kConflict, "There are as many words with a cap as there can be.");
  Record& record = add_record();
  auto& capped = *record.mutable_listeners_capped();
  capped.set_phrase(phrase->canonical());
  if (what.lifted())
    capped.set_lifted(true);
  else
    capped.set_listeners(what.listeners());
  done(record.id());
  auditor_ = what.who();
  audit("cap", phrase->canonical(), before,
        what.lifted() ? "none" : std::to_string(what.listeners()));
  return {};
}

Result<void> Deciding::untrack(const Account& account, const wire::Untrack& what) {
  std::vector<track::Phrase> phrases;
  if (what.all()) {
    for (const TrackEdge& edge : account.tracks) phrases.push_back(*edge.phrase);
  } else {
    auto parsed = track::Phrase::parse_list(what.phrases());
    if (!parsed) return tl::unexpected(parsed.error());
    phrases = std::move(*parsed);
  }
  auto& reply = *decision_.reply.mutable_phrases();
  for (const track::Phrase& phrase : phrases) {
    auto& line = *reply.add_phrases();
    line.set_text(phrase.canonical());
    const TrackEdge* edge = account.find_track(phrase.canonical());
    if (!edge) continue;
    end_track(account, *edge);
    line.set_changed(true);
  }
  return {};
}

// ---- blocks ------------------------------------------------------------------------------------

Result<void> Deciding::block(const Account& account, const std::string& nick) {
  const auto other = anybody(nick);
  if (!other) return tl::unexpected(other.error());
  if (*other == &account) return fail(ErrorCode::kBadRequest, "You cannot block yourself.");
  const AccountId id = (*other)->id;
  if (account.blocks_now(id)) {
    done(0);
    return {};
  }
  if (auto room = room_for_a_block(account, id); !room) return room;
  if (account.find_follow(id)) end_follow(account.id, id);
  if ((*other)->find_follow(account.id)) end_follow(id, account.id);
  Record& record = add_record();
  record.mutable_blocked()->set_account(account.id);
  record.mutable_blocked()->set_other(id);
  done(record.id());
  return {};
}

Result<void> Deciding::room_for_a_block(const Account& account, AccountId other) {
  const auto in_force = std::ranges::count_if(account.blocks(), &Block::in_force);
  if (static_cast<std::size_t>(in_force) >= rules_.blocks_per_person)
    return fail(ErrorCode::kConflict,
                fmt::format("You block {} people already, the most there can be: `unblock NICK` "
                            "makes room.",
                            in_force));
  if (account.find_block(other) || account.blocks().size() < 2 * rules_.blocks_per_person)
    return {};
  const base::WallMs before = moment_.now_ms - rules_.ended_kept.count();
  for (const Block& block : account.blocks())
    if (!block.in_force() && block.ended_ms <= before) forget_block(account.id, block);
  if (!decision_.records.empty()) return {};
  return fail(ErrorCode::kConflict,
              "You have blocked and unblocked so many people that this is as much as can be "
              "remembered.");
}

Result<void> Deciding::unblock(const Account& account, const std::string& nick) {
  const auto other = anybody(nick);
  if (!other) return tl::unexpected(other.error());
  if (!account.blocks_now((*other)->id)) {
    done(0);
    return {};
  }
  Record& record = add_record();
  record.mutable_unblocked()->set_account(account.id);
  record.mutable_unblocked()->set_other((*other)->id);
  done(record.id());
  return {};
}

// ---- mutes -------------------------------------------------------------------------------------

Result<void> Deciding::mute(const Account& account, const wire::Mute& what) {
  if (auto ok = base::check_text(what.phrases(), what.phrases().size()); !ok) return ok;
  const auto parsed = track::Phrase::parse_list(what.phrases());
  if (!parsed) return tl::unexpected(parsed.error());
  if (what.for_ms() > static_cast<std::uint64_t>(kMutedForMax.count()))
    return fail(ErrorCode::kBadRequest,
                "A mute that ends by itself lasts for a year at most: leave out the `for`.");
  const auto is_new = [&](const track::Phrase& p) {
    return !account.find_mute(p.canonical(), moment_.now_ms);
  };
  const auto added = static_cast<std::size_t>(std::ranges::count_if(*parsed, is_new));
  if (auto room = room_for_mutes(account, added); !room) return room;
  for (const track::Phrase& phrase : *parsed) mute_one(account, phrase, what.for_ms());
  return {};
}

Result<void> Deciding::room_for_mutes(const Account& account, std::size_t added) {
  const auto in_force = static_cast<std::size_t>(std::ranges::count_if(
      account.mutes(), [this](const Mute& mute) { return mute.in_force(moment_.now_ms); }));
  if (in_force + added > rules_.mutes_per_person)
    return fail(
        ErrorCode::kConflict,
        fmt::format("You mute {} phrases already and can mute {}: `unmute PHRASE` makes room.",
                    in_force, rules_.mutes_per_person));
  const std::size_t room = 2 * rules_.mutes_per_person;
  if (account.mutes().size() + added <= room) return {};
  const base::WallMs before = moment_.now_ms - rules_.ended_kept.count();
  for (const Mute& mute : account.mutes())
    if (over_ms(mute).value_or(moment_.now_ms) <= before) forget_mute(account.id, mute);
  if (account.mutes().size() - decision_.records.size() + added <= room) return {};
  return fail(ErrorCode::kConflict,
              "You have muted and unmuted so many phrases that this is as much as can be "
              "remembered.");
}

void Deciding::mute_one(const Account& account, const track::Phrase& phrase, std::uint64_t for_ms) {
  const Mute* before = account.find_mute(phrase.canonical(), moment_.now_ms);
  const base::WallMs until_ms =
      for_ms == 0 ? 0 : moment_.now_ms + static_cast<base::WallMs>(for_ms);
  auto& line = *decision_.reply.mutable_phrases()->add_phrases();
  line.set_text(phrase.canonical());
  line.set_since(before ? before->since : moment_.next_id + decision_.records.size());
  line.set_changed(!before);
  line.set_ends_in_ms(for_ms);
  if (before && before->until_ms == until_ms) return;
  auto& muted = *add_record().mutable_muted();
  muted.set_account(account.id);
  muted.set_phrase(phrase.canonical());
  muted.set_until_ms(until_ms);
  if (before) muted.set_since(before->since);
}

Result<void> Deciding::unmute(const Account& account, const wire::Unmute& what) {
  std::vector<track::Phrase> phrases;
  if (what.all()) {
    for (const Mute& mute : account.mutes())
      if (mute.in_force(moment_.now_ms)) phrases.push_back(*mute.phrase);
  } else {
    auto parsed = track::Phrase::parse_list(what.phrases());
    if (!parsed) return tl::unexpected(parsed.error());
    phrases = std::move(*parsed);
  }
  auto& reply = *decision_.reply.mutable_phrases();
  for (const track::Phrase& phrase : phrases) {
    auto& line = *reply.add_phrases();
    line.set_text(phrase.canonical());
    const Mute* mute = account.find_mute(phrase.canonical(), moment_.now_ms);
    if (!mute) continue;
    auto& unmuted = *add_record().mutable_unmuted();
    unmuted.set_account(account.id);
    unmuted.set_phrase(phrase.canonical());
    unmuted.set_since(mute->since);
    unmuted.set_until_ms(mute->until_ms);
    line.set_changed(true);
  }
  return {};
}

}  // namespace bridge::state
