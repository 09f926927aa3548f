#include "bridge/fanout/sign_in_questions.h"

#include <algorithm>
#include <utility>

namespace bridge::fanout {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

throttle::Policy per_nick() {
  return *throttle::Policy::make(1, SignInQuestions::kGoodFor, 3);
}
throttle::Policy refusals() {
  return *throttle::Policy::make(1, SignInQuestions::kQuietFor, 1);
}
throttle::Policy of_everybody() {
  return *throttle::Policy::make(10, std::chrono::seconds(1), 100);
}

std::chrono::milliseconds until(base::Time then, base::Time now) {
  return std::chrono::ceil<std::chrono::milliseconds>(then - now);
}

std::string told(const std::string& transaction) {
  constexpr std::size_t kBeforeHyphen = 4;
  return transaction.substr(0, kBeforeHyphen) + "-" + transaction.substr(kBeforeHyphen);
}

}  // namespace

// Said in one way whether a nick was asked for too often, or its owner said no: that there is an
// owner is nobody else's business.
Result<void> SignInQuestions::admit(const std::string& nick, base::Time now) {
  const auto own = per_nick_.check(nick, per_nick(), now);
  const auto after_no = refusals_.check(nick, refusals(), now);
  if (!own.admitted() || !after_no.admitted())
    return fail(ErrorCode::kRateLimited, "This was asked for that name a few times already.",
                kGoodFor);
  const auto every = all_.check(of_everybody(), now);
  if (!every.admitted())
    return fail(ErrorCode::kRateLimited, "Too many people are signing in this way just now.",
                until(every.not_before, now));
  if (issued_.size() >= kQuestionsMax)
    return fail(ErrorCode::kBusy, "Too many people are signing in this way just now.",
                until(issued_.front().until, now));
  per_nick_.charge(nick, per_nick(), now);
  all_.charge(of_everybody(), now);
  return {};
}

Result<SignInQuestions::Asked> SignInQuestions::ask(const std::string& nick, AccountId account,
                                                    base::Time now) {
  expire(now);
  if (auto admitted = admit(nick, now); !admitted) {
    counters_.limited.add();
    return tl::unexpected(admitted.error());
  }
  counters_.asked.add();
  const base::Digest by_nick = base::keyed_digest(key_, nick);
  if (const auto older = of_nick_.find(by_nick); older != of_nick_.end())
    forget(base::Digest(older->second));
  const std::string transaction = new_transaction();
  std::string ticket = base::random_token(kTicketBytes);
  const base::Digest digest = base::keyed_digest(key_, ticket);
  questions_[digest] = {
      .nick = nick, .account = account, .transaction = transaction, .good_until = now + kGoodFor};
  of_transaction_[transaction] = digest;
  of_nick_[by_nick] = digest;
  issued_.push_back({digest, now + kGoodFor + kTakeWithin});
  return Asked{std::move(ticket), told(transaction)};
}

// Two questions at once are never called the same.
std::string SignInQuestions::new_transaction() const {
  for (;;) {
    std::string made = base::random_word(base::kUnambiguous, kTransactionLength);
    if (!of_transaction_.contains(made)) return made;
  }
}

Result<void> SignInQuestions::answer(AccountId account, std::string_view transaction, bool yes,
                                     base::Time now) {
  expire(now);
  const auto none = [] {
    return fail(ErrorCode::kUnknown,
                "There is no such question for you: it was answered, or its two minutes are over, "
                "or a newer one took its place.");
  };
  const auto read = base::read_word(transaction, kTransactionLength);
  const auto ticket = read ? of_transaction_.find(*read) : of_transaction_.end();
  if (ticket == of_transaction_.end()) return none();
  Question& question = questions_.at(ticket->second);
  const bool open = question.state == State::kWaiting && now < question.good_until;
  const bool taken_back = question.state == State::kConfirmed && !yes;
  if (account == 0 || question.account != account || (!open && !taken_back)) return none();
  question.state = yes ? State::kConfirmed : State::kRefused;
  (yes ? counters_.confirmed : counters_.refused).add();
  if (!yes) refusals_.charge(question.nick, refusals(), now);
  return {};
}

SignInQuestions::Found SignInQuestions::check(std::string_view ticket, base::Time now) {
  const Question* question = find(ticket, now);
  if (!question) return {};
  Found found{.state = question->state, .transaction = told(question->transaction)};
  if (found.state == State::kConfirmed) found.account = question->account;
  if (found.state != State::kWaiting) return found;
  if (now >= question->good_until)
    found.state = State::kOver;
  else
    found.left = until(question->good_until, now);
  return found;
}

void SignInQuestions::take(std::string_view ticket, base::Time now) {
  const Question* question = find(ticket, now);
  if (!question || question->state != State::kConfirmed) return;
  counters_.taken.add();
  forget(base::keyed_digest(key_, ticket));
}

SignInQuestions::Question* SignInQuestions::find(std::string_view ticket, base::Time now) {
  expire(now);
  const auto it = questions_.find(base::keyed_digest(key_, ticket));
  return it == questions_.end() ? nullptr : &it->second;
}

void SignInQuestions::expire(base::Time now) {
  while (!issued_.empty() && issued_.front().until <= now) {
    forget(issued_.front().ticket);
    issued_.pop_front();
  }
}

void SignInQuestions::forget(const base::Digest& ticket) {
  const auto it = questions_.find(ticket);
  if (it == questions_.end()) return;  // taken, or replaced
  of_transaction_.erase(it->second.transaction);
  of_nick_.erase(base::keyed_digest(key_, it->second.nick));
  questions_.erase(it);
}

}  // namespace bridge::fanout
