// Session: a gateway as the fan-out sees it: credit, what was sent and not acknowledged, the batch
// in the making. Plain data with its arithmetic.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bridge/backbone/store.h"
#include "bridge/base/time.h"
#include "bridge/fanout/roster_order.h"
#include "bridge/track/subscribers.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"

namespace bridge::fanout {

using backbone::AccountId;
using backbone::RecordId;
using SessionId = std::uint64_t;  // never 0, never reused
// Whether a session may deliver to this address (law 11); empty: to everybody.
using Reaches = std::function<bool(std::string_view address)>;

struct SentDelivery {
  track::Listener person = 0;
  RecordId id = 0;
  std::size_t cursor = 0;
  bool asked = false;  // the person's client, to confirm it
};

struct SentBatch {
  std::uint64_t sequence = 0;
  std::uint64_t order = 0;  // among all batches and appearances of people
  base::Time sent_at{};
  std::vector<SentDelivery> deliveries;
  std::vector<track::Listener> told;  // of their digests
};

struct Session {
  // With so many batches unacknowledged, nothing is sent that credit does not cover.
  static constexpr std::size_t kUnacknowledgedMax = 256;

  SessionId id = 0;
  Reaches reaches;
  // Cumulative, as on the wire.
  std::uint64_t granted_deliveries = 0;
  std::uint64_t granted_bytes = 0;
  std::uint64_t used_deliveries = 0;
  std::uint64_t used_bytes = 0;

  std::uint64_t next_sequence = 1;
  std::deque<SentBatch> unacknowledged;  // bounded by the credit
  std::vector<track::Listener> parked;   // people whose turn came while there was no credit

  wire::Batch batch;  // in the making
  SentBatch sent;
  std::size_t batch_bytes = 0;
  std::unordered_map<RecordId, int> item_of;  // post id -> index in batch

  RosterOrder roster;  // the order its pages come in

  static constexpr RecordId kNoHouse = ~RecordId{0};
  RecordId house = kNoHouse;  // the version of how order is kept that it was told

  bool may_reach(std::string_view address) const { return !reaches || reaches(address); }
  bool has_credit(std::uint64_t bytes) const {
    return used_deliveries < granted_deliveries && used_bytes + bytes <= granted_bytes;
  }
  // The acknowledgement of its batch says no more about this delivery: it came back.
  void forget(track::Listener person, RecordId delivery) {
    for (SentBatch& one : unacknowledged)
      std::erase_if(one.deliveries, [&](const SentDelivery& each) {
        return each.person == person && each.id == delivery;
      });
  }
  // They are told of their digest in something that is not acknowledged.
  bool tells(track::Listener person) const {
    const auto tells = [&](const SentBatch& one) {
      return std::ranges::count(one.told, person) > 0;
    };
    return tells(sent) || std::ranges::any_of(unacknowledged, tells);
  }
  bool batch_full() const {
    return sent.deliveries.size() >= wire::kBatchDeliveriesMax ||
           batch_bytes >= wire::kBatchBytesMax;
  }
};

}  // namespace bridge::fanout
