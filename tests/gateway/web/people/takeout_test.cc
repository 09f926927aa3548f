// A person's own data as a file: what is in it, who gets it, and what it costs.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/gateway/web/people/browser.h"

namespace {

using namespace std::chrono_literals;
using tests::Browser;
using tests::People;
namespace w = tests::wire;
using nlohmann::json;

// Takes what is written as fast as the test says.
class Reader : public gateway::web::Stream {
 public:
  void write(gateway::web::SharedText text) override {
    got += *text;
    waiting += text->size();
  }
  std::size_t waiting_bytes() const override { return waiting; }
  bool open() const override { return is_open; }
  void close() override { is_open = false; }
  void finish() override {
    is_open = false;
    finished = true;
  }

  std::string got;
  std::size_t waiting = 0;
  bool is_open = true;
  bool finished = false;
};

// A bridge with a bit of everything, and posts in as many pages as a test wants.
struct Story : People {
  Story() {
    world.extracts = [this](const w::Extract& what) { return page(what); };
    ann.signs_in();
  }
  w::Reply page(const w::Extract& what) {
    w::Reply reply;
    if (refuse_with != w::OK) {
      reply.mutable_error()->set_code(refuse_with);
      return reply;
    }
    auto& out = *reply.mutable_extracted();
    auto& line = *out.add_lines();
    line.set_nick("bob");
    line.set_text("text \"<b>\xff");
    line.set_id(what.after() + 1);
    line.set_time_ms(1000);
    if (what.part() == w::Extract::ACCOUNT) {
      line.set_nick("alice");
      line.set_text("alice@example.org");
    }
    if (what.part() == w::Extract::RECORDS) {
      line.set_kind(w::ExtractedLine::POST);
      if (what.after() + 1 < pages) out.set_next(what.after() + 1);
      if (long_text > 0) line.set_text(std::string(long_text, '<'));
      auto& direct = *out.add_lines();
      direct.set_kind(w::ExtractedLine::DIRECT_TAKEN);
      direct.set_nick("bob");
      direct.set_text("secret");
    }
    return reply;
  }
  std::shared_ptr<Reader> download() {
    ann.get("/settings/export");
    if (!ann.response.stream) return nullptr;
    auto reader = std::make_shared<Reader>();
    ann.response.stream(reader);
    return reader;
  }
  void turns(Reader& reader, int count = 2000) {
    for (int i = 0; i < count && reader.is_open; ++i) {
      takeout.turn(now);
      reader.waiting = 0;
      now.mono += 10ms;
    }
  }

  Browser ann{*this};
  std::uint64_t pages = 1;
  std::size_t long_text = 0;
  w::ErrorCode refuse_with = w::OK;
};

TEST_CASE("a member downloads all that is kept of them") {
  Story story;
  story.pages = 3;
  const auto reader = story.download();
  REQUIRE(reader);
  CHECK(story.ann.response.status == 200);
  CHECK(story.ann.header("Content-Disposition") == "attachment; filename=\"lapwing-alice.json\"");
  CHECK(story.ann.header("Cache-Control") == "private, no-store");
  story.turns(*reader);
  CHECK(reader->finished);
  CHECK(story.takeout.running() == 0);
  const json file = json::parse(reader->got);
  CHECK(file["format"] == 1);
  CHECK(file["account"]["nick"] == "alice");
  CHECK(file["account"]["address"] == "alice@example.org");
  CHECK(file["follows"] == json::array({"bob"}));
  CHECK(file["tracks"][0]["phrase"] == "text \"<b>\xef\xbf\xbd");
  CHECK(file["favourites"] == json::array({1}));
  REQUIRE(file["messages"].size() == 6);
  CHECK(file["messages"][0]["kind"] == "post");
  CHECK(file["messages"][1]["kind"] == "direct_received");
  CHECK(file["messages"][1]["from"] == "bob");
  CHECK(file["messages"][4]["id"] == 3);
  CHECK(file["complete"] == true);
  for (const auto& request : story.world.asked)
    if (request.has_extract()) CHECK(request.actor().nick() == "alice");
}

TEST_CASE("a stranger signs in first, with a code that the link has filled in") {
  People people;
  Browser eve(people);
  eve.get("/settings/export");
  CHECK(eve.response.status == 303);
  CHECK(eve.header("Location") == "/sign-in?back=/settings/export");
  eve.get("/sign-in?back=/settings/export&code=ABCDE-FGHIJ");
  CHECK(eve.shows("value=\"ABCDE-FGHIJ\""));
  CHECK(eve.shows("name=\"back\" value=\"/settings/export\""));
  CHECK(people.world.asked.empty());  // looking at the page uses nothing up
  eve.get("/sign-in?code=%22%3E%3Cscript%3E");
  CHECK_FALSE(eve.shows("<script>"));
  eve.post("/sign-in", {{"code", "GOOD"}, {"back", "/settings/export"}});
  CHECK(eve.header("Location") == "/settings/export");
}

TEST_CASE("the settings page leads to the file") {
  Story story;
  story.ann.get("/settings");
  CHECK(story.ann.shows("href=\"/settings/export\""));
}

TEST_CASE("a reader who takes nothing is not written to, and the bridge is not asked") {
  Story story;
  story.pages = 100;
  story.long_text = 4000;
  const auto reader = story.download();
  for (int i = 0; i < 1000; ++i) story.takeout.turn(story.now);
  CHECK(reader->waiting < 2 * gateway::web::Takeout::kAheadBytes);
  const auto asked = story.world.asked.size();
  for (int i = 0; i < 100; ++i) story.takeout.turn(story.now);
  CHECK(story.world.asked.size() == asked);
  story.turns(*reader);
  CHECK(reader->finished);
  CHECK(json::parse(reader->got)["messages"].size() == 200);
}

TEST_CASE("a bridge that is away for a moment is asked again; away for long, the file ends short") {
  Story story;
  story.pages = 3;
  const auto reader = story.download();
  story.refuse_with = w::UNAVAILABLE;
  story.turns(*reader, 300);
  CHECK(reader->is_open);
  story.refuse_with = w::OK;
  story.turns(*reader);
  CHECK(reader->finished);
  const json file = json::parse(reader->got);
  CHECK(file["messages"].size() == 6);
  CHECK(file["complete"] == true);

  const auto other = story.download();
  story.refuse_with = w::UNAVAILABLE;
  story.turns(*other, 10'000);
  CHECK_FALSE(other->is_open);
  CHECK_FALSE(other->finished);
  CHECK_FALSE(json::accept(other->got));
  story.ann.get("/settings/export");
  CHECK(story.ann.response.status == 503);
  CHECK(story.takeout.running() == 0);
}

TEST_CASE("an account that is gone or suspended meanwhile gets no more of its file") {
  for (const auto code : {w::UNKNOWN, w::FORBIDDEN, w::BAD_REQUEST, w::NOT_JOINED}) {
    Story story;
    story.pages = 3;
    const auto reader = story.download();
    story.refuse_with = code;
    story.turns(*reader, 10);
    CHECK_FALSE(reader->is_open);
    CHECK_FALSE(reader->finished);
    CHECK(story.takeout.running() == 0);
  }
}

TEST_CASE("a reader may be slow for longer than a bridge") {
  Story story;
  story.pages = 2;
  story.long_text = 200'000;
  const auto reader = story.download();
  for (int i = 0; i < 100; ++i) {
    story.takeout.turn(story.now);
    reader->waiting = 0;
    story.now.mono += 30s;
  }
  CHECK(reader->finished);
  CHECK(json::accept(reader->got));
}

TEST_CASE("who only looks at the head of the file downloads nothing") {
  Story story;
  story.ann.head("/settings/export");
  CHECK(story.ann.response.status == 200);
  CHECK(story.ann.header("Content-Disposition") == "attachment; filename=\"lapwing-alice.json\"");
  CHECK(story.takeout.running() == 0);
}

TEST_CASE("a reader who leaves before the file begins keeps nobody from another") {
  Story story;
  story.ann.get("/settings/export");
  story.ann.response = {};  // not taken
  story.takeout.turn(story.now);
  CHECK(story.takeout.running() == 0);
  CHECK(story.download() != nullptr);
}

TEST_CASE("a bridge that answers after the patience with it is told of as away") {
  Story story;
  story.world.silent = true;
  story.ann.get("/settings/export");
  story.now.mono += gateway::web::Takeout::kPatience + 1s;
  story.takeout.turn(story.now);
  CHECK(story.takeout.running() == 0);
  story.world.late.front()(story.page({}));
  CHECK(story.ann.response.status == 503);
}

TEST_CASE("one download at a time, and a few an hour") {
  Story story;
  const auto reader = story.download();
  story.ann.get("/settings/export");
  CHECK(story.ann.response.status == 429);
  CHECK(story.ann.shows("being downloaded already"));
  reader->is_open = false;  // closed the page
  story.takeout.turn(story.now);
  for (int i = 0; i < 2; ++i) {
    const auto again = story.download();
    REQUIRE(again);
    story.turns(*again);
  }
  CHECK(story.download() == nullptr);
  CHECK(story.ann.response.status == 429);
  story.now.mono += 1h;
  CHECK(story.download() != nullptr);
}

}  // namespace
