// Questions in chat before somebody is signed in: who is asked, how often, and what an answer is
// good for.
#include "bridge/fanout/sign_in_questions.h"

#include <catch2/catch.hpp>
#include <set>

namespace {

using namespace std::chrono_literals;
using bridge::base::ErrorCode;
using bridge::base::Time;
using bridge::fanout::SignInQuestions;
using State = SignInQuestions::State;

constexpr Time kStart = Time{} + 1h;
constexpr std::uint64_t kAlice = 7;

TEST_CASE("who confirms is signed in where it was asked for, once") {
  SignInQuestions questions;
  const auto asked = *questions.ask("alice", kAlice, kStart);
  CHECK(asked.transaction.size() == SignInQuestions::kTransactionLength + 1);
  CHECK(asked.transaction[4] == '-');
  CHECK(asked.ticket.size() >= 22);  // 128 bits
  CHECK(questions.check(asked.ticket, kStart).state == State::kWaiting);
  CHECK(questions.check(asked.ticket, kStart).left == 2min);
  REQUIRE(questions.answer(kAlice, asked.transaction, true, kStart + 1s));
  const auto found = questions.check(asked.ticket, kStart + 2s);
  CHECK(found.state == State::kConfirmed);
  CHECK(found.account == kAlice);
  CHECK(found.transaction == asked.transaction);
  questions.take(asked.ticket, kStart + 2s);
  CHECK(questions.check(asked.ticket, kStart + 2s).state == State::kOver);
  CHECK(questions.size() == 0);
  CHECK(questions.counters().taken.value() == 1);
}

TEST_CASE("nothing can be taken that was not confirmed") {
  SignInQuestions questions;
  const auto asked = *questions.ask("alice", kAlice, kStart);
  questions.take(asked.ticket, kStart);
  CHECK(questions.check(asked.ticket, kStart).state == State::kWaiting);
  CHECK(questions.check(asked.transaction, kStart).state == State::kOver);  // it is no ticket
  CHECK(questions.check("", kStart).state == State::kOver);
  CHECK(questions.counters().taken.value() == 0);
}

TEST_CASE("nobody can answer for another account, nor in another's name") {
  SignInQuestions questions;
  const auto asked = *questions.ask("alice", kAlice, kStart);
  for (const std::uint64_t other : {0, 8})
    for (const bool yes : {true, false})
      CHECK(questions.answer(other, asked.transaction, yes, kStart).error().code ==
            ErrorCode::kUnknown);
  CHECK(questions.check(asked.ticket, kStart).state == State::kWaiting);
  const auto nobodys = *questions.ask("nobody", 0, kStart);
  CHECK_FALSE(questions.answer(0, nobodys.transaction, true, kStart).has_value());
  CHECK(questions.check(nobodys.ticket, kStart).state == State::kWaiting);
}

TEST_CASE("the transaction may be typed in any case, and only as it is") {
  SignInQuestions questions;
  const auto asked = *questions.ask("alice", kAlice, kStart);
  for (const std::string wrong : {"", "AAAA-AA", "AAAA-AAA", "0000-00", "%s%n"})
    CHECK_FALSE(questions.answer(kAlice, wrong, true, kStart).has_value());
  std::string written;
  for (const char c : asked.transaction)
    if (c != '-') (written += static_cast<char>(std::tolower(c))) += ' ';
  CHECK(questions.answer(kAlice, written, true, kStart).has_value());
}

TEST_CASE("an answer is in time for two minutes, and what it allows for one more") {
  SignInQuestions questions;
  const auto asked = *questions.ask("alice", kAlice, kStart);
  const auto other = *questions.ask("bob", 8, kStart);
  const Time end = kStart + SignInQuestions::kGoodFor;
  CHECK_FALSE(questions.answer(kAlice, asked.transaction, true, end).has_value());
  CHECK(questions.check(asked.ticket, end).state == State::kOver);
  REQUIRE(questions.answer(8, other.transaction, true, end - 1ms));
  CHECK(questions.check(other.ticket, end + 1min - 1ms).state == State::kConfirmed);
  CHECK(questions.check(other.ticket, end + 1min).state == State::kOver);
  CHECK(questions.size() == 0);
}

TEST_CASE("an answer counts once, but a no still undoes a yes that nobody has used") {
  SignInQuestions questions;
  const auto asked = *questions.ask("alice", kAlice, kStart);
  REQUIRE(questions.answer(kAlice, asked.transaction, true, kStart));
  CHECK_FALSE(questions.answer(kAlice, asked.transaction, true, kStart).has_value());
  REQUIRE(questions.answer(kAlice, asked.transaction, false, kStart));
  CHECK(questions.check(asked.ticket, kStart).state == State::kRefused);
  CHECK_FALSE(questions.answer(kAlice, asked.transaction, true, kStart).has_value());
  questions.take(asked.ticket, kStart);
  CHECK(questions.check(asked.ticket, kStart).state == State::kRefused);
}

TEST_CASE("a newer question for a name takes the place of the one before") {
  SignInQuestions questions;
  const auto first = *questions.ask("alice", kAlice, kStart);
  const auto second = *questions.ask("alice", kAlice, kStart + 1min);
  CHECK(questions.size() == 1);
  CHECK(questions.check(first.ticket, kStart + 1min).state == State::kOver);
  CHECK_FALSE(questions.answer(kAlice, first.transaction, true, kStart + 1min).has_value());
  // The end of the first one's time takes nothing along.
  CHECK(questions.check(second.ticket, kStart + 2min + 30s).state == State::kWaiting);
  CHECK(questions.answer(kAlice, second.transaction, true, kStart + 2min + 30s).has_value());
}

TEST_CASE("a name is asked three times at once and then once in two minutes") {
  for (const std::uint64_t account : {kAlice, std::uint64_t{0}}) {
    SignInQuestions questions;
    const std::string nick = account == 0 ? "nobody" : "alice";
    for (int i = 0; i < 3; ++i) CHECK(questions.ask(nick, account, kStart).has_value());
    const auto refused = questions.ask(nick, account, kStart);
    CHECK(refused.error().code == ErrorCode::kRateLimited);
    CHECK(refused.error().retry_after == 2min);
    CHECK_FALSE(questions.ask(nick, account, kStart + 2min - 1ms).has_value());
    CHECK(questions.ask(nick, account, kStart + 2min).has_value());
    CHECK_FALSE(questions.ask(nick, account, kStart + 2min).has_value());
    CHECK(questions.counters().asked.value() == 4);
    CHECK(questions.counters().limited.value() == 3);
  }
}

TEST_CASE("after a no that name is left alone for ten minutes, and whoever asks is not told why") {
  SignInQuestions questions;
  const auto asked = *questions.ask("alice", kAlice, kStart);
  REQUIRE(questions.answer(kAlice, asked.transaction, false, kStart));
  const auto quiet = questions.ask("alice", kAlice, kStart);
  REQUIRE_FALSE(quiet.has_value());
  for (int i = 0; i < 3; ++i) (void)questions.ask("nobody", 0, kStart);
  const auto limited = questions.ask("nobody", 0, kStart);
  CHECK(quiet.error().code == limited.error().code);
  CHECK(quiet.error().text == limited.error().text);
  CHECK(quiet.error().retry_after == limited.error().retry_after);
  CHECK_FALSE(questions.ask("alice", kAlice, kStart + 10min - 1ms).has_value());
  CHECK(questions.ask("alice", kAlice, kStart + 10min).has_value());
}

TEST_CASE("everybody together is asked a hundred times at once and then ten a second") {
  SignInQuestions questions;
  for (std::uint64_t i = 1; i <= 100; ++i)
    REQUIRE(questions.ask("p" + std::to_string(i), i, kStart).has_value());
  const auto refused = questions.ask("alice", kAlice, kStart);
  CHECK(refused.error().code == ErrorCode::kRateLimited);
  CHECK(refused.error().retry_after == 100ms);
  CHECK(questions.ask("alice", kAlice, kStart + 100ms).has_value());
}

TEST_CASE("however many are asked for, questions stay within their bound and go when it is time") {
  SignInQuestions questions;
  std::size_t most = 0;
  Time now = kStart;
  std::set<std::string> transactions;
  for (std::uint64_t i = 1; i <= 6000; ++i, now += 100ms) {
    const auto asked = questions.ask("p" + std::to_string(i), i, now);
    REQUIRE(asked.has_value());
    transactions.insert(asked->transaction);
    most = std::max(most, questions.size());
  }
  CHECK(most <= SignInQuestions::kQuestionsMax);
  CHECK(most >= 1800);  // three minutes at ten a second
  CHECK(questions.check("", now + 3min).state == State::kOver);
  CHECK(questions.size() == 0);
}

}  // namespace
