// Compaction keys: what a record says something about, so that of all records about the same thing
// only the newest has to be kept to rebuild State.
//
//   if (auto change = state_change(record)) change->erases ? drop(change->key) : put(change->key,
//   …);
//
// Pure functions over the log's schema. Whoever adds a kind of record decides its key here. The
// rule that makes applying the newest ones equal to applying the whole log: applying a record
// touches what its key names and nothing else. So whoever closes an account also logs what ends
// with it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bridge/backbone/store.h"

namespace bridge::backbone {

struct StateChange {
  std::string key;
  bool erases = false;  // nothing is left to be said about the key; otherwise this record is it
  std::string also_erased = {};  // a second key about which nothing is left to be said; or empty
  bool operator==(const StateChange&) const = default;
};

// Nothing for records that State is not made of (directs, changes of posts, erasures).
std::optional<StateChange> state_change(const Record& record);

// The keys of what made accounts; and all others in so many pieces, about as large as each other
// when the accounts (ascending) are those that there are. The tracks of one account are in one.
StateRange accounts_range();
std::vector<StateRange> state_pieces(std::span<const AccountId> accounts, std::size_t pieces);

// Whom alone a record is for, in the index `directs`: a direct message, or a notice.
std::optional<AccountId> addressee(const Record& record);

// What is kept under the key: the record, without what State does not need of it. Of a post only
// the author and the ordinal: the newest post of an author stands for their number of posts.
Record state_record(const Record& record);

}  // namespace bridge::backbone
