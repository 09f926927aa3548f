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
#include "bridge/state/account.h"
#include "bridge/state/order.h"
#include "bridge/state/words.h"

namespace bridge::state {

using backbone::Record;

class Snapshot;

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
  std::uint64_t follows() const { return follows_; }
  std::uint64_t tracks() const { return tracks_; }

 private:
  Account& at(AccountId id);
  static Account::Rare& rare(Account& account);
  void make_account(const Record& record);
  void rename(Account& account, const Record& record);
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
