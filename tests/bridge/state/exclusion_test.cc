// Blocks, mutes, caps and time zones, asked through the committer as a lane would.
#include <catch2/catch.hpp>

#include "bridge/state/snapshot.h"
#include "tests/support/service.h"

namespace {

using bridge::wire::BAD_REQUEST;
using bridge::wire::CONFLICT;
using bridge::wire::FORBIDDEN;
using bridge::wire::Reply;
using bridge::wire::UNKNOWN;
using std::chrono::hours;
using tests::Service;
using tests::Texts;

bridge::wire::ErrorCode code(const Reply& reply) {
  return reply.error().code();
}

// A service where people also block, mute and cap.
class Town : public Service {
 public:
  explicit Town(std::initializer_list<const char*> nicks) {
    for (const char* nick : nicks) join(nick);
  }
  Reply mutes(const std::string& nick) {
    auto request = by(nick);
    request.mutable_list_mutes();
    return ask(request);
  }
  Reply blocks(const std::string& nick) {
    auto request = by(nick);
    request.mutable_list_blocks();
    return ask(request);
  }
  Reply track_capped(const std::string& nick, const std::string& phrases, std::uint32_t per_hour) {
    auto request = by(nick);
    request.mutable_track()->set_phrases(phrases);
    request.mutable_track()->set_per_hour(per_hour);
    return ask(request);
  }
  Reply set_zone(const std::string& nick, const std::string& zone) {
    auto request = by(nick);
    request.mutable_set_zone()->set_zone(zone);
    return ask(request);
  }
  bridge::state::State state_of_log() {
    const auto snapshot = bridge::state::Snapshot::read(store());
    REQUIRE(snapshot);
    return bridge::state::State(*snapshot);
  }
  const bridge::state::Account& account(const std::string& nick) {
    return *committer().state().find_nick(nick);
  }
};

// ---- blocks ------------------------------------------------------------------------------------

TEST_CASE("a block ends both follows in the same batch, and refuses new ones and directs") {
  Town town{"alice", "bob"};
  town.follow("alice", "bob");
  town.follow("bob", "alice");
  CHECK(town.block("alice", "BOB").done().changed());
  CHECK_FALSE(town.block("alice", "bob").done().changed());
  CHECK(town.committer().state().follows() == 0);
  CHECK(code(town.follow("bob", "alice")) == FORBIDDEN);
  CHECK(code(town.follow("alice", "bob")) == CONFLICT);
  const Reply refused = town.direct("bob", "alice", "please");
  CHECK(code(refused) == FORBIDDEN);
  CHECK(refused.error().text() == "You cannot write to alice: alice has blocked you.");
  CHECK(town.blocks("alice").names().nicks(0) == "bob");
  CHECK(town.blocks("bob").names().total() == 0);
  CHECK(town.unblock("alice", "bob").done().changed());
  CHECK_FALSE(town.unblock("alice", "bob").done().changed());
  CHECK(town.blocks("alice").names().total() == 0);
  CHECK(town.direct("bob", "alice", "sorry").published().id() > 0);
  CHECK(town.follow("bob", "alice").done().changed());
}

TEST_CASE("nobody blocks themselves or nobody") {
  Town town{"alice"};
  CHECK(code(town.block("alice", "alice")) == BAD_REQUEST);
  CHECK(code(town.block("alice", "nobody")) == UNKNOWN);
  CHECK(code(town.unblock("alice", "no body")) == UNKNOWN);
}

TEST_CASE("a direct that was accepted before the block is still known as a duplicate") {
  Town town{"alice", "bob"};
  auto request = town.by("bob");
  request.mutable_direct()->set_client_id("d1");
  request.mutable_direct()->set_nick("alice");
  request.mutable_direct()->set_text("hi");
  town.ask(request);
  town.block("alice", "bob");
  CHECK(town.ask(request).published().duplicate());
}

TEST_CASE("posts of a blocked person come neither by track nor, later, from the gap") {
  Town town{"alice", "bob", "carol"};
  town.track("alice", "nyc");
  town.post("bob", "nyc before");
  town.block("alice", "bob");
  town.post("bob", "nyc during");
  town.post("carol", "nyc by another");
  town.unblock("alice", "bob");
  town.post("bob", "nyc after");
  CHECK(town.owed("alice") == 2);
  town.online("alice");
  CHECK(town.texts_for("alice") == Texts{"nyc by another", "nyc after"});
}

TEST_CASE("a block withdraws a direct that was waiting") {
  Town town{"alice", "bob"};
  town.direct("bob", "alice", "waiting");
  CHECK(town.owed("alice") == 1);
  town.block("alice", "bob");
  CHECK(town.owed("alice") == 0);
  town.online("alice");
  CHECK(town.texts_for("alice").empty());
}

TEST_CASE("who quits goes on blocking, and is blocked when they are back") {
  Town town{"alice", "bob"};
  town.block("alice", "bob");
  town.quit("alice");
  town.quit("bob");
  town.join("alice");
  town.join("bob");
  CHECK(code(town.follow("bob", "alice")) == FORBIDDEN);
}

TEST_CASE("ended blocks are remembered up to a bound, and forgotten when they are old") {
  Town town{"alice", "bob"};
  town.join("carol");
  town.join("dave");
  const bridge::state::Rules rules{.blocks_per_person = 1};
  bridge::state::State state = town.state_of_log();
  bridge::backbone::RecordId head = town.store().head();
  const auto decide = [&](const char* verb, const char* other, bridge::base::WallMs now_ms) {
    auto request = town.by("alice");
    if (std::string(verb) == "block")
      request.mutable_block()->set_nick(other);
    else
      request.mutable_unblock()->set_nick(other);
    const bridge::state::Moment moment{.next_id = head + 1,
                                       .now_ms = now_ms,
                                       .may_create_author = false,
                                       .find_duplicate = {},
                                       .find_record = {},
                                       .known_zone = {}};
    auto decision = bridge::state::decide(state, rules, request, moment);
    for (const auto& record : decision.records) state.apply(record);
    head += decision.records.size();
    return decision.reply;
  };
  const auto now = town.now().wall_ms;
  decide("block", "bob", now);
  CHECK(code(decide("block", "carol", now)) == CONFLICT);  // one in force is the most
  decide("unblock", "bob", now);
  decide("block", "carol", now);
  decide("unblock", "carol", now);
  CHECK(code(decide("block", "dave", now)) == CONFLICT);  // and two remembered
  CHECK(decide("block", "bob", now).done().changed());    // one that is remembered is no more
  decide("unblock", "bob", now);
  const auto later = now + std::chrono::milliseconds(rules.ended_kept).count();
  CHECK(decide("block", "dave", later).done().changed());
  CHECK(state.find_nick("alice")->blocks().size() == 1);
}

// ---- mutes -------------------------------------------------------------------------------------

TEST_CASE("what matches a mute is not owed, whoever wrote it and however it would come") {
  Town town{"alice", "bob"};
  town.follow("alice", "bob");
  town.track("alice", "tea");
  town.online("alice");
  CHECK(town.mute("alice", "Spoiler, \"the end\"").phrases().phrases_size() == 2);
  town.post("bob", "a spoiler!");
  town.post("bob", "this is the end");
  town.post("carol", "tea and spoiler");
  town.post("bob", "the very end");
  town.direct("bob", "alice", "spoiler");
  CHECK(town.texts_for("alice") == Texts{"the very end", "spoiler"});
}

TEST_CASE("a mute holds for what is posted while it is in force, whenever it would be sent") {
  Town town{"alice", "bob"};
  town.follow("alice", "bob");
  town.post("bob", "nyc before");
  town.mute("alice", "nyc");
  town.post("bob", "nyc during");
  town.unmute("alice", "nyc");
  town.post("bob", "nyc after");
  CHECK(town.owed("alice") == 2);
  town.online("alice");
  CHECK(town.texts_for("alice") == Texts{"nyc before", "nyc after"});
}

TEST_CASE("a mute for a time ends by itself; said again it ends anew") {
  Town town{"alice", "bob"};
  town.follow("alice", "bob");
  town.online("alice");
  const auto since = town.mute("alice", "nyc", hours(2)).phrases().phrases(0).since();
  town.advance(hours(1));
  CHECK(town.mutes("alice").phrases().phrases(0).ends_in_ms() == 3'600'000);
  const Reply longer = town.mute("alice", "NYC", hours(2));
  CHECK_FALSE(longer.phrases().phrases(0).changed());
  CHECK(longer.phrases().phrases(0).since() == since);
  town.advance(hours(2) - std::chrono::milliseconds(1));
  town.post("bob", "nyc one");
  town.advance(std::chrono::milliseconds(1));
  CHECK(town.mutes("alice").phrases().phrases_size() == 0);
  town.post("bob", "nyc two");
  CHECK(town.texts_for("alice") == Texts{"nyc two"});
}

TEST_CASE("unmute says what was not muted, and `all` ends those in force") {
  Town town{"alice"};
  town.mute("alice", "nyc, tea");
  const Reply some = town.unmute("alice", "nyc, moon");
  CHECK(some.phrases().phrases(0).changed());
  CHECK_FALSE(some.phrases().phrases(1).changed());
  CHECK(town.unmute("alice", "").phrases().phrases_size() == 1);
  CHECK(town.mutes("alice").phrases().phrases_size() == 0);
}

TEST_CASE("mutes have a bound in force, another one in all, and make room when they are old") {
  Town town{"alice"};
  const auto some_words = [](int from, int count) {
    std::string line;
    for (int i = 0; i < count; ++i) line += "w" + std::to_string(from + i) + ", ";
    return line;
  };
  CHECK(code(town.mute("alice", some_words(0, 201))) == CONFLICT);
  for (int round = 0; round < 2; ++round) {
    CHECK(town.mute("alice", some_words(round * 200, 200)).has_phrases());
    CHECK(code(town.mute("alice", "tea")) == CONFLICT);
    town.unmute("alice", "");
  }
  CHECK(code(town.mute("alice", "tea")) == CONFLICT);
  CHECK(town.account("alice").mutes().size() == 400);
  town.advance(std::chrono::days(90));
  CHECK(town.mute("alice", "tea").has_phrases());
  CHECK(town.account("alice").mutes().size() == 1);
}

TEST_CASE("quitting ends mutes, and a phrase against the rules is refused") {
  Town town{"alice"};
  town.mute("alice", "nyc");
  town.quit("alice");
  town.join("alice");
  CHECK(town.mutes("alice").phrases().phrases_size() == 0);
  CHECK(code(town.mute("alice", "-only")) == BAD_REQUEST);
  CHECK(code(town.mute("alice", "tea", std::chrono::days(400))) == BAD_REQUEST);
}

// ---- caps --------------------------------------------------------------------------------------

TEST_CASE("tracking again with another cap changes the cap alone") {
  Town town{"alice"};
  const auto first = town.track_capped("alice", "nyc", 10).phrases().phrases(0);
  CHECK(first.changed());
  CHECK(first.per_hour() == 10);
  CHECK_FALSE(first.recapped());
  CHECK(town.account("alice").tracks[0].per_hour == 10);
  const auto again = town.track_capped("alice", "nyc", 20).phrases().phrases(0);
  CHECK_FALSE(again.changed());
  CHECK(again.recapped());
  CHECK(again.since() == first.since());
  const auto head = town.store().head();
  CHECK_FALSE(town.track_capped("alice", "nyc", 20).phrases().phrases(0).recapped());
  CHECK(town.store().head() == head);
  CHECK(town.track("alice", "nyc").phrases().phrases(0).recapped());
  CHECK(town.account("alice").tracks[0].per_hour == 0);
  CHECK(code(town.track_capped("alice", "tea", 10'001)) == BAD_REQUEST);
}

TEST_CASE("a cap ends with its track") {
  Town town{"alice"};
  town.track_capped("alice", "nyc", 10);
  town.untrack("alice", "nyc");
  town.track("alice", "nyc");
  CHECK(town.account("alice").tracks[0].per_hour == 0);
  town.track_capped("alice", "nyc", 10);
  town.quit("alice");
  town.join("alice");
  town.track("alice", "nyc");
  town.crash();
  CHECK(town.account("alice").tracks[0].per_hour == 0);
}

// ---- time zones --------------------------------------------------------------------------------

TEST_CASE("a time zone is known by its name, and stays") {
  Town town{"alice"};
  CHECK(town.set_zone("alice", "Europe/Berlin").done().changed());
  CHECK_FALSE(town.set_zone("alice", "Europe/Berlin").done().changed());
  const Reply refused = town.set_zone("alice", "Berlin");
  CHECK(code(refused) == UNKNOWN);
  CHECK(refused.error().text().find("Europe/Berlin") != std::string::npos);
  town.crash();
  auto stats = town.by("alice");
  stats.mutable_stats();
  CHECK(town.ask(stats).numbers().zone() == "Europe/Berlin");
}

// ---- restarts ----------------------------------------------------------------------------------

TEST_CASE("blocks, mutes and caps after a restart are those before it") {
  Town town{"alice", "bob", "carol"};
  town.track_capped("alice", "nyc", 10);
  town.track("alice", "tea");
  town.track_capped("alice", "nyc", 20);
  town.mute("alice", "one");
  town.mute("alice", "two", hours(1));
  town.unmute("alice", "one");
  town.mute("alice", "one");
  town.mute("alice", "two", hours(3));
  town.block("alice", "carol");
  town.block("alice", "bob");
  town.unblock("alice", "carol");
  const auto& account = town.account("alice");
  const std::vector tracks(account.tracks.begin(), account.tracks.end());
  const std::vector mutes(account.mutes().begin(), account.mutes().end());
  const std::vector blocks(account.blocks().begin(), account.blocks().end());
  const std::vector<std::string> muted{"one", "two", "one"};
  town.crash();
  const auto& after = town.account("alice");
  REQUIRE(after.tracks.size() == 2);
  CHECK(after.tracks[0].phrase->canonical() == "nyc");
  CHECK(after.tracks[0].per_hour == 20);
  CHECK(after.tracks[0].since == tracks[0].since);
  REQUIRE(after.mutes().size() == muted.size());
  for (std::size_t i = 0; i < after.mutes().size(); ++i) {
    CHECK(after.mutes()[i].phrase->canonical() == muted[i]);
    CHECK(after.mutes()[i].since == mutes[i].since);
    CHECK(after.mutes()[i].until_ms == mutes[i].until_ms);
    CHECK(after.mutes()[i].ended == mutes[i].ended);
    CHECK(after.mutes()[i].ended_ms == mutes[i].ended_ms);
  }
  REQUIRE(after.blocks().size() == 2);
  for (std::size_t i = 0; i < after.blocks().size(); ++i) {
    CHECK(after.blocks()[i].other == blocks[i].other);
    CHECK(after.blocks()[i].ended == blocks[i].ended);
    CHECK(after.blocks()[i].ended_ms == blocks[i].ended_ms);
  }
}

}  // namespace
