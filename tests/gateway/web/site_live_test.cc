// Streams of events out of the website's view.
#include <vector>

#include "tests/gateway/web/website.h"

namespace tests {
namespace {

TEST_CASE("a stream that resumes is told what became of posts it has", "[live]") {
  Website world;
  world.feed(1, "bob", "one");
  world.feed(2, "bob", "two");
  world.feed(3, "bob", "three");
  world.change(4, 1, "");
  world.change(5, 2, "zwei");
  const std::string news = world.stream({}, "2")->news();
  CHECK(has(news, event_text(0, "gone", "{\"id\":1}")));
  CHECK(has(news, "event: corrected\ndata: {\"id\":2,"));
  CHECK(news.ends_with(line(3, "bob", "three")));
}

TEST_CASE("what somebody suspended wrote goes from whoever looks, and is not told again",
          "[live]") {
  Website world;
  world.feed(1, "eve", "one");
  world.feed(2, "bob", "two");
  world.feed(3, "eve", "three");
  auto live = world.stream({});
  world.suspend(4, "eve");
  CHECK(live->news() == event_text(0, "gone", "{\"id\":3}") + event_text(0, "gone", "{\"id\":1}"));
  world.suspend(5, "eve");  // for another reason
  world.change(6, 1, "said otherwise");
  CHECK_FALSE(has(live->news(), "said otherwise"));
  const std::string resumed = world.stream({}, "3")->news();
  CHECK_FALSE(has(resumed, "said otherwise"));
  CHECK(has(resumed, event_text(0, "gone", "{\"id\":1}")));
}

TEST_CASE("streams bring posts as they come, to whom they concern", "[live]") {
  Website world;
  world.feed(1, "bob", "before");
  auto everybody = world.stream({});
  auto home = world.stream({{"timeline", "home"}});
  auto mentions = world.stream({{"timeline", "mentions"}});
  auto carols = world.stream({{"timeline", "user"}, {"nick", "Carol"}});
  world.feed(2, "carol", "hi @alice");
  world.feed(3, "bob", "ho");
  CHECK(everybody->news() == line(2, "carol", "hi @alice") + line(3, "bob", "ho"));
  CHECK(home->news() == line(3, "bob", "ho"));
  CHECK(mentions->news() == line(2, "carol", "hi @alice"));
  CHECK(carols->news() == line(2, "carol", "hi @alice"));
}

TEST_CASE("a stream resumes where it was, and is told what is gone", "[live]") {
  Website world;
  for (std::uint64_t id = 1; id <= 150; ++id) world.feed(id, "bob", "x");  // the view keeps 100
  CHECK(world.stream({}, "149")->news() == line(150, "bob", "x"));
  CHECK(world.stream({}, "150")->news().empty());
  const std::string old = world.stream({}, "10")->news();
  CHECK(old.starts_with(event_text(0, "gap", "{\"from\":11,\"to\":50}") + line(51, "bob", "x")));
  CHECK(old.ends_with(line(150, "bob", "x")));
  auto live = world.stream({}, "149");
  world.feed(151, "bob", "y");
  CHECK(live->news() == line(150, "bob", "x") + line(151, "bob", "y"));
}

TEST_CASE("streams are bounded, and those that ended are forgotten", "[live]") {
  Website world;
  std::vector<std::shared_ptr<Reader>> readers;
  for (std::size_t i = 0; i < world.site.settings().live.per_person_max; ++i)
    readers.push_back(world.stream({}));
  CHECK(world.ask("GET", "/api/events").status == 503);
  for (const auto& reader : readers) reader->is_open = false;
  world.turns(4'000ms);
  CHECK(world.site.live().streams() == 0);
  world.stream({});
}

}  // namespace
}  // namespace tests
