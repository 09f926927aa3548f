#include "bridge/state/deciding.h"
#include "bridge/state/listeners.h"

namespace bridge::state {

using base::Result;

Result<void> Deciding::whois(const Request& request) {
  const auto account = person(request.whois().nick());
  if (!account) return tl::unexpected(account.error());
  const auto asks = reader(request);
  if (!asks) return tl::unexpected(asks.error());
  if (*asks && (*account)->blocks_now((*asks)->id))
    return may_meet(**asks, (*account)->id, "look up");
  auto& profile = *decision_.reply.mutable_profile();
  profile.set_nick((*account)->nick.str());
  profile.set_joined_ms((*account)->created_ms);
  profile.set_follows((*account)->follows.size());
  profile.set_followers((*account)->followers().size());
  profile.set_posts((*account)->posts);
  return {};
}

void Deciding::list_people(const Request& request, const Account& account) {
  auto& names = *decision_.reply.mutable_names();
  const auto full = [&] { return static_cast<std::size_t>(names.nicks_size()) == wire::kNamesMax; };
  RecordId last = 0;
  // Those of a page and the one behind it, which says only that there is one.
  const auto add = [&](AccountId id, RecordId since) {
    if (full()) return names.set_next(last);
    names.add_nicks(state_.find(id)->nick.str());
    last = since;
  };
  if (request.has_list_follows()) {
    for (const FollowEdge& edge : account.follows)
      if (edge.since > request.list_follows().after() && names.next() == 0)
        add(edge.followee, edge.since);
    names.set_total(account.follows.size());
  } else if (request.has_list_followers()) {
    account.followers().visit(
        {.after = request.list_followers().after()}, wire::kNamesMax + 1,
        [&](RecordId since, PersonNumber follower) { add(state_.accounts()[follower].id, since); });
    names.set_total(account.followers().size());
  } else {
    std::uint64_t total = 0;
    for (const Block& block : account.blocks()) {
      if (!block.in_force()) continue;
      ++total;
      if (!full()) names.add_nicks(state_.find(block.other)->nick.str());
    }
    names.set_total(total);
  }
}

void Deciding::list_phrases(const Request& request, const Account& account) {
  auto& reply = *decision_.reply.mutable_phrases();
  const auto add = [&](const auto& subscription) -> wire::Phrase& {
    auto& line = *reply.add_phrases();
    line.set_text(subscription.phrase->canonical());
    line.set_since(subscription.since);
    return line;
  };
  if (request.has_list_tracks()) {
    for (const TrackEdge& edge : account.tracks) {
      auto& line = add(edge);
      line.set_per_hour(edge.per_hour);
      if (account.asleep(edge))
        line.set_place(place_of(*state_.find_word(edge.phrase->canonical()), edge));
    }
    return;
  }
  for (const Mute& mute : account.mutes()) {
    if (!mute.in_force(moment_.now_ms)) continue;
    auto& line = add(mute);
    if (mute.until_ms != 0)
      line.set_ends_in_ms(static_cast<std::uint64_t>(mute.until_ms - moment_.now_ms));
  }
}

// The words with a cap of their own, and those with somebody waiting.
void Deciding::list_caps() {
  auto& reply = *decision_.reply.mutable_word_caps();
  reply.set_by_default(rules_.listeners_per_word);
  reply.set_total(state_.words().notable().size());
  for (const auto& [text, word] : state_.words().notable()) {
    if (static_cast<std::size_t>(reply.caps_size()) == wire::kNamesMax) break;
    auto& line = *reply.add_caps();
    line.set_phrase(std::string(text));
    line.set_cap(cap_of(word, rules_));
    line.set_by_default(!word->cap);
    line.set_listeners(word->listeners.size());
    line.set_asleep(word->asleep);
  }
}

// Questions a person asks about themselves.
Result<void> Deciding::ask(const Request& request, const Account& account) {
  switch (request.action_case()) {
    case Request::kListFollows:
    case Request::kListFollowers:
    case Request::kListBlocks:
      list_people(request, account);
      return {};
    case Request::kListTracks:
    case Request::kListMutes:
      list_phrases(request, account);
      return {};
    default:
      break;
  }
  auto& numbers = *decision_.reply.mutable_numbers();
  numbers.set_nick(account.nick.str());
  numbers.set_follows(account.follows.size());
  numbers.set_followers(account.followers().size());
  numbers.set_tracks(account.tracks.size());
  numbers.set_posts(account.posts);
  numbers.set_delivery_on(account.delivery_on);
  numbers.set_zone(std::string(account.zone()));
  return {};
}

}  // namespace bridge::state
