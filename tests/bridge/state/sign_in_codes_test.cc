// One-time codes for the website: who gets one, what it is good for, and what guessing gets.
#include "bridge/state/sign_in_codes.h"

#include <catch2/catch.hpp>
#include <set>

#include "tests/support/service.h"

namespace {

using namespace std::chrono_literals;
using bridge::base::ErrorCode;
using bridge::base::Time;
using bridge::state::SignInCodes;
using bridge::wire::Reply;
using bridge::wire::Request;
using tests::Service;

constexpr Time kStart = Time{} + 1h;

Request login(const std::string& nick) {
  Request request;
  request.mutable_actor()->set_address(Service::address(nick));
  request.mutable_issue_code();
  return request;
}

Request redeem(const std::string& code) {
  Request request;
  request.mutable_redeem_code()->set_code(code);
  return request;
}

TEST_CASE("a code signs its owner in, once") {
  SignInCodes codes;
  const std::string code = *codes.issue(7, kStart);
  CHECK(code.size() == SignInCodes::kLength + 1);
  CHECK(code[5] == '-');
  CHECK(*codes.redeem(code, kStart + 1s) == 7);
  CHECK(codes.redeem(code, kStart + 1s).error().code == ErrorCode::kUnknown);
  CHECK(codes.size() == 0);
}

TEST_CASE("case, spaces and hyphens do not matter") {
  SignInCodes codes;
  std::string code = *codes.issue(7, kStart);
  std::string written = " ";
  for (const char c : code)
    if (c != '-') (written += static_cast<char>(std::tolower(c))) += ' ';
  CHECK(*codes.redeem(written, kStart) == 7);
}

TEST_CASE("a code is good for two minutes and not a moment longer") {
  SignInCodes codes;
  const std::string early = *codes.issue(1, kStart);
  const std::string late = *codes.issue(2, kStart + 1ms);
  const Time end = kStart + SignInCodes::kGoodFor;
  CHECK(codes.redeem(early, end).error().code == ErrorCode::kUnknown);
  CHECK(*codes.redeem(late, end) == 2);
}

TEST_CASE("the newest code of a person is the one that counts") {
  SignInCodes codes;
  const std::string first = *codes.issue(7, kStart);
  const std::string second = *codes.issue(7, kStart);
  CHECK_FALSE(codes.redeem(first, kStart).has_value());
  CHECK(*codes.redeem(second, kStart) == 7);
}

TEST_CASE("a code that was replaced takes nothing along when its time is over") {
  SignInCodes codes;
  (void)codes.issue(7, kStart);
  const std::string second = *codes.issue(7, kStart + 1min);
  CHECK(*codes.redeem(second, kStart + 2min + 30s) == 7);
}

TEST_CASE("a person gets three codes at once and then one in forty seconds") {
  SignInCodes codes;
  for (int i = 0; i < 3; ++i) CHECK(codes.issue(7, kStart).has_value());
  const auto refused = codes.issue(7, kStart);
  CHECK(refused.error().code == ErrorCode::kRateLimited);
  CHECK(refused.error().retry_after == 40'000ms);
  CHECK(codes.issue(8, kStart).has_value());
  CHECK(codes.issue(7, kStart + 40s).has_value());
}

TEST_CASE("what can be no code is refused like a wrong one") {
  SignInCodes codes;
  (void)codes.issue(7, kStart);
  for (const std::string written : {"", "-", "AAAAAAAAA", "AAAAAAAAAAA", "AAAAA-AAAA0",
                                    "AAAAA-AAAAO", "AAAA\xc3\xa9-AAAA", "%s%n"})
    CHECK(codes.redeem(written, kStart).error().code == ErrorCode::kUnknown);
  CHECK(codes.size() == 1);
}

TEST_CASE("guessing is held to ten a second, and says when to try again") {
  SignInCodes codes;
  const std::string code = *codes.issue(7, kStart);
  for (int i = 0; i < 100; ++i)
    CHECK(codes.redeem("AAAAAAAAAA", kStart).error().code == ErrorCode::kUnknown);
  const auto refused = codes.redeem("AAAAAAAAAA", kStart);
  CHECK(refused.error().code == ErrorCode::kRateLimited);
  CHECK(refused.error().retry_after == 100ms);
  CHECK(codes.redeem(code, kStart).error().code == ErrorCode::kRateLimited);
  CHECK(*codes.redeem(code, kStart + 100ms) == 7);  // and that one cost no attempt
  CHECK(codes.redeem("AAAAAAAAAA", kStart + 100ms).error().code == ErrorCode::kUnknown);
}

TEST_CASE("at the bound of codes nobody loses theirs, and others are told when to come back") {
  SignInCodes codes;
  const std::string first = *codes.issue(1, kStart);
  for (std::uint64_t i = 2; i <= SignInCodes::kCodesMax; ++i)
    REQUIRE(codes.issue(i, kStart + 1s).has_value());
  const auto refused = codes.issue(999'999, kStart + 30s);
  CHECK(refused.error().code == ErrorCode::kBusy);
  CHECK(refused.error().retry_after == 90'000ms);
  CHECK(*codes.redeem(first, kStart + 30s) == 1);
  CHECK(codes.issue(999'999, kStart + 2min).has_value());
}

TEST_CASE("a member asks for a code from their address, the website redeems it for their nick") {
  Service service;
  service.join("Alice");
  const auto head = service.store().head();
  const Reply given = service.ask(login("Alice"));
  REQUIRE(given.has_sign_in_code());
  CHECK(given.sign_in_code().good_for_ms() == 120'000);
  const Reply back = service.ask(redeem(given.sign_in_code().code()));
  CHECK(back.signed_in().nick() == "Alice");
  CHECK(back.signed_in().account() > 0);
  CHECK(service.ask(redeem(given.sign_in_code().code())).error().code() == bridge::wire::UNKNOWN);
  CHECK(service.store().head() == head);  // nothing of it is in the log
  CHECK(service.committer().counters().sign_ins.value() == 1);
  CHECK(service.committer().counters().sign_ins_refused.value() == 1);
}

TEST_CASE("a stranger gets no code, and one who quit cannot use theirs") {
  Service service;
  CHECK(service.ask(login("nobody")).error().code() == bridge::wire::NOT_JOINED);
  service.join("alice");
  const Reply given = service.ask(login("alice"));
  service.quit("alice");
  CHECK(service.ask(redeem(given.sign_in_code().code())).error().code() == bridge::wire::UNKNOWN);
}

TEST_CASE("a restart forgets the codes") {
  Service service;
  service.join("alice");
  const Reply given = service.ask(login("alice"));
  service.crash();
  CHECK(service.ask(redeem(given.sign_in_code().code())).error().code() == bridge::wire::UNKNOWN);
}

}  // namespace
