// An account goes to another address: what it takes, who may, and what is the same afterwards.
#include "bridge/state/move_offers.h"

#include <catch2/catch.hpp>

#include "tests/support/service.h"

namespace {

using namespace std::chrono_literals;
using bridge::base::ErrorCode;
using bridge::base::Time;
using bridge::state::MoveOffers;
using bridge::wire::Reply;
using bridge::wire::Request;
using tests::Service;

constexpr Time kStart = Time{} + 1h;
constexpr auto kNew = "alice@new.example";

// alice, of alice@example.org, wants to be alice@new.example.
struct Story : tests::AliceHearsBob {
  Reply moves() {
    offer_move(address("alice"), kNew);
    return take_move(kNew, "alice");
  }
  const bridge::state::Account* at(const std::string& address) {
    return committer().state().find_address(address);
  }
};

TEST_CASE("an account moves when both addresses have said so, and not before") {
  Story story;
  const Reply offered = story.offer_move(Service::address("alice"), kNew);
  CHECK(offered.move_offered().nick() == "alice");
  CHECK(offered.move_offered().address() == kNew);
  CHECK(offered.move_offered().good_for_ms() == 600'000);
  CHECK(story.at(Service::address("alice")) != nullptr);
  CHECK(story.at(kNew) == nullptr);
  const Reply moved = story.take_move(kNew, "ALICE");
  CHECK(moved.moved().nick() == "alice");
  CHECK(moved.moved().from() == Service::address("alice"));
  CHECK(story.at(Service::address("alice")) == nullptr);
  REQUIRE(story.at(kNew) != nullptr);
  CHECK(story.at(kNew)->nick.view() == "alice");
}

TEST_CASE("what an account has it keeps when it moves, over a restart too") {
  Story story;
  story.follow("alice", "bob");
  story.track("alice", "nyc");
  const auto owed_since = story.at(Service::address("alice"))->owed_since;
  story.moves();
  for (int round = 0; round < 2; ++round) {
    const auto* account = story.at(kNew);
    REQUIRE(account != nullptr);
    CHECK(account->follows.size() == 1);
    CHECK(account->tracks.size() == 1);
    CHECK(account->owed_since == owed_since);
    CHECK(story.at(Service::address("alice")) == nullptr);
    CHECK(story.committer().state().tracks_of_domain("new.example") == 1);
    CHECK(story.committer().state().tracks_of_domain("example.org") == 0);
    story.crash();
  }
}

TEST_CASE("the old address is free, and the account can move back to it") {
  Story story;
  story.moves();
  story.offer_move(kNew, Service::address("alice"));
  CHECK(story.take_move(Service::address("alice"), "alice").has_moved());
  CHECK(story.at(kNew) == nullptr);
  story.crash();
  CHECK(story.at(kNew) == nullptr);
  CHECK(story.at(Service::address("alice")) != nullptr);
}

TEST_CASE("somebody else may join from the address that was left, and stays who they are") {
  Story story;
  story.moves();
  Request join;
  join.mutable_actor()->set_address(Service::address("alice"));
  join.mutable_join()->set_nick("carol");
  CHECK(story.ask(join).has_joined());
  story.crash();
  CHECK(story.at(Service::address("alice"))->nick.view() == "carol");
  CHECK(story.at(kNew)->nick.view() == "alice");
}

TEST_CASE("an account cannot be taken by an address that it was not offered to") {
  Story story;
  CHECK(story.take_move(kNew, "alice").error().code() == bridge::wire::UNKNOWN);
  story.offer_move(Service::address("alice"), kNew);
  CHECK(story.take_move("eve@new.example", "alice").error().code() == bridge::wire::UNKNOWN);
  CHECK(story.take_move(kNew, "bob").error().code() == bridge::wire::UNKNOWN);
  // Whether there is such an account is not told.
  const Reply nobody = story.take_move(kNew, "nobody");
  CHECK(nobody.error().text() == story.take_move(kNew, "bob").error().text());
  CHECK(story.take_move(kNew, "no nick").error().code() == bridge::wire::BAD_REQUEST);
  CHECK(story.take_move(kNew, "alice").has_moved());
}

TEST_CASE("an address with an account takes no other, whether it has quit or not") {
  Story story;
  story.offer_move(Service::address("alice"), Service::address("bob"));
  CHECK(story.take_move(Service::address("bob"), "alice").error().code() == bridge::wire::CONFLICT);
  story.quit("bob");
  CHECK(story.take_move(Service::address("bob"), "alice").error().code() == bridge::wire::CONFLICT);
  // Nor may anybody find out with an offer whether an address has one.
  CHECK(story.offer_move(Service::address("alice"), "nobody@example.org").has_move_offered());
}

TEST_CASE("an offer is good once, for ten minutes, and a newer one takes its place") {
  Story story;
  story.offer_move(Service::address("alice"), "first@new.example");
  story.offer_move(Service::address("alice"), kNew);
  CHECK(story.take_move("first@new.example", "alice").error().code() == bridge::wire::UNKNOWN);
  story.advance(MoveOffers::kGoodFor);
  CHECK(story.take_move(kNew, "alice").error().code() == bridge::wire::UNKNOWN);
  CHECK(story.moves().has_moved());
  CHECK(story.take_move("second@new.example", "alice").error().code() == bridge::wire::UNKNOWN);
}

TEST_CASE("an offer ends with a restart, with quitting, and with being erased") {
  Story story;
  story.offer_move(Service::address("alice"), kNew);
  story.crash();
  CHECK(story.take_move(kNew, "alice").error().code() == bridge::wire::UNKNOWN);
  story.offer_move(Service::address("alice"), kNew);
  story.quit("alice");
  CHECK(story.take_move(kNew, "alice").error().code() == bridge::wire::UNKNOWN);
  CHECK(story.offer_move(Service::address("alice"), kNew).error().code() ==
        bridge::wire::NOT_JOINED);
}

TEST_CASE("strangers offer nothing, and only addresses are offered to") {
  Story story;
  CHECK(story.offer_move("eve@example.org", kNew).error().code() == bridge::wire::NOT_JOINED);
  for (const char* wrong : {"", "@", "alice@", "@new.example", "alice", "a b@new.example",
                            "a@b@new.example", "alice@new.example/phone", "\xff@new.example"}) {
    INFO(wrong);
    const Reply reply = story.offer_move(Service::address("alice"), wrong);
    CHECK(reply.error().code() == bridge::wire::BAD_REQUEST);
  }
  CHECK(story.offer_move(Service::address("alice"), Service::address("alice")).error().code() ==
        bridge::wire::BAD_REQUEST);
}

TEST_CASE("a moved account is erased with its address") {
  Story story;
  story.moves();
  CHECK(story.erase("alice").done().changed());
  while (story.committer().erase_some()) continue;
  CHECK(story.at(kNew) == nullptr);
  story.crash();
  CHECK(story.at(kNew) == nullptr);
  const auto log = *story.store().read(0, 1000, 1 << 20);
  for (const auto& record : log) {
    CHECK(record->SerializeAsString().find("alice@") == std::string::npos);
  }
}

TEST_CASE("offers and attempts are limited, each person's for themselves") {
  MoveOffers offers;
  for (int i = 0; i < 3; ++i) CHECK(offers.offer(7, kNew, kStart));
  CHECK(offers.offer(7, kNew, kStart).error().code == ErrorCode::kRateLimited);
  CHECK(offers.offer(8, "bob@new.example", kStart));
  for (int i = 0; i < 5; ++i)
    CHECK(offers.may_take(0, "eve@new.example", kStart).error().code == ErrorCode::kUnknown);
  const auto sixth = offers.may_take(7, "eve@new.example", kStart);
  CHECK(sixth.error().code == ErrorCode::kRateLimited);
  CHECK(sixth.error().retry_after.has_value());
  CHECK(offers.may_take(7, kNew, kStart));
}

TEST_CASE("so many offers at a time, and a full table empties by itself") {
  MoveOffers offers;
  for (std::size_t i = 0; i < MoveOffers::kOffersMax; ++i)
    REQUIRE(offers.offer(i + 1, kNew, kStart + std::chrono::milliseconds(i)));
  const auto one_more = offers.offer(9999, kNew, kStart + 5s);
  CHECK(one_more.error().code == ErrorCode::kBusy);
  CHECK(one_more.error().retry_after == MoveOffers::kGoodFor - 5s);
  CHECK(offers.offer(9999, kNew, kStart + MoveOffers::kGoodFor));
}

}  // namespace
