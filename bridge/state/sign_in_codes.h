// SignInCodes: the one-time codes with which people who can write from their own address sign in on
// the website.
//
//   const auto code = codes.issue(account, now);           // the lane im asked: the person sees it
//   const auto who = codes.redeem("k7qf2-mxpab", now);     // the lane web asked: whose it was
//
// A code is ten of 32 characters from the system's generator (2^50 of them), good for two minutes
// and one sign-in; a newer one takes the older one's place. Wrong ones are answered at ten a second
// at most, of everybody together. So, with as many codes out as there may ever be at once (4,096)
// and somebody guessing all the time, a guess would hit once in 2^50 / (4,096 * 10/s) = 870 years.
//
// In memory only, as digests under a key made at the start: no log holds a code, looking one up
// takes the same time whatever it shares with another, and a restart forgets them all. At a bound
// nothing is dropped: the person is told when to ask again. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bridge/base/result.h"
#include "bridge/base/secret.h"
#include "bridge/base/time.h"
#include "bridge/state/state.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"
#include "throttle/keyed_limiter.h"
#include "throttle/limiter.h"

namespace bridge::state {

class SignInCodes {
 public:
  static constexpr std::size_t kLength = 10;
  static constexpr std::chrono::minutes kGoodFor{2};
  static constexpr std::size_t kCodesMax = 4096;  // of the last kGoodFor, used or not

  // As it is told to a person: ABCDE-FGHIJ.
  base::Result<std::string> issue(AccountId account, base::Time now);
  // Case, spaces and hyphens don't matter. Used up if it is one.
  base::Result<AccountId> redeem(std::string_view written, base::Time now);

  std::size_t size() const { return codes_.size(); }

 private:
  struct Code {
    AccountId account = 0;
    base::Time until{};
  };
  struct Issued {
    base::Digest digest{};
    base::Time until{};
  };
  void expire(base::Time now);
  void forget(const base::Digest& digest);

  const base::Digest key_ = base::random_digest();
  std::unordered_map<base::Digest, Code, base::HashDigest> codes_;
  std::unordered_map<AccountId, base::Digest> of_account_;
  std::deque<Issued> issued_;  // oldest first, with those that are gone already
  throttle::KeyedLimiter per_person_{kCodesMax};
  throttle::Limiter wrong_;
};

// The answer to IssueCode and RedeemCode, which change nothing in the log.
// `website`: its address, to be told with a code.
wire::Reply answer_sign_in(SignInCodes& codes, const State& state, const std::string& website,
                           const wire::Request& request, base::Time now);

}  // namespace bridge::state
