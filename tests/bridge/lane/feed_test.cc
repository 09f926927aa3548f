// The public feed of a lane: from a position on, under credit, and what becomes of posts.
#include <algorithm>

#include "tests/bridge/lane/lane_story.h"

namespace {

using namespace tests;

bridge::backbone::RecordPtr post(std::uint64_t id) {
  auto record = std::make_shared<bridge::backbone::Record>();
  record->set_id(id);
  record->mutable_post()->set_author(1);
  record->mutable_post()->set_nick("bob");
  record->mutable_post()->set_text("post " + std::to_string(id));
  return record;
}

std::vector<std::uint64_t> fed(const LaneStory& story) {
  std::vector<std::uint64_t> ids;
  for (const Sent& sent : story.sent) {
    if (sent.header.type != Type::kBatch) continue;
    const auto batch = bridge::wire::parse<bridge::wire::Batch>(sent.body);
    for (const auto& item : batch->items()) ids.push_back(item.id());
  }
  return ids;
}

Request subscribe(std::uint64_t after) {
  Request request;
  request.mutable_subscribe()->set_feed("public");
  request.mutable_subscribe()->set_after(after);
  return request;
}

TEST_CASE("the feed goes on from a position, under credit") {
  LaneStory story(Kind::kWeb);
  story.hello();
  std::vector<bridge::backbone::RecordPtr> posts;
  for (std::uint64_t id = 1; id <= 5; ++id) posts.push_back(post(id));
  REQUIRE(story.store.append(posts));
  story.lane.on_records(posts);
  story.credit = 2;
  story.ask(subscribe(1));
  story.lane.turn(story.now);
  CHECK(fed(story) == std::vector<std::uint64_t>{2, 3});
  story.credit = 10;
  story.receive("p", Type::kCredit);
  story.lane.turn(story.now);
  CHECK(fed(story) == std::vector<std::uint64_t>{2, 3, 4, 5});
}

TEST_CASE("a client that has seen more than the log holds is told of the gap") {
  LaneStory story(Kind::kWeb);
  story.hello();
  story.ask(subscribe(40));
  REQUIRE(story.sent.back().header.type == Type::kGap);
  const auto gap = *bridge::wire::parse<bridge::wire::Gap>(story.sent.back().body);
  CHECK(gap.from() == 1);
  CHECK(gap.to() == 40);
}

bridge::backbone::RecordPtr change(std::uint64_t id, std::uint64_t post, const std::string& text,
                                   std::uint64_t previous = 0) {
  auto record = std::make_shared<bridge::backbone::Record>();
  record->set_id(id);
  auto& changed = *record->mutable_changed();
  changed.set_post(post);
  changed.set_nick("bob");
  changed.set_text(text);
  changed.set_deleted(text.empty());
  changed.set_previous(previous);
  return record;
}

// "3: text", "4 changes 3: text", "5 takes back 3".
std::vector<std::string> told(const LaneStory& story) {
  std::vector<std::string> all;
  for (const Sent& sent : story.sent) {
    if (sent.header.type != Type::kBatch) continue;
    const auto batch = *bridge::wire::parse<bridge::wire::Batch>(sent.body);
    for (const auto& item : batch.items()) {
      std::string line = std::to_string(item.id());
      if (item.retracted())
        line += " takes back " + std::to_string(item.changes());
      else if (item.changes() != 0)
        line += " changes " + std::to_string(item.changes());
      all.push_back(item.retracted() ? line : line + ": " + item.text());
    }
  }
  return all;
}

TEST_CASE("the feed says what becomes of posts, and never again what they said before") {
  LaneStory story(Kind::kWeb);
  story.hello();
  story.credit = 100;
  story.ask(subscribe(0));
  const auto append = [&](std::vector<bridge::backbone::RecordPtr> records) {
    REQUIRE(story.store.append(records));
    story.lane.on_records(records);
  };
  append({post(1), post(2)});
  story.lane.turn(story.now);
  append({change(3, 1, "post one"), change(4, 2, "post two"), change(5, 2, "", 4)});
  story.lane.turn(story.now);
  using Told = std::vector<std::string>;
  CHECK(told(story) == Told{"1: post 1", "2: post 2", "3 changes 1: post one", "5 takes back 2"});
  // Whoever reads it only now.
  const bool from_memory = GENERATE(true, false);
  LaneStory late(Kind::kWeb);
  REQUIRE(late.store.append(*story.store.read(0, 100, 1 << 20)));
  if (from_memory) late.lane.on_records(*story.store.read(0, 100, 1 << 20));
  LaneStory& reader = from_memory ? late : story;
  reader.sent.clear();
  if (from_memory) reader.hello();
  reader.credit = 100;
  reader.ask(subscribe(0));
  reader.lane.turn(reader.now);
  CHECK(told(reader) == Told{"1: post one", "3 changes 1: post one", "5 takes back 2"});
}

TEST_CASE("when an account is erased, the feed says so, and gives nothing of it any more") {
  LaneStory story(Kind::kWeb);
  story.hello();
  story.credit = 100;
  story.ask(subscribe(0));
  auto erased = std::make_shared<bridge::backbone::Record>();
  erased->set_id(3);
  erased->mutable_erased()->set_account(1);
  erased->mutable_erased()->set_nick("bob");
  const std::vector<bridge::backbone::RecordPtr> posts{post(1), post(2)};
  const std::vector<bridge::backbone::RecordPtr> erasure{erased};
  for (const auto* records : {&posts, &erasure}) {
    REQUIRE(story.store.append(*records));
    story.lane.on_records(*records);
    story.lane.turn(story.now);
  }
  const auto last = *bridge::wire::parse<bridge::wire::Batch>(story.sent.back().body);
  CHECK(last.items(0).erased());
  CHECK(last.items(0).author() == "bob");
  story.sent.clear();
  story.ask(subscribe(0));
  story.lane.turn(story.now);
  CHECK(fed(story) == std::vector<std::uint64_t>{3});
}

TEST_CASE("a reader of what is kept no longer is told of the gap, and goes on behind it") {
  LaneStory story(Kind::kWeb);
  story.hello();
  story.credit = 100;
  const std::vector<bridge::backbone::RecordPtr> posts{post(1), post(2), post(3)};
  REQUIRE(story.store.append(posts));
  story.lane.on_records(posts);
  REQUIRE(story.store.expire({.records = {{1, {}}, {2, {}}}, .to = 2}));
  story.ask(subscribe(0));
  story.lane.turn(story.now);
  CHECK(fed(story) == std::vector<std::uint64_t>{3});
  const auto gap = std::ranges::find_if(
      story.sent, [](const Sent& sent) { return sent.header.type == Type::kGap; });
  REQUIRE(gap != story.sent.end());
  const auto body = *bridge::wire::parse<bridge::wire::Gap>(gap->body);
  CHECK(body.from() == 1);
  CHECK(body.to() == 2);
}

TEST_CASE("direct messages are never in the feed") {
  LaneStory story(Kind::kWeb);
  story.hello();
  auto direct = std::make_shared<bridge::backbone::Record>();
  direct->set_id(1);
  direct->mutable_direct()->set_text("secret");
  const std::vector<bridge::backbone::RecordPtr> records{direct, post(2)};
  REQUIRE(story.store.append(records));
  story.lane.on_records(records);
  story.credit = 10;
  story.ask(subscribe(0));
  story.lane.turn(story.now);
  CHECK(fed(story) == std::vector<std::uint64_t>{2});
}

}  // namespace
