// The cap on the listeners of a word: who is awake, who waits, and in which order they wake.
#include "bridge/state/listeners.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "bridge/state/snapshot.h"
#include "tests/support/service.h"

namespace {

using bridge::state::Rules;
using bridge::state::State;
using bridge::state::Word;
using bridge::wire::Reply;
using bridge::wire::Request;
using tests::Service;

struct Town : Service {
  Town(std::initializer_list<const char*> nicks) {
    for (const char* nick : nicks) join(nick);
  }
  Reply cap(const std::string& phrase, std::uint32_t listeners) {
    Request request;
    request.mutable_cap_listeners()->set_phrase(phrase);
    request.mutable_cap_listeners()->set_listeners(listeners);
    return ask(request);
  }
  Reply lift(const std::string& phrase) {
    Request request;
    request.mutable_cap_listeners()->set_phrase(phrase);
    request.mutable_cap_listeners()->set_lifted(true);
    return ask(request);
  }
  Reply caps() {
    Request request;
    request.mutable_list_caps();
    return ask(request);
  }
  Reply tracks(const std::string& nick) {
    auto request = by(nick);
    request.mutable_list_tracks();
    return ask(request);
  }
  bool awake(const std::string& nick) {
    const auto* account = committer().state().find_nick(nick);
    return !account->asleep(account->tracks[0]);
  }
};

TEST_CASE("the cap of a word is refused where it makes no sense, and says whether it changed") {
  Town town{"alice"};
  CHECK(town.cap("Tea", 2).done().changed());
  CHECK_FALSE(town.cap("tea", 2).done().changed());
  CHECK(town.cap("", 2).has_error());
  CHECK(town.cap("one, two", 2).has_error());
  CHECK(town.lift("tea").done().changed());
  CHECK_FALSE(town.lift("tea").done().changed());
  CHECK(town.caps().word_caps().caps_size() == 0);
}

TEST_CASE("who tracks a full word is told their place in line, at once and whenever they ask") {
  Town town{"alice", "bob", "carol"};
  town.cap("tea", 1);
  CHECK(town.track("alice", "tea").phrases().phrases(0).place() == 0);
  CHECK(town.track("bob", "tea").phrases().phrases(0).place() == 1);
  CHECK(town.track("carol", "tea, soup").phrases().phrases(0).place() == 2);
  CHECK(town.track("carol", "tea").phrases().phrases(0).place() == 2);  // still
  CHECK(town.tracks("carol").phrases().phrases(0).place() == 2);
  CHECK(town.tracks("carol").phrases().phrases(1).place() == 0);
  const auto word = town.caps().word_caps().caps(0);
  CHECK(word.phrase() == "tea");
  CHECK(word.cap() == 1);
  CHECK(word.listeners() == 3);
  CHECK(word.asleep() == 2);
}

TEST_CASE("who waits longest is woken when somebody before them leaves, in the same commit") {
  Town town{"alice", "bob", "carol"};
  town.cap("tea", 1);
  for (const char* nick : {"alice", "bob", "carol"}) town.track(nick, "tea");
  town.untrack("alice", "tea");
  CHECK(town.awake("bob"));
  CHECK_FALSE(town.awake("carol"));
  town.untrack("carol", "tea");  // who waits may leave as well
  town.quit("bob");
  CHECK(town.committer().state().find_word("tea")->listeners.empty());
}

TEST_CASE("a cap that rises wakes the oldest; one that falls puts the newest to sleep") {
  Town town{"a", "b", "c", "d"};
  for (const char* nick : {"a", "b", "c", "d"}) town.track(nick, "tea");
  town.cap("tea", 1);
  CHECK(town.awake("a"));
  CHECK_FALSE(town.awake("b"));
  town.cap("tea", 3);
  CHECK(town.awake("c"));
  CHECK_FALSE(town.awake("d"));
  town.cap("tea", 0);
  CHECK_FALSE(town.awake("a"));
  town.lift("tea");
  CHECK(town.awake("d"));
}

TEST_CASE("a great change of a cap goes into the log a bounded number a commit, oldest first") {
  Town town{};
  constexpr std::size_t kPeople = 2 * bridge::state::Committer::kSettledPerCommit + 10;
  town.cap("tea", 0);
  for (std::size_t n = 0; n < kPeople; ++n) {
    town.join("p" + std::to_string(n));
    town.track("p" + std::to_string(n), "tea");
  }
  town.lift("tea");
  const Word* word = town.committer().state().find_word("tea");
  CHECK(word->awake() == bridge::state::Committer::kSettledPerCommit);
  CHECK(town.committer().unsettled());
  town.crash();  // goes on where it was
  word = town.committer().state().find_word("tea");
  for (int commits = 0; commits < 2; ++commits) town.post("somebody", "nothing");
  CHECK_FALSE(town.committer().unsettled());
  CHECK(word->asleep == 0);
}

TEST_CASE("tracks are refused beyond what a domain and the service may have") {
  Town town{"alice", "bob"};
  town.track("alice", "one, two");
  const State& state = town.committer().state();
  CHECK(state.tracks_of_domain("example.org") == 2);
  Rules rules;
  const auto track = [&](std::string_view nick) {
    auto request = town.by(std::string(nick));
    request.mutable_track()->set_phrases("three");
    bridge::state::Moment moment;
    moment.next_id = town.store().head() + 1;
    return decide(state, rules, request, moment);
  };
  CHECK_FALSE(track("bob").records.empty());
  rules.tracks_per_domain = 2;
  CHECK(track("bob").reply.error().text().find("example.org") != std::string::npos);
  rules.tracks_per_domain = 3;
  rules.tracks_max = 2;
  CHECK(track("bob").reply.has_error());
  town.quit("alice");
  CHECK(state.tracks_of_domain("example.org") == 0);
}

// ---- a person and the posts ---------------------------------------------------------------------

TEST_CASE("a track sees the posts during which it was awake, whenever they are brought") {
  Town town{"alice", "bob"};
  town.cap("tea", 1);
  town.track("alice", "tea");
  town.track("bob", "tea");
  town.post("mira", "tea one");
  town.untrack("alice", "tea");
  town.post("mira", "tea two");
  town.cap("tea", 0);
  town.post("mira", "tea three");
  town.cap("tea", 1);
  town.post("mira", "tea four");
  CHECK(town.owed("bob") == 3);  // with the notice that it is awake now
  town.crash();
  town.online("bob");
  CHECK(town.texts_for("bob") == tests::Texts{"tea two", "tea four", ""});
  CHECK(town.delivered()[2].kind == bridge::wire::TRACK_WOKEN);
  CHECK(town.delivered()[2].phrase == "tea");
}

TEST_CASE("whoever is there is told when a track wakes or is put to sleep, once") {
  Town town{"alice", "bob"};
  town.online("bob");
  town.cap("tea", 1);
  town.track("alice", "tea");
  town.track("bob", "tea");
  CHECK(town.delivered().empty());  // the answer said so
  town.cap("tea", 2);
  REQUIRE(town.delivered().size() == 1);
  CHECK(town.delivered()[0].kind == bridge::wire::TRACK_WOKEN);
  town.cap("tea", 1);
  REQUIRE(town.delivered().size() == 2);
  CHECK(town.delivered()[1].kind == bridge::wire::TRACK_ASLEEP);
  town.acknowledge();
  town.offline("bob");
  town.online("bob");
  CHECK(town.delivered().size() == 2);
}

TEST_CASE("a notice about a track that is gone, or is otherwise by now, is withdrawn") {
  Town town{"alice", "bob"};
  town.cap("tea", 1);
  town.track("alice", "tea");
  town.track("bob", "tea");
  town.cap("tea", 2);
  town.cap("tea", 1);
  CHECK(town.owed("bob") == 1);  // that it sleeps
  town.untrack("bob", "tea");
  CHECK(town.owed("bob") == 0);
}

TEST_CASE("somebody whose older track sleeps gets the post by the one that is awake, once") {
  Town town{"alice", "bob"};
  town.cap("tea", 1);
  town.track("alice", "tea");
  town.track("bob", "tea");
  town.track("bob", "soup");
  town.online("bob");
  town.post("mira", "tea and soup");
  REQUIRE(town.delivered().size() == 1);
  CHECK(town.delivered()[0].phrase == "soup");
}

TEST_CASE("a correction reaches whom the post reached: who was awake then, whoever is now") {
  Town town{"alice", "bob"};
  town.cap("tea", 1);
  town.track("alice", "tea");
  town.track("bob", "tea");
  for (const char* nick : {"alice", "bob"}) town.online(nick);
  const auto post = town.post("mira", "tea").published().id();
  town.acknowledge();
  town.cap("tea", 0);
  town.correct("mira", post, "good tea");
  CHECK(town.texts_for("alice") == tests::Texts{"tea", "", "good tea"});
  town.cap("tea", 2);
  town.correct("mira", post, "very good tea");
  CHECK(town.texts_for("alice") == tests::Texts{"tea", "", "good tea", "", "very good tea"});
  CHECK(town.texts_for("bob") == tests::Texts{""});  // that it is awake
}

// ---- properties ---------------------------------------------------------------------------------

// Whatever happens: the awake are the first of the list, no more than the cap, and as many as may
// be; and State built from the log is the same.
TEST_CASE("never are more awake than may be, and it is always the oldest who are") {
  CHECK(rc::check([] {
    Town town{"a", "b", "c", "d", "e", "f"};
    const std::vector<std::string> nicks{"a", "b", "c", "d", "e", "f"};
    std::size_t cap = Rules{}.listeners_per_word;
    const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 100));
    for (const int step : steps) {
      const std::string& nick = nicks[static_cast<std::size_t>(step) % nicks.size()];
      if (step < 45) {
        town.track(nick, "tea");
      } else if (step < 75) {
        town.untrack(nick, "tea");
      } else if (step < 95) {
        cap = static_cast<std::size_t>(step) % 5;
        town.cap("tea", static_cast<std::uint32_t>(cap));
      } else {
        town.crash();
      }
      const State& state = town.committer().state();
      const Word* word = state.find_word("tea");
      const std::size_t listeners = word ? word->listeners.size() : 0;
      std::size_t rank = 0;
      if (word)
        word->listeners.visit({}, listeners, [&](std::uint64_t number, std::uint32_t person) {
          const auto& account = state.accounts()[person];
          RC_ASSERT(account.tracks[0].since == number);
          RC_ASSERT((account.asleep(account.tracks[0]) == nullptr) == (rank < cap));
          ++rank;
        });
      if (word) RC_ASSERT(word->awake() == std::min(cap, listeners));
      const auto snapshot = bridge::state::Snapshot::read(town.store());
      RC_ASSERT(snapshot.has_value());
      const State rebuilt(*snapshot);
      const Word* again = rebuilt.find_word("tea");
      RC_ASSERT((again ? again->asleep : 0) == (word ? word->asleep : 0));
    }
  }));
}

TEST_CASE("of one track a bounded number of sleeps is remembered") {
  Town town{"alice"};
  town.track("alice", "tea");
  for (int n = 0; n < 30; ++n) {
    town.cap("tea", 0);
    town.lift("tea");
  }
  CHECK(town.committer().state().find_nick("alice")->sleeps().size() == bridge::state::kSleepsMax);
}

}  // namespace
