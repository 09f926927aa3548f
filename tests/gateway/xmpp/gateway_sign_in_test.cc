// Stories of people who are asked in their client whether they want to be signed in (XEP-0070).
#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "gateway_world.h"
#include "parsed_xml.h"

namespace gateway::xmpp {
namespace {

namespace wire = bridge::wire;
using Catch::Contains;

constexpr auto kBob = "bob@example.org";
constexpr auto kPhone = "bob@example.org/phone";

// bob is a member and there.
struct Story : World {
  explicit Story(Settings settings = small_settings()) : World(std::move(settings)) {
    up();
    members[kBob] = "bob";
    presence(kPhone);
    clear();
  }
  void question() {
    wire::Batch batch;
    auto& question = *batch.add_sign_in_questions();
    question.set_address(kBob);
    question.set_transaction("K7QF-MX");
    question.set_method("POST");
    question.set_url("https://lapwing.example.org/sign-in/ask");
    question.set_good_for_ms(120'000);
    peer().deliver(batch);
    turn();
  }
  static Stanza message(std::string_view from = kPhone,
                        std::string_view to = "lapwing@im.example.org") {
    Stanza stanza;
    stanza.from = *Jid::parse(from);
    stanza.to = *Jid::parse(to);
    stanza.id = "c1";
    stanza.confirms = "K7QF-MX";
    return stanza;
  }
  static Stanza error(std::string_view type, std::string_view condition,
                      std::string_view from = kPhone) {
    Stanza stanza = message(from);
    stanza.type = "error";
    stanza.error_type = type;
    stanza.error_condition = condition;
    return stanza;
  }
  // What the bridge was told, by whom: "bob@example.org yes K7QF-MX".
  std::string answered() const {
    std::string all;
    for (const wire::Request& request : requests)
      if (request.has_answer_sign_in())
        all += (all.empty() ? "" : "; ") + request.actor().address() +
               (request.answer_sign_in().yes() ? " yes " : " no ") +
               request.answer_sign_in().transaction();
    return all;
  }
};

TEST_CASE("a question is one message to the bare address, in words and as an element") {
  Story story;
  story.question();
  const auto stanzas = test::parse_stanzas(story.out());
  REQUIRE(stanzas.has_value());
  REQUIRE(stanzas->size() == 1);
  const test::Element& message = stanzas->front();
  CHECK(message.attribute("to") == kBob);
  CHECK(message.attribute("from") == "lapwing@im.example.org");
  const auto* confirm = message.child("confirm");
  REQUIRE(confirm != nullptr);
  CHECK(confirm->attribute("id") == "K7QF-MX");
  CHECK(confirm->attribute("method") == "POST");
  CHECK(confirm->attribute("url") == "https://lapwing.example.org/sign-in/ask");
  REQUIRE(message.child("thread") != nullptr);
  CHECK(message.child("thread")->text == "sign-in-K7QF-MX");
  CHECK(message.child("no-store") != nullptr);
  CHECK(message.child("request") == nullptr);
  CHECK(message.child("body")->text ==
        "Somebody wants to sign in as you on https://lapwing.example.org, in a browser that shows "
        "K7QF-MX.\nIf it was you, and your browser shows K7QF-MX, write: confirm K7QF-MX\nIt "
        "signs in whoever asked. If it was not you, write: deny K7QF-MX\nWithout an answer nothing "
        "happens; the question is good for 2 minutes.");
}

TEST_CASE("a client says yes with the element, and its person reads what came of it") {
  Story story;
  story.question();
  story.clear();
  story.gets(Story::message());
  CHECK(story.answered() == "bob@example.org yes K7QF-MX");
  CHECK_THAT(story.to(kPhone), Contains("that browser is signed in"));
  story.clear();
  Stanza with_words = Story::message(kPhone, "im.example.org");
  with_words.body = "OK";
  story.gets(with_words);
  CHECK(story.answered() == "bob@example.org yes K7QF-MX; bob@example.org yes K7QF-MX");
  CHECK(story.posts.empty());
}

TEST_CASE("a client says no with an error, which gets no error back") {
  Story story;
  story.question();
  story.clear();
  SECTION("and its person reads what came of it") {
    story.gets(Story::error("auth", "not-authorized"));
    CHECK(story.answered() == "bob@example.org no K7QF-MX");
    CHECK_THAT(story.to(kPhone), Contains("Nobody is signed in"));
  }
  SECTION("also when the bridge is away") {
    story.bridge_down();
    story.clear();
    story.gets(Story::error("auth", "not-authorized"));
    CHECK(story.out().empty());
  }
  SECTION("also when there is no such question") {
    story.refuse_with.set_code(wire::UNKNOWN);
    story.gets(Story::error("auth", "not-authorized"));
    CHECK(story.out().empty());
  }
}

TEST_CASE("a question that a server gives back was not answered") {
  Story story;
  story.question();
  story.clear();
  story.gets(Story::error("cancel", "service-unavailable"));
  story.gets(Story::error("wait", "recipient-unavailable"));
  CHECK(story.answered().empty());
  CHECK(story.out().empty());
  CHECK(story.available(kBob));
}

TEST_CASE("whoever answers speaks for their own address only") {
  Story story;
  story.members["eve@example.org"] = "eve";
  story.gets(Story::message("eve@example.org/phone"));
  story.gets(Story::error("auth", "not-authorized", "eve@example.org/phone"));
  CHECK(story.answered() == "eve@example.org yes K7QF-MX; eve@example.org no K7QF-MX");
  story.requests.clear();
  story.gets(Story::message(kPhone, "alice@im.example.org"));  // a contact asked nothing
  story.gets(Story::message("example.org"));                   // nor is a server anybody
  story.gets(Story::error("auth", "not-authorized", "example.org"));
  CHECK(story.answered().empty());
}

TEST_CASE("in chat a question is answered in words, and nothing of it is published") {
  Story story;
  story.says(kPhone, "confirm K7QF-MX");
  CHECK_THAT(story.to(kPhone), Contains("that browser is signed in"));
  story.says(kPhone, "Deny k7qf-mx");
  CHECK(story.answered() == "bob@example.org yes K7QF-MX; bob@example.org no k7qf-mx");
  story.clear();
  for (const char* wrong : {"confirm", "confirm K7QFMX", "confirm 17", "deny access", "deny"})
    story.says(kPhone, wrong);
  CHECK(story.answered() == "bob@example.org yes K7QF-MX; bob@example.org no k7qf-mx");
  CHECK(story.posts.empty());
  CHECK_THAT(story.to(kPhone), Contains("confirm ID") && Contains("deny ID"));
  story.clear();
  story.refuse_with.set_code(wire::UNKNOWN);
  story.refuse_with.set_text("There is no such question for you.");
  story.says(kPhone, "confirm K7QF-MY");
  CHECK_THAT(story.to(kPhone), Contains("There is no such question for you."));
}

TEST_CASE("answers count against their person's limit") {
  Settings settings = World::small_settings();
  settings.limits.person = policy("5/10s burst 5");
  Story story(settings);
  for (int i = 0; i < 5; ++i) story.gets(Story::message());
  const auto asked = story.requests.size();
  story.gets(Story::message());
  CHECK(story.requests.size() == asked);
  CHECK_THAT(story.to(kPhone), Contains("type='wait'"));
  story.clear();
  story.gets(Story::error("auth", "not-authorized"));
  CHECK(story.requests.size() == asked);
  CHECK(story.out().empty());
}

TEST_CASE("without the XMPP server a question is lost, and not kept for later") {
  Story story;
  story.xmpp_down();
  story.question();
  story.clear();
  story.xmpp_up();
  story.turn();
  CHECK_THAT(story.out(), !Contains("K7QF-MX"));
}

}  // namespace
}  // namespace gateway::xmpp
