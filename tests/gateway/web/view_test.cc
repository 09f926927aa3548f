// The current view: timelines, bounds, changes; and its snapshot.
#include "gateway/web/view.h"

#include <catch2/catch.hpp>
#include <string>

#include "gateway/web/snapshot.h"

namespace gateway::web {
namespace {

ViewSettings small() {
  ViewSettings settings;
  settings.posts_max = 1'000;
  settings.bytes_max = 1 << 20;
  settings.people_max = 3;
  settings.follows_max = 10;
  return settings;
}

struct World {
  View view{small()};

  void post(std::uint64_t id, const std::string& author, const std::string& text,
            std::uint64_t in_reply_to = 0) {
    view.add({.id = id,
              .author = author,
              .text = text,
              .time_ms = static_cast<std::int64_t>(id) * 1'000,
              .in_reply_to = in_reply_to});
  }
};

std::string ids(const Page& page) {
  std::string text;
  for (const Post* post : page.posts) text += std::to_string(post->id) + " ";
  return text + (page.more ? "…" : "");
}

TEST_CASE("timelines are pages of posts, newest first", "[view]") {
  World world;
  world.post(3, "alice", "hello @bob");
  world.post(5, "bob", "hi");
  world.post(9, "Alice", "again @Bob", 5);
  world.post(12, "carol", "me too", 5);
  CHECK(ids(world.view.all({})) == "12 9 5 3 ");
  CHECK(ids(world.view.all({.limit = 2})) == "12 9 …");
  CHECK(ids(world.view.all({.before = 9, .limit = 2})) == "5 3 ");
  CHECK(ids(world.view.all({.after = 5})) == "12 9 ");
  CHECK(ids(world.view.by("ALICE", {})) == "9 3 ");
  CHECK(ids(world.view.by("nobody", {})).empty());
  CHECK(ids(world.view.mentions("bob", {})) == "9 3 ");
  CHECK(ids(world.view.replies_to(5, {})) == "12 9 ");
  CHECK(world.view.find(9)->in_reply_to == 5);
  CHECK(world.view.find(4) == nullptr);
}

TEST_CASE("home is what the people somebody follows write, and they themselves", "[view]") {
  World world;
  for (std::uint64_t id = 1; id <= 12; ++id)
    world.post(id, id % 3 == 0 ? "alice" : id % 3 == 1 ? "bob" : "carol", "x");
  CHECK(ids(world.view.home("alice", {})) == "12 9 6 3 ");
  world.view.set_follows("Alice", {"Bob"});
  CHECK(ids(world.view.home("alice", {.limit = 5})) == "12 10 9 7 6 …");
  CHECK(ids(world.view.home("alice", {.before = 6})) == "4 3 1 ");
  world.view.set_follow("alice", "carol", true);
  world.view.set_follow("alice", "bob", false);
  CHECK(ids(world.view.home("alice", {.after = 8})) == "12 11 9 ");
  CHECK(world.view.follows("ALICE", "Carol"));
}

TEST_CASE("the oldest posts go first, and out of every timeline", "[view]") {
  World world;
  for (std::uint64_t id = 1; id <= 1'500; ++id) world.post(id, "alice", "@bob", id == 1 ? 0 : 1);
  CHECK(world.view.size() == 1'000);
  CHECK(world.view.oldest() == 501);
  CHECK(world.view.by("alice", {.limit = 2'000}).posts.size() == 1'000);
  CHECK(world.view.mentions("bob", {.limit = 2'000}).posts.back()->id == 501);
  CHECK(world.view.replies_to(1, {.limit = 2'000}).posts.back()->id == 501);

  View small({.posts_max = 1'000, .bytes_max = 10'000});
  for (std::uint64_t id = 1; id <= 100; ++id)
    small.add({.id = id, .author = "a", .text = std::string(800, 'x')});
  CHECK(small.bytes() <= 10'000);
  CHECK(small.find(100) != nullptr);
}

TEST_CASE("a post comes once, and never from before the position", "[view]") {
  World world;
  world.post(5, "alice", "x");
  CHECK_FALSE(world.view.add({.id = 5, .author = "alice", .text = "x"}));
  world.view.advance(20);
  CHECK_FALSE(world.view.add({.id = 20, .author = "alice", .text = "x"}));
  CHECK(world.view.add({.id = 21, .author = "alice", .text = "x"}));
  CHECK(world.view.position() == 21);
}

TEST_CASE("what is taken back or erased is in no timeline", "[view]") {
  World world;
  world.post(1, "alice", "@bob one");
  world.post(2, "bob", "two", 1);
  world.post(3, "alice", "three", 1);
  CHECK(world.view.retract(1));
  CHECK_FALSE(world.view.retract(1));
  CHECK(ids(world.view.all({})) == "3 2 ");
  CHECK(ids(world.view.mentions("bob", {})).empty());
  CHECK(world.view.correct(3, "now for @bob"));
  CHECK(ids(world.view.mentions("bob", {})) == "3 ");
  CHECK(world.view.find(3)->corrected);
  world.view.erase("ALICE");
  CHECK(ids(world.view.all({})) == "2 ");
  CHECK(ids(world.view.mentions("bob", {})).empty());
}

TEST_CASE("what somebody suspended wrote is shown again when that is over", "[view]") {
  World world;
  world.post(1, "alice", "@bob one");
  world.post(2, "bob", "two", 1);
  world.view.hide("ALICE", true);
  world.post(3, "alice", "three");
  CHECK(ids(world.view.all({})) == "2 ");
  CHECK(ids(world.view.by("alice", {})).empty());
  CHECK(ids(world.view.mentions("bob", {})).empty());
  CHECK(world.view.find(1) == nullptr);
  CHECK(world.view.retract(3));
  world.view.hide("alice", false);
  CHECK(ids(world.view.all({})) == "2 1 ");
}

TEST_CASE("hidden posts are no older ones", "[view]") {
  World world;
  world.post(1, "eve", "@bob a", 9);
  world.post(2, "alice", "@bob b", 9);
  world.view.set_follows("bob", {"alice", "eve"});
  world.view.hide("eve", true);
  const Range one{.limit = 1};
  CHECK(ids(world.view.all(one)) == "2 ");
  CHECK(ids(world.view.mentions("bob", one)) == "2 ");
  CHECK(ids(world.view.replies_to(9, one)) == "2 ");
  CHECK(ids(world.view.home("bob", one)) == "2 ");
}

TEST_CASE("whoever is erased while suspended is hidden no more", "[view]") {
  World world;
  world.view.hide("Eve", true);
  world.view.erase("eve");
  CHECK(world.view.hidden().empty());
}

TEST_CASE("whoever is renamed has written what they wrote, and is followed still", "[view]") {
  World world;
  world.post(1, "alice", "one");
  world.post(2, "bob", "two");
  world.view.set_follows("bob", {"alice"});
  world.view.rename("alice", "Alicia");
  world.post(3, "Alicia", "three");
  CHECK(ids(world.view.by("alicia", {})) == "3 1 ");
  CHECK(ids(world.view.by("alice", {})).empty());
  CHECK(world.view.find(1)->author == "Alicia");
  CHECK(world.view.follows("bob", "alicia"));
  CHECK(ids(world.view.home("bob", {})) == "3 2 1 ");
}

TEST_CASE("a corrected mention keeps the order of ids", "[view]") {
  World world;
  for (std::uint64_t id = 1; id <= 5; ++id) world.post(id, "alice", id == 3 ? "nobody" : "@bob");
  world.view.correct(3, "@bob");
  CHECK(ids(world.view.mentions("bob", {})) == "5 4 3 2 1 ");
}

TEST_CASE("follows are kept for a bounded number of people, who came last", "[view]") {
  World world;
  for (const char* nick : {"a", "b", "c", "d"}) world.view.set_follows(nick, {"x"});
  CHECK_FALSE(world.view.follows_known("a"));
  CHECK(world.view.follows_known("d"));
  CHECK(world.view.people() == 3);
}

std::string snapshot_of(const View& view, std::size_t step = 7) {
  SnapshotMaker maker(view);
  while (!maker.step(step)) {
  }
  return maker.take();
}

TEST_CASE("a snapshot brings back what it was made of", "[snapshot]") {
  World world;
  for (std::uint64_t id = 1; id <= 100; ++id)
    world.post(id * 2, "alice", "@bob " + std::to_string(id), id);
  world.view.set_follows("bob", {"alice", "carol"});
  world.view.retract(10);
  world.view.correct(20, "mended");
  world.view.hide("eve", true);
  world.view.advance(500);
  world.view.set_current(1'234);
  World loaded;
  REQUIRE(load_snapshot(snapshot_of(world.view), loaded.view));
  CHECK(loaded.view.position() == 500);
  CHECK(loaded.view.current_ms() == 1'234);
  CHECK(ids(loaded.view.all({.limit = 200})) == ids(world.view.all({.limit = 200})));
  CHECK(loaded.view.find(20)->text == "mended");
  CHECK(loaded.view.find(10) == nullptr);
  CHECK(loaded.view.follows("bob", "carol"));
  CHECK(loaded.view.is_hidden("eve"));
}

TEST_CASE("a snapshot that is cut or changed anywhere is not used", "[snapshot]") {
  World world;
  for (std::uint64_t id = 1; id <= 20; ++id) world.post(id, "alice", "text");
  const std::string whole = snapshot_of(world.view);
  for (std::size_t end = 0; end < whole.size(); ++end) {
    World loaded;
    CHECK_FALSE(load_snapshot(whole.substr(0, end), loaded.view));
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    World loaded;
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x40);
    CHECK_FALSE(load_snapshot(changed, loaded.view));
  }
}

TEST_CASE("posts that come and go while a snapshot is made do it no harm", "[snapshot]") {
  World world;
  for (std::uint64_t id = 1; id <= 1'000; ++id) world.post(id, "alice", "x");
  SnapshotMaker maker(world.view);
  maker.step(100);
  for (std::uint64_t id = 1'001; id <= 1'300; ++id) world.post(id, "alice", "x");
  world.view.retract(700);  // begins anew
  while (!maker.step(100)) {
  }
  World loaded;
  REQUIRE(load_snapshot(maker.take(), loaded.view));
  CHECK(loaded.view.find(700) == nullptr);
  CHECK(loaded.view.find(1'300) != nullptr);
}

}  // namespace
}  // namespace gateway::web
