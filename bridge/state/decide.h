// decide: what a request means for the log, given the State it meets. The rules of the service, and
// nothing else: no I/O, no clock, no queue.
//
// A request that changes something becomes records (usually one; `quit` becomes one per
// subscription, so that each record changes one thing) and the reply that may be given once they
// are durable.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/state/state.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"

namespace bridge::state {

// Bounds a person meets. Changing one drops nothing that exists.
struct Rules {
  std::size_t post_bytes_max = 4000;
  std::size_t post_characters_max = 500;  // as people count them; of a direct message, too
  // Else only those whom the recipient follows may send them one.
  bool directs_from_anybody = false;
  std::size_t tracks_per_person = 200;
  // More are refused: in a domain (of people's addresses), and altogether.
  std::size_t tracks_per_domain = 1'000'000;
  std::size_t tracks_max = 10'000'000;
  // So many of those who track one phrase are awake; the rest wait for their turn. See
  // listeners.h; operators set others for single phrases.
  std::size_t listeners_per_word = 1'000'000;
  std::size_t follows_per_person = 2000;
  std::size_t accounts_max = 1'000'000;
  std::size_t capped_words_max = 10'000;  // words with a cap of their own
  std::size_t blocks_per_person = 1000;   // in force; as many again that ended are remembered
  std::size_t mutes_per_person = 200;     // likewise
  std::size_t favourites_per_person = 10'000;
  std::size_t reposts_remembered = 1000;  // of a person; then the oldest is forgotten
  // What was written during a block or mute is not owed for good, so one that ended is remembered
  // as long as something from before its end may still be waiting.
  std::chrono::milliseconds ended_kept = std::chrono::days(90);
  std::chrono::milliseconds correct_within = std::chrono::minutes(10);  // of the post
  std::chrono::milliseconds rename_every = std::chrono::days(30);  // oneself; operators any time
  std::string website = {};  // its address, for those who are given a code; empty: not told
  // Those who keep order, by address; they name others. And whom somebody who is suspended may
  // write to; empty: nobody in particular.
  std::vector<std::string> operators = {};
  std::string contact = {};
};

struct Moment {
  RecordId next_id = 0;     // of the first record this decision makes
  base::WallMs now_ms = 0;  // of all its records
  bool may_create_author = false;
  // Has this very post been accepted already? See Store::find_duplicate.
  std::function<base::Result<std::optional<RecordId>>(const backbone::PublishKey& publish)>
      find_duplicate = {};
  // The record of this id, as it is now; nullptr when there is none.
  std::function<base::Result<backbone::RecordPtr>(RecordId id)> find_record = {};
  std::function<bool(std::string_view zone)> known_zone = {};  // see bridge/base/time_zone.h
  // Was the account (0: none) offered to this address? See MoveOffers.
  std::function<base::Result<void>(AccountId account, std::string_view address)> may_take = {};
  // Of the post that the request changes; see Changed in record.proto.
  const std::vector<std::string>* caught = nullptr;
};

struct Decision {
  std::vector<Record> records;  // complete, ids from next_id on; empty: nothing changes
  wire::Reply reply;
};

// Publish, Direct, Join, Quit, SetDelivery, Follow, Leave, Track, Untrack, Block, Unblock, Mute,
// Unmute, SetZone, Rename, Confirm, Favourite, Unfavourite, Repost, Nudge, Retract, Correct, Erase,
// TakeMove, CapListeners, Operate and the questions about State, posts and the audit trail.
// Anything else is a BAD_REQUEST: it is answered elsewhere. `request` is used up: a post's text
// moves into its record.
Decision decide(const State& state, const Rules& rules, wire::Request request,
                const Moment& moment);

}  // namespace bridge::state
