// Account: somebody who may post, follow, track and be written to, and what they chose. State makes
// and changes accounts; everybody else reads them.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "bridge/backbone/store.h"
#include "bridge/base/time.h"
#include "bridge/state/packed.h"
#include "bridge/track/phrase.h"
#include "bridge/track/subscribers.h"

namespace bridge::state {

using backbone::AccountId;
using backbone::RecordId;

struct FollowEdge {
  AccountId followee = 0;
  RecordId since = 0;  // sees the posts after this id
};

struct TrackEdge {
  const track::Phrase* phrase = nullptr;  // shared by all who track it
  RecordId since = 0;
  std::uint32_t per_hour = 0;  // at most so many are sent one by one; 0: no cap
};

// A time during which a track was asleep, because its word had as many listeners as it may: what
// was posted meanwhile is not owed by it.
struct Sleep {
  const track::Phrase* phrase = nullptr;  // shared
  RecordId since = 0;                     // also what names it
  RecordId ended = 0;                     // 0: it sleeps
  bool covers(RecordId id) const { return since < id && (ended == 0 || id <= ended); }
};

// Somebody whose posts and directs do not reach this person. What they wrote before its end never
// does: a block withdraws what was waiting, too.
struct Block {
  AccountId other = 0;
  RecordId ended = 0;         // 0: in force
  base::WallMs ended_ms = 0;  // 0: in force
  bool in_force() const { return ended == 0; }
  bool covers(RecordId id) const { return in_force() || id <= ended; }
};

// Posts that match the phrase and were posted while it was in force are not owed.
struct Mute {
  const track::Phrase* phrase = nullptr;  // shared
  RecordId since = 0;                     // also what names it
  base::WallMs until_ms = 0;              // 0: until it is unmuted
  RecordId ended = 0;                     // 0: not unmuted
  base::WallMs ended_ms = 0;              // 0: not unmuted
  bool in_force(base::WallMs now_ms) const {
    return ended == 0 && (until_ms == 0 || now_ms < until_ms);
  }
  // Whether it was in force for the record `id`, written at `time_ms`.
  bool covers(RecordId id, base::WallMs time_ms) const {
    return since < id && (ended == 0 || id <= ended) && (until_ms == 0 || time_ms < until_ms);
  }
};

// Somebody passed somebody's post on.
struct Repost {
  RecordId id = 0;
  RecordId post = 0;
  AccountId by = 0;
};

// Everybody by a small number, dense, in the order in which accounts were made.
using PersonNumber = track::Listener;

// There are a million of these, most of them with nothing but a nick and an address: so everything
// costs a pointer at most, and what few people have lies behind one. docs/performance.md says what
// comes of it.
struct Account {
  AccountId id = 0;
  PackedText nick;     // as first written
  PackedText address;  // bare JID; empty: nobody on Jabber
  base::WallMs created_ms = 0;
  // Follows and tracks are owed from after this id: the joining.
  RecordId owed_since : 56 = 0;
  bool open : 1 = true;
  bool delivery_on : 1 = true;  // off: everything waits
  bool plain_text_posts : 1 = false;
  PersonNumber number = 0;
  std::uint32_t posts = 0;
  RecordId last_post = 0;
  Packed<FollowEdge> follows;  // in order of subscription
  Packed<TrackEdge> tracks;    // in order of subscription

  struct Rare {
    PackedText zone;
    Packed<Block> blocks;
    Packed<Mute> mutes;
    Packed<RecordId> favourites;
    Packed<Repost> reposts;
    Packed<Sleep> sleeps;
    track::Subscribers followers;
    base::WallMs renamed_ms = 0;
  };
  std::unique_ptr<Rare> rare;  // State's; everybody else asks these:

  void owe_after(RecordId record) {
    if (record > owed_since) owed_since = record & ((RecordId{1} << 56) - 1);
  }

  // Of the IANA time zone database; empty: not told.
  std::string_view zone() const { return get().zone; }
  base::WallMs renamed_ms() const { return get().renamed_ms; }  // the last time; 0: never
  // Those that ended are among them, until they are forgotten.
  const Packed<Block>& blocks() const { return get().blocks; }
  const Packed<Mute>& mutes() const { return get().mutes; }  // in order of their beginning
  const Packed<RecordId>& favourites() const { return get().favourites; }  // posts, ascending
  const Packed<Repost>& reposts() const { return get().reposts; }  // in order; the newest of them
  // Of tracks, in order of their beginning; with those that ended, until they are forgotten.
  const Packed<Sleep>& sleeps() const { return get().sleeps; }
  // In order of subscription.
  const track::Subscribers& followers() const { return get().followers; }

  const FollowEdge* find_follow(AccountId followee) const;
  const TrackEdge* find_track(std::string_view canonical) const;
  const Block* find_block(AccountId other) const;                                // in force or not
  const Mute* find_mute(std::string_view canonical, base::WallMs now_ms) const;  // in force

  bool has_favourite(RecordId post) const;
  const Repost* find_repost(RecordId post) const;
  // Was it awake when this record was made? Everybody has the tracks of `this`.
  bool awake_at(const TrackEdge& track, RecordId record) const;
  // The sleep it is in now; nullptr: it is awake.
  const Sleep* asleep(const TrackEdge& track) const;

  bool blocks_now(AccountId other) const;
  // May this record by `author` not reach this person because of a block?
  bool shuts_out(AccountId author, RecordId record) const;

 private:
  const Rare& get() const;
};

}  // namespace bridge::state
