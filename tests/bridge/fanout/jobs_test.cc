// Posts on their way through long lists: a quantum at a time, once to everybody, also when lists
// and people change meanwhile, and across a crash.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/service.h"

namespace {

using namespace std::chrono_literals;
using tests::Service;
using tests::Texts;

// One look a turn, so that a test can do things while a job is running; three listeners are many.
bridge::fanout::FanoutOptions slow() {
  bridge::fanout::FanoutOptions options;
  options.quantum = 1;
  options.hot_list = 3;
  return options;
}

struct Town : Service {
  explicit Town(std::vector<std::string> people, bridge::fanout::FanoutOptions options = slow())
      : Service(std::move(options)), nicks(std::move(people)) {
    join("bob");
    for (const std::string& nick : nicks) {
      join(nick);
      online(nick);
    }
  }
  // Without turns after it: the job has only been begun.
  void post_and_wait(const std::string& text) {
    hold_still(true);
    post("bob", text);
  }
  void turn() { fanout().turn(now()); }
  void finish() {
    hold_still(false);
    settle();
  }
  std::size_t how_many(const std::string& text) const {
    std::size_t sum = 0;
    for (const std::string& nick : nicks)
      sum += static_cast<std::size_t>(std::ranges::count(texts_for(nick), text));
    return sum;
  }
  bool all_have_once(const std::string& text) const {
    return std::ranges::all_of(
        nicks, [&](const auto& nick) { return std::ranges::count(texts_for(nick), text) == 1; });
  }
  std::vector<std::string> nicks;
};

TEST_CASE("a post comes to many a few at a time, and to everybody in the end") {
  Town town({"a1", "a2", "a3", "a4", "a5", "a6"});
  for (const std::string& nick : town.nicks) town.track(nick, "nyc");
  town.post_and_wait("nyc");
  std::vector<std::size_t> had{town.how_many("nyc")};
  for (int i = 0; i < 20; ++i) {
    town.turn();
    had.push_back(town.how_many("nyc"));
  }
  CHECK(std::ranges::is_sorted(had));
  CHECK(std::ranges::count_if(had, [](std::size_t n) { return n > 0 && n < 6; }) > 1);
  CHECK(town.all_have_once("nyc"));
}

TEST_CASE("long lists are not always walked from the same end") {
  Town town({"a1", "a2", "a3", "a4", "a5", "a6"});
  for (const std::string& nick : town.nicks) town.track(nick, "nyc");
  std::set<std::string> firsts;
  for (int i = 0; i < 20; ++i) {
    town.delivered().clear();
    town.post("bob", "nyc " + std::to_string(i));
    REQUIRE(town.delivered().size() == 6);
    firsts.insert(town.delivered().front().address);
  }
  CHECK(firsts.size() >= 3);
}

TEST_CASE("somebody on several lists gets a post once") {
  Town town({"a1", "a2", "a3", "a4"});
  for (const std::string& nick : town.nicks) {
    town.follow(nick, "bob");
    town.track(nick, "nyc, food, rain");
  }
  town.post("bob", "rain and food in nyc");
  CHECK(town.all_have_once("rain and food in nyc"));
}

TEST_CASE("who leaves a list that a job has come past does not get the post from a later one") {
  const int turns = GENERATE(range(0, 16));
  const bool follows = GENERATE(true, false);
  Town town({"a1", "a2", "a3", "a4"});
  for (const std::string& nick : town.nicks) {
    if (follows) town.follow(nick, "bob");
    town.track(nick, "nyc, food");
  }
  town.post_and_wait("food in nyc");
  for (int i = 0; i < turns; ++i) town.turn();
  for (const std::string& nick : town.nicks) {
    follows ? town.leave(nick, "bob") : town.untrack(nick, "food");
    town.acknowledge();
  }
  town.finish();
  town.acknowledge();
  town.finish();
  CHECK(town.all_have_once("food in nyc"));
}

TEST_CASE("who leaves the only list before a job has come to them is owed nothing") {
  Town town({"a1", "a2", "a3", "a4"});
  for (const std::string& nick : town.nicks) town.track(nick, "nyc");
  town.post_and_wait("nyc");
  for (const std::string& nick : town.nicks) town.untrack(nick, "nyc");
  for (const std::string& nick : town.nicks) town.track(nick, "nyc");
  town.finish();
  CHECK(town.how_many("nyc") < 4);
  for (const std::string& nick : town.nicks) CHECK(town.texts_for(nick).size() <= 1);
}

TEST_CASE("a later post may overtake an earlier one, and both come once") {
  Town town({"a1", "a2", "a3", "a4"});
  for (const std::string& nick : town.nicks) town.track(nick, "nyc");
  town.track("a4", "rain");
  town.post_and_wait("nyc");
  town.post("bob", "rain");
  for (int i = 0; i < 3; ++i) {
    town.turn();
    town.acknowledge();
  }
  town.finish();
  CHECK(town.all_have_once("nyc"));
  CHECK(std::ranges::count(town.texts_for("a4"), "rain") == 1);
  town.acknowledge();
  CHECK(town.owed("") == 0);
}

TEST_CASE("whoever comes and goes while a job is running gets the post once") {
  const int turns = GENERATE(range(0, 12));
  const bool back = GENERATE(true, false);
  Town town({"a1", "a2", "a3", "a4"});
  for (const std::string& nick : town.nicks) town.track(nick, "nyc");
  town.post_and_wait("nyc");
  for (int i = 0; i < turns; ++i) town.turn();
  town.acknowledge();
  for (const std::string& nick : town.nicks) town.offline(nick);
  if (back)
    for (const std::string& nick : town.nicks) town.online(nick);
  town.finish();
  for (const std::string& nick : town.nicks) town.online(nick);
  town.acknowledge();
  CHECK(town.all_have_once("nyc"));
  CHECK(town.owed("") == 0);
}

TEST_CASE("a job goes on after a crash where it was") {
  const int turns = GENERATE(range(0, 12));
  Town town({"a1", "a2", "a3", "a4"});
  for (const std::string& nick : town.nicks) town.track(nick, "nyc, food");
  town.post_and_wait("food in nyc");
  for (int i = 0; i < turns; ++i) town.turn();
  town.fanout().acknowledge(Service::kSession, 1'000'000);
  REQUIRE(town.fanout().checkpoint(true));
  town.crash();
  for (const std::string& nick : town.nicks) town.online(nick);
  town.finish();
  town.acknowledge();
  CHECK(town.all_have_once("food in nyc"));
  CHECK(town.owed("") == 0);
}

// The saved job knows nothing of the list they left: what is in their digest it must not bring too.
TEST_CASE("a job that a crash took back brings nothing that is in a digest") {
  const int turns = GENERATE(range(0, 16));
  bridge::fanout::FanoutOptions options = slow();
  options.catch_up_max = 0;
  Town town({"a1", "a2", "a3", "a4"}, options);
  for (const std::string& nick : town.nicks) town.track(nick, "nyc, food");
  town.post_and_wait("food in nyc");
  for (const std::string& nick : town.nicks) town.offline(nick);
  for (const std::string& nick : town.nicks) town.online(nick);
  for (int i = 0; i < turns; ++i) town.turn();
  REQUIRE(town.fanout().checkpoint(true));
  for (const std::string& nick : town.nicks) town.untrack(nick, "food");
  town.delivered().clear();
  town.crash();
  for (const std::string& nick : town.nicks) town.online(nick);
  town.finish();
  for (const std::string& nick : town.nicks) town.more(nick);
  town.finish();
  for (const std::string& nick : town.nicks) CHECK(town.texts_for(nick).size() <= 1);
}

TEST_CASE("at the bound of jobs the log waits") {
  Town town({"a1", "a2", "a3", "a4"});
  for (const std::string& nick : town.nicks) town.track(nick, "nyc");
  const std::size_t room = town.fanout().room();
  town.post_and_wait("nyc");
  CHECK(town.fanout().room() == room - 1);
  town.finish();
  CHECK(town.fanout().room() == room);
}

}  // namespace
