#include "bridge/state/account.h"

#include <algorithm>

namespace bridge::state {

const FollowEdge* Account::find_follow(AccountId followee) const {
  const auto it = std::ranges::find(follows, followee, &FollowEdge::followee);
  return it == follows.end() ? nullptr : &*it;
}

const TrackEdge* Account::find_track(std::string_view canonical) const {
  const auto it = std::ranges::find_if(
      tracks, [&](const TrackEdge& edge) { return edge.phrase->canonical() == canonical; });
  return it == tracks.end() ? nullptr : &*it;
}

const Account::Rare& Account::get() const {
  static const Rare none;
  return rare ? *rare : none;
}

const Block* Account::find_block(AccountId other) const {
  const auto& blocks = this->blocks();
  const auto it = std::ranges::lower_bound(blocks, other, {}, &Block::other);
  return it == blocks.end() || it->other != other ? nullptr : &*it;
}

const Mute* Account::find_mute(std::string_view canonical, base::WallMs now_ms) const {
  const auto it = std::ranges::find_if(mutes(), [&](const Mute& mute) {
    return mute.in_force(now_ms) && mute.phrase->canonical() == canonical;
  });
  return it == mutes().end() ? nullptr : &*it;
}

bool Account::has_favourite(RecordId post) const {
  return std::ranges::binary_search(favourites(), post);
}

const Repost* Account::find_repost(RecordId post) const {
  const auto it = std::ranges::find(reposts(), post, &Repost::post);
  return it == reposts().end() ? nullptr : &*it;
}

bool Account::awake_at(const TrackEdge& track, RecordId record) const {
  return std::ranges::none_of(sleeps(), [&](const Sleep& sleep) {
    return sleep.phrase == track.phrase && sleep.covers(record);
  });
}

const Sleep* Account::asleep(const TrackEdge& track) const {
  const auto it = std::ranges::find_if(sleeps(), [&](const Sleep& sleep) {
    return sleep.phrase == track.phrase && sleep.ended == 0;
  });
  return it == sleeps().end() ? nullptr : &*it;
}

bool Account::blocks_now(AccountId other) const {
  const Block* block = find_block(other);
  return block && block->in_force();
}

bool Account::shuts_out(AccountId author, RecordId record) const {
  const Block* block = find_block(author);
  return block && block->covers(record);
}

}  // namespace bridge::state
