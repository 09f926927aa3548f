// MoveOffers: accounts that are to move to another Jabber address, until that address agrees.
//
//   offers.offer(alice, "alice@new.example", now);              // asked from the old address
//   offers.may_take(alice, "alice@new.example", now);           // asked from the new one
//
// Nothing here moves anything: the decider does, when both have said so, and then the offer is
// dropped. There is no code to be guessed or overheard, because an offer names the address that may
// take it. Each account has one, good for ten minutes; offers and attempts are limited by person.
// In memory only: a restart forgets them, and people ask again. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bridge/base/result.h"
#include "bridge/base/time.h"
#include "bridge/state/state.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"
#include "throttle/keyed_limiter.h"

namespace bridge::state {

class MoveOffers {
 public:
  static constexpr std::chrono::minutes kGoodFor{10};
  static constexpr std::size_t kOffersMax = 4096;  // of the last kGoodFor, taken or not
  static constexpr std::size_t kAddressBytesMax = 3071;

  // Takes the place of the one before. At a bound: not before a moment that is told.
  base::Result<void> offer(AccountId account, std::string_view address, base::Time now);
  void drop(AccountId account) { offers_.erase(account); }
  // Has this account (0: there is none of that name) been offered to the address? One that was not
  // counts as an attempt, and too many of those are refused.
  base::Result<void> may_take(AccountId account, std::string_view address, base::Time now);

  std::size_t size() const { return offers_.size(); }

 private:
  struct Offer {
    std::string address;
    base::Time until{};
  };
  struct Made {
    AccountId account = 0;
    base::Time until{};
  };
  void expire(base::Time now);

  std::unordered_map<AccountId, Offer> offers_;
  std::deque<Made> made_;  // oldest first, with those that are gone or replaced
  throttle::KeyedLimiter per_person_{kOffersMax};
  throttle::KeyedLimiter wrong_{kOffersMax};  // by the address that tried
};

// The answer to OfferMove, which changes nothing in the log.
wire::Reply answer_offer(MoveOffers& offers, const State& state, const wire::Request& request,
                         base::Time now);

}  // namespace bridge::state
