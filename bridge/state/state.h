// State: who exists, who follows whom, who tracks what: the log applied, in memory.
//
//   State state(*Snapshot::read(store));   // then every new record, in order: state.apply(record)
//
// A value that each thread which needs it keeps for itself (the committer at the head of the log,
// the fan-out at its own position): nothing in it is shared or locked. apply() is the only writer
// of a State that is in use. One made of a Snapshot is the same as one that had every record of the
// log applied.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bridge/backbone/store.h"
#include "bridge/base/text.h"
#include "bridge/state/order.h"
#include "bridge/state/packed.h"
#include "bridge/state/words.h"
#include "bridge/track/subscribers.h"

namespace bridge::state {

using backbone::AccountId;
using backbone::Record;
using backbone::RecordId;

class Snapshot;

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
  };
  std::unique_ptr<Rare> rare;  // State's; everybody else asks these:

  void owe_after(RecordId record) {
    if (record > owed_since) owed_since = record & ((RecordId{1} << 56) - 1);
  }

  // Of the IANA time zone database; empty: not told.
  std::string_view zone() const { return get().zone; }
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

class State {
 public:
  State();
  explicit State(const Snapshot& snapshot);
  ~State();
  State(State&&) noexcept;
  State& operator=(State&&) noexcept;

  // Records come in id order; what does not concern State is ignored.
  void apply(const Record& record);

  // nullptr when there is none. An account stays where it is as long as State does; what is in it
  // is good until the next apply().
  const Account* find(AccountId id) const;
  const Account* find_nick(std::string_view nick) const;
  const Account* find_address(std::string_view address) const;

  // What somebody is called now, which may not be what a record says they were called `then`. Empty
  // stays empty: there is nobody, or it was erased.
  std::string_view name_of(AccountId account, std::string_view then) const;

  // Of this post, by account, as far as they are remembered.
  const std::vector<Repost>& reposts_of(RecordId post) const;

  const std::deque<Account>& accounts() const { return *accounts_; }  // by number
  // nullptr when nobody tracks or mutes it and it has no cap. Good until the next apply().
  const Word* find_word(std::string_view canonical) const { return words_.find(canonical); }
  const Words& words() const { return words_; }
  // Tracks of people whose address is in this domain.
  std::uint64_t tracks_of_domain(std::string_view domain) const;
  const Order& order() const { return order_; }
  // Nothing is brought to them for now, and nothing taken from them: they are suspended, or their
  // domain is banned.
  bool held(const Account& account) const;
  // What they are told then: a sentence, and who could change it is for another one.
  std::string why_held(const Account& account) const;
  std::uint64_t follows() const { return follows_; }
  std::uint64_t tracks() const { return tracks_; }

 private:
  Account& at(AccountId id);
  static Account::Rare& rare(Account& account);
  void make_account(const Record& record);
  void rename(Account& account, std::string_view nick);
  void set_address(Account& account, std::string_view address);
  void add_follow(AccountId follower, AccountId followee, RecordId since);
  void drop_follow(AccountId follower, AccountId followee);
  void add_track(AccountId account, std::string_view phrase, RecordId since);
  void add_tracks(const Snapshot& snapshot);
  void drop_track(AccountId account, std::string_view phrase);
  TrackEdge* track_of(AccountId account, std::string_view phrase);  // nullptr: none
  void end_sleeps(Account& account, Word& word);
  void set_sleep(AccountId account, std::string_view phrase, Sleep sleep);
  void drop_sleep(AccountId account, RecordId since);
  void count_tracks(std::string_view address, std::int64_t by);
  void apply_listeners(const Record& record);
  void set_block(AccountId account, Block block);
  void set_mute(AccountId account, std::string_view phrase, Mute mute);
  void drop_mute(AccountId account, RecordId since);
  void apply_exclusion(const Record& record);
  void apply_liking(const Record& record);

  struct Lookup;

  std::unique_ptr<std::deque<Account>> accounts_;              // by number
  std::unique_ptr<Lookup> lookup_;                             // by id, nick and address
  std::unordered_map<RecordId, std::vector<Repost>> reposts_;  // by post
  Words words_;
  Order order_;
  std::unordered_map<std::string, std::uint64_t, base::StringHash, std::equal_to<>> by_domain_;
  std::uint64_t follows_ = 0;
  std::uint64_t tracks_ = 0;
};

// What stands after the @ of a bare address; all of it, where there is none.
std::string_view domain_of(std::string_view address);
// Nicks are compared without case; they are ASCII, so this is all there is to it.
std::string fold_nick(std::string_view nick);
// 1 to 20 of A-Z a-z 0-9 _.
bool valid_nick(std::string_view nick);

}  // namespace bridge::state
