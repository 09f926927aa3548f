// SignInQuestions: what people are asked in chat when somebody wants to sign in under their name on
// the website (XEP-0070).
//
//   const auto asked = questions.ask("alice", account, now);   // the lane web: for one browser
//   questions.answer(account, "K7QF-MX", true, now);           // the lane im: the person
//   const auto found = questions.check(asked->ticket, now);    // the lane web again
//   questions.take(asked->ticket, now);                        // it is signed in
//
// The ticket is a secret of 128 bits for the browser that asked; the transaction is no secret: it
// stands on its page and in the question, so that a person can tell their own browser's question
// from somebody else's. A question can be answered for two minutes, and what was confirmed can be
// taken once, for one more. There is one for a nick: a newer one takes its place.
//
// Whoever asks need not be who they say, so people must not be pestered: three questions for a nick
// at once, then one in two minutes; ten a second for everybody; and after somebody said no, none
// for them for ten minutes. A nick that nobody has is treated the same: whoever asks learns
// nothing.
//
// In memory only, tickets as digests; a restart forgets them all. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bridge/backbone/store.h"
#include "bridge/base/counters.h"
#include "bridge/base/result.h"
#include "bridge/base/secret.h"
#include "bridge/base/text.h"
#include "bridge/base/time.h"
#include "throttle/keyed_limiter.h"
#include "throttle/limiter.h"

namespace bridge::fanout {

using backbone::AccountId;

struct SignInCounters {
  base::Counter asked;      // whether there is such a person or not
  base::Counter sent;       // to a person's gateway
  base::Counter limited;    // not asked: too often
  base::Counter confirmed;  // by the person
  base::Counter refused;    // likewise
  base::Counter taken;      // somebody is signed in
};

class SignInQuestions {
 public:
  static constexpr std::size_t kTicketBytes = 16;
  static constexpr std::size_t kTransactionLength = 6;
  static constexpr std::chrono::minutes kGoodFor{2};     // to be answered
  static constexpr std::chrono::minutes kTakeWithin{1};  // after that
  static constexpr std::chrono::minutes kQuietFor{10};   // after a no
  static constexpr std::size_t kQuestionsMax = 4096;     // of the last three minutes

  enum class State { kWaiting, kConfirmed, kRefused, kOver };
  struct Asked {
    std::string ticket;
    std::string transaction;  // as it is told to a person: ABCD-EF
  };
  struct Found {
    State state = State::kOver;
    std::string transaction = {};
    AccountId account = 0;              // of kConfirmed
    std::chrono::milliseconds left{0};  // of kWaiting
  };

  // `nick` in lower case; `account` 0: nobody is called so, or may not sign in.
  base::Result<Asked> ask(const std::string& nick, AccountId account, base::Time now);
  // Case, spaces and hyphens of the transaction don't matter. kUnknown: there is no such question
  // for this account, or no longer. A no holds also after a yes, until somebody has signed in.
  base::Result<void> answer(AccountId account, std::string_view transaction, bool yes,
                            base::Time now);
  Found check(std::string_view ticket, base::Time now);
  // What is confirmed is used up.
  void take(std::string_view ticket, base::Time now);

  std::size_t size() const { return questions_.size(); }
  SignInCounters& counters() { return counters_; }
  const SignInCounters& counters() const { return counters_; }

 private:
  struct Question {
    std::string nick;
    AccountId account = 0;
    std::string transaction;
    State state = State::kWaiting;
    base::Time good_until{};
  };
  struct Issued {
    base::Digest ticket{};
    base::Time until{};
  };
  base::Result<void> admit(const std::string& nick, base::Time now);
  std::string new_transaction() const;
  Question* find(std::string_view ticket, base::Time now);
  void expire(base::Time now);
  void forget(const base::Digest& ticket);

  const base::Digest key_ = base::random_digest();
  std::unordered_map<base::Digest, Question, base::HashDigest> questions_;  // by ticket
  // To the ticket.
  std::unordered_map<std::string, base::Digest, base::StringHash, std::equal_to<>> of_transaction_;
  std::unordered_map<base::Digest, base::Digest, base::HashDigest> of_nick_;
  std::deque<Issued> issued_;  // oldest first, with those that are gone already
  throttle::KeyedLimiter per_nick_{kQuestionsMax};
  throttle::KeyedLimiter refusals_{kQuestionsMax};
  throttle::Limiter all_;
  SignInCounters counters_;
};

}  // namespace bridge::fanout
