// One lane's protocol: sessions, permissions, limits. The feed has a file of its own.
#include "tests/bridge/lane/lane_story.h"

namespace {

using namespace std::chrono_literals;
using namespace tests;

TEST_CASE("HELLO opens a session, WELCOME says how it is kept") {
  LaneStory story(Kind::kIm);
  story.hello();
  REQUIRE(story.sent.size() == 1);
  CHECK(story.sent[0].header.type == Type::kWelcome);
  CHECK(story.sent[0].header.epoch == 5);
  REQUIRE(story.told.size() == 1);
  CHECK(std::holds_alternative<bridge::fanout::Opened>(story.told[0]));
}

TEST_CASE("a frame without a session is told to say HELLO") {
  LaneStory story(Kind::kIm);
  story.receive("p", Type::kPing);
  CHECK(story.last_bye().reason() == Bye::UNKNOWN_SESSION);
}

TEST_CASE("no version in common ends before it begins") {
  LaneStory story(Kind::kIm);
  story.hello("p", "gw", 9);
  CHECK(story.last_bye().reason() == Bye::VERSION);
}

TEST_CASE("the newest session of a client name takes over") {
  LaneStory story(Kind::kIm);
  story.hello("p1");
  story.hello("p2");
  REQUIRE(story.sent.size() == 3);
  CHECK(story.sent[1].peer == "p1");
  CHECK(bridge::wire::parse<Bye>(story.sent[1].body)->reason() == Bye::REPLACED);
  CHECK(story.sent[2].header.type == Type::kWelcome);
}

TEST_CASE("silence ends a session, and its deliveries go back") {
  LaneStory story(Kind::kIm);
  story.hello();
  story.now.mono += 14s;
  story.receive("p", Type::kPing);
  story.now.mono += 14s;
  story.lane.turn(story.now);
  CHECK(story.lane.counters().sessions.value() == 1);
  story.now.mono += 2s;
  story.lane.turn(story.now);
  CHECK(story.last_bye().reason() == Bye::SILENCE);
  CHECK(std::holds_alternative<bridge::fanout::Closed>(story.told.back()));
}

TEST_CASE("frames of an earlier epoch are ignored") {
  LaneStory story(Kind::kIm);
  story.hello();
  story.epoch = 4;
  story.receive("p", Type::kPing);
  CHECK(story.sent.size() == 1);
}

TEST_CASE("what a client may not send ends its session") {
  LaneStory story(Kind::kIm);
  story.hello();
  story.receive("p", Type::kBatch);
  CHECK(story.last_bye().reason() == Bye::PROTOCOL_ERROR);
}

TEST_CASE("credit is told on when it grows, and only then") {
  LaneStory story(Kind::kIm);
  story.hello();
  story.credit = 10;
  story.receive("p", Type::kCredit);
  story.credit = 4;
  story.receive("p", Type::kCredit);
  REQUIRE(story.told.size() == 2);
  CHECK(std::get<bridge::fanout::Granted>(story.told[1]).deliveries == 10);
}

TEST_CASE("each lane speaks for its kind of people") {
  LaneStory im(Kind::kIm);
  im.hello();
  CHECK(im.ask(publish("alice")).error().code() == bridge::wire::FORBIDDEN);
  CHECK(im.ask(publish("", "alice@example.org")).error().code() == bridge::wire::OK);
  CHECK(im.submitted.size() == 1);
  LaneStory web(Kind::kWeb);
  web.hello();
  CHECK(web.ask(publish("", "alice@example.org")).error().code() == bridge::wire::FORBIDDEN);
  Request create = publish("alice");
  create.mutable_publish()->set_create_author(true);
  CHECK(web.ask(create).error().code() == bridge::wire::FORBIDDEN);
}

TEST_CASE("a backup is made for operators alone") {
  Request backup;
  backup.mutable_backup()->set_path("/var/backups/1");
  for (const Kind kind : {Kind::kIm, Kind::kWeb}) {
    LaneStory story(kind);
    story.hello();
    CHECK(story.ask(backup).error().code() == bridge::wire::FORBIDDEN);
    CHECK(story.submitted.empty());
    CHECK(story.lane.counters().forbidden.value() == 1);
  }
  LaneStory admin(Kind::kAdmin);
  admin.hello();
  admin.ask(backup);
  REQUIRE(admin.submitted.size() == 1);
  CHECK(admin.submitted[0].request.backup().path() == "/var/backups/1");
}

TEST_CASE("operators keep order on the lanes im and admin, and only admin says who they are") {
  Request suspend;
  suspend.mutable_operate()->set_who("root");
  suspend.mutable_operate()->mutable_suspend()->set_nick("bob");
  LaneStory admin(Kind::kAdmin);
  admin.hello();
  admin.ask(suspend);
  REQUIRE(admin.submitted.size() == 1);
  CHECK(admin.submitted[0].request.operate().who() == "root (gw)");
  LaneStory im(Kind::kIm);
  im.hello();
  suspend.mutable_actor()->set_address("alice@example.org");
  im.ask(suspend);
  REQUIRE(im.submitted.size() == 1);
  CHECK(im.submitted[0].request.operate().who().empty());
  Request audit;
  audit.mutable_actor()->set_address("alice@example.org");
  audit.mutable_audit()->set_who("root");
  im.ask(audit);
  CHECK(im.submitted[1].request.audit().who().empty());
  LaneStory web(Kind::kWeb);
  web.hello();
  suspend.mutable_actor()->set_nick("alice");
  CHECK(web.ask(suspend).error().code() == bridge::wire::FORBIDDEN);
  CHECK(web.submitted.empty());
}

TEST_CASE("on the lane admin an account is erased as an act of an operator, which is audited") {
  Request erase;
  erase.mutable_actor()->set_nick("bob");
  erase.mutable_erase();
  LaneStory admin(Kind::kAdmin);
  admin.hello();
  CHECK(admin.ask(erase).error().code() == bridge::wire::FORBIDDEN);
  CHECK(admin.submitted.empty());
  LaneStory web(Kind::kWeb);
  web.hello();
  web.ask(erase);
  CHECK(web.submitted.size() == 1);
}

TEST_CASE("an operator's removal of a post goes by way of the fan-out, as every change of one") {
  LaneStory admin(Kind::kAdmin);
  admin.hello();
  admin.told.clear();
  Request remove;
  remove.mutable_operate()->mutable_remove()->set_post(7);
  admin.ask(remove);
  CHECK(admin.submitted.empty());
  REQUIRE(admin.told.size() == 1);
  const auto* asked = std::get_if<bridge::fanout::Asked>(&admin.told[0]);
  REQUIRE(asked);
  CHECK(asked->request.operate().who() == "gw");
}

TEST_CASE("more is a question to the fan-out, for people and for the website") {
  for (const Kind kind : {Kind::kIm, Kind::kWeb, Kind::kAdmin}) {
    LaneStory story(kind);
    story.hello();
    story.told.clear();
    Request request;
    request.mutable_more()->set_phrase("nyc");
    CHECK(story.ask(request).has_error());  // it needs an actor
    if (kind == Kind::kIm)
      request.mutable_actor()->set_address("alice@example.org");
    else
      request.mutable_actor()->set_nick("alice");
    const Reply reply = story.ask(request);
    CHECK(story.submitted.empty());
    if (kind == Kind::kAdmin) {
      CHECK(reply.error().code() == bridge::wire::FORBIDDEN);
      continue;
    }
    REQUIRE(story.told.size() == 1);
    const auto& asked = std::get<bridge::fanout::Asked>(story.told[0]);
    CHECK(asked.request.more().phrase() == "nyc");
    CHECK(asked.reply_to.sequence == story.sequence);
  }
}

TEST_CASE("a client speaks only for whom its rule says") {
  LaneStory story(LaneOptions{.kind = Kind::kIm,
                              .clients = {{.name = "gw", .key = {}, .speaks_for = {"*@a.org"}}}});
  story.hello("p", "other");
  CHECK(story.last_bye().reason() == Bye::NOT_ALLOWED);
  story.hello("p", "gw");
  CHECK(story.ask(publish("", "x@b.org")).error().code() == bridge::wire::FORBIDDEN);
  CHECK(story.ask(publish("", "x@a.org")).error().code() == bridge::wire::OK);
}

TEST_CASE("a key decides alone, whatever name its owner gives") {
  const bridge::lane::ClientRule keyed{.name = "*", .key = "K", .speaks_for = {"*"}};
  LaneStory story(LaneOptions{.kind = Kind::kWeb, .clients = {keyed}});
  story.hello("p", "site");
  CHECK(story.last_bye().reason() == Bye::NOT_ALLOWED);
  story.user = "K";
  story.hello("p", "anything");
  CHECK(story.sent.back().header.type == Type::kWelcome);
}

TEST_CASE("over a limit means when to come again, and then it passes") {
  LaneOptions options{.kind = Kind::kWeb};
  options.limits.publishes_per_person = *throttle::Policy::parse("1/10s burst 1");
  LaneStory story(std::move(options));
  story.hello();
  CHECK(story.ask(publish("alice")).error().code() == bridge::wire::OK);
  const auto refused = story.ask(publish("Alice"));
  CHECK(refused.error().code() == bridge::wire::RATE_LIMITED);
  CHECK(refused.error().retry_after_ms() == 10000);
  CHECK(story.submitted.size() == 1);
  CHECK(story.ask(publish("bob")).error().code() == bridge::wire::OK);
  story.now.mono += 10s;
  story.ask(publish("alice"));
  CHECK(story.submitted.size() == 3);
}

TEST_CASE("from the person to the lane, the level that binds is told, and nobody else is charged") {
  LaneOptions options{.kind = Kind::kIm};
  options.limits.requests_per_person = *throttle::Policy::parse("1/10s burst 1");
  options.limits.requests_per_domain = *throttle::Policy::parse("2/10s burst 2");
  options.limits.requests_per_client = *throttle::Policy::parse("3/10s burst 3");
  options.limits.publishes = *throttle::Policy::parse("4/10s burst 4");
  options.limits.requests = *throttle::Policy::parse("5/10s burst 5");
  LaneStory story(std::move(options));
  story.hello();
  const auto refusal = [&](const std::string& address) {
    const auto error = story.ask(publish("", address)).error();
    return error.code() == bridge::wire::RATE_LIMITED ? error.text() : std::string();
  };
  CHECK(refusal("a@one.org").empty());
  for (int i = 0; i < 10; ++i) CHECK_THAT(refusal("a@one.org"), Catch::Contains("per person"));
  CHECK(refusal("b@one.org").empty());
  CHECK_THAT(refusal("c@one.org"), Catch::Contains("per domain"));
  CHECK(refusal("c@two.org").empty());
  CHECK_THAT(refusal("d@two.org"), Catch::Contains("per client"));
  CHECK(story.submitted.size() == 3);
  CHECK(story.lane.counters().levels[0].limited.value() == 10);
  CHECK(story.lane.counters().levels[2].limited.value() == 1);
  CHECK(story.lane.counters().levels[6].limited.value() == 1);
  const auto throttled = story.lane.throttled(1);
  REQUIRE(throttled.people.size() == 1);
  CHECK(throttled.people[0].key == "a@one.org");
  CHECK(throttled.people[0].count == 10);
  CHECK(throttled.domains[0].key == "one.org");
}

TEST_CASE("questions, changes and publishes have limits of their own") {
  LaneOptions options{.kind = Kind::kIm};
  options.limits.questions = *throttle::Policy::parse("1/10s burst 1");
  LaneStory story(std::move(options));
  story.hello();
  Request question;
  question.mutable_actor()->set_address("a@b.org");
  question.mutable_stats();
  CHECK(story.ask(question).error().code() == bridge::wire::OK);
  CHECK(story.ask(question).error().code() == bridge::wire::RATE_LIMITED);
  Request change;
  change.mutable_actor()->set_address("a@b.org");
  change.mutable_track()->set_phrases("nyc");
  CHECK(story.ask(change).error().code() == bridge::wire::OK);
  CHECK(story.ask(publish("", "a@b.org")).error().code() == bridge::wire::OK);
}

TEST_CASE("a limit in shadow counts what it would do, and does nothing") {
  LaneOptions options{.kind = Kind::kIm};
  options.limits.requests_per_person = *throttle::Policy::parse("1/10s burst 1");
  options.limits.requests_per_person.shadow = true;
  LaneStory story(std::move(options));
  story.hello();
  for (int i = 0; i < 3; ++i) story.ask(publish("", "a@b.org"));
  CHECK(story.submitted.size() == 3);
  CHECK(story.lane.counters().levels[0].shadowed.value() == 2);
  CHECK(story.lane.counters().levels[0].limited.value() == 0);
}

TEST_CASE("limits are shown and changed on the lane admin alone, and who does it is noted") {
  Request show;
  show.mutable_show_limits();
  Request change;
  change.mutable_change_limit()->set_name("im.publishes");
  change.mutable_change_limit()->set_value("1/s");
  for (const Kind kind : {Kind::kIm, Kind::kWeb}) {
    LaneStory story(kind);
    story.hello();
    CHECK(story.ask(show).error().code() == bridge::wire::FORBIDDEN);
    CHECK(story.ask(change).error().code() == bridge::wire::FORBIDDEN);
    CHECK(story.submitted.empty());
  }
  LaneStory admin(Kind::kAdmin);
  admin.hello("p", "ctl-1");
  admin.ask(change);
  change.mutable_change_limit()->set_who("olga");
  admin.ask(change);
  REQUIRE(admin.submitted.size() == 2);
  CHECK(admin.submitted[0].request.change_limit().who() == "ctl-1");
  CHECK(admin.submitted[1].request.change_limit().who() == "olga (ctl-1)");
}

TEST_CASE("how long answers take is measured from the arrival of the request") {
  LaneStory story(Kind::kWeb);
  story.hello();
  story.lane.begin_turn(story.now);
  for (int i = 0; i < 100; ++i) {
    story.ask(publish("alice"));
    story.now.mono += 10ms;
    story.lane.begin_turn(story.now);
    story.lane.on_reply(story.submitted.back().reply_to.session, story.sequence, {});
  }
  story.now.mono += 1s;
  story.lane.begin_turn(story.now);
  const auto& latency = story.lane.latency();
  CHECK(latency.count.value() > 0);
  CHECK(latency.p99_ns.value() >= 10'000'000);
  CHECK(latency.p99_ns.value() < 12'000'000);
}

TEST_CASE("a full committer is said, not waited for") {
  LaneStory story(Kind::kWeb);
  story.hello();
  story.committer_full = true;
  CHECK(story.ask(publish("alice")).error().code() == bridge::wire::BUSY);
}

TEST_CASE("unanswered requests are bounded per session") {
  LaneStory story(LaneOptions{.kind = Kind::kWeb, .requests_per_session_max = 2});
  story.hello();
  story.ask(publish("a"));
  story.ask(publish("a"));
  CHECK(story.ask(publish("a")).error().code() == bridge::wire::BUSY);
  story.lane.on_reply(story.submitted[0].reply_to.session, 1, {});
  story.ask(publish("a"));
  CHECK(story.submitted.size() == 3);
}

TEST_CASE("replies wait in order while the socket is full") {
  LaneStory story(Kind::kWeb);
  story.hello();
  story.outcome = bridge::wire::SendOutcome::kFull;
  story.receive("p", Type::kPing, {}, 1);
  story.receive("p", Type::kPing, {}, 2);
  story.outcome = bridge::wire::SendOutcome::kSent;
  story.lane.turn(story.now);
  REQUIRE(story.sent.size() == 3);
  CHECK(story.sent[1].header.sequence == 1);
  CHECK(story.sent[2].header.sequence == 2);
}

TEST_CASE("a peer that is gone is heard to the end before its session ends") {
  LaneStory story(Kind::kIm);
  story.hello();
  story.outcome = bridge::wire::SendOutcome::kGone;
  story.lane.on_batch(1, 1, "to nobody");
  story.lane.turn(story.now);
  CHECK(story.lane.counters().sessions.value() == 1);
  SECTION("it had said goodbye") {
    story.receive("p", Type::kBye);
    CHECK(story.lane.counters().sessions_lost.value() == 0);
  }
  SECTION("it had said nothing more") {
    story.lane.forget_gone();
    CHECK(story.lane.counters().sessions_lost.value() == 1);
  }
  CHECK(story.lane.counters().sessions.value() == 0);
}

TEST_CASE("a question to a fan-out that is full is answered BUSY, and the lane goes on") {
  LaneStory story(Kind::kWeb);
  story.hello();
  story.fanout_full = true;
  Request retract;
  retract.mutable_actor()->set_nick("bob");
  retract.mutable_retract()->set_post(1);
  Request correct = retract;
  correct.mutable_correct()->set_post(1);
  Request more = retract;
  more.mutable_more();
  for (const Request& question : {retract, correct, more}) {
    const auto error = story.ask(question).error();
    CHECK(error.code() == bridge::wire::BUSY);
    CHECK(error.retry_after_ms() > 0);
  }
  CHECK(story.lane.counters().busy.value() == 3);
  CHECK(story.lane.counters().unanswered.value() == 0);
  story.ask(publish("bob"));
  CHECK(story.submitted.size() == 1);
  story.fanout_full = false;
  story.ask(retract);
  REQUIRE(story.told.size() == 1);
  CHECK(std::get<bridge::fanout::Asked>(story.told[0]).request.has_retract());
}

TEST_CASE("a code is asked for on the lane im and redeemed on the lane web, nowhere else") {
  Request issue;
  issue.mutable_actor()->set_address("a@example.org");
  issue.mutable_issue_code();
  Request redeem;
  redeem.mutable_redeem_code()->set_code("ABCDE-FGHJK");
  for (const Kind kind : {Kind::kIm, Kind::kWeb, Kind::kAdmin}) {
    LaneStory story(kind);
    story.hello();
    const Reply issued = story.ask(issue);
    CHECK((issued.error().code() == bridge::wire::FORBIDDEN) == (kind != Kind::kIm));
    const Reply redeemed = story.ask(redeem);
    CHECK((redeemed.error().code() == bridge::wire::FORBIDDEN) == (kind != Kind::kWeb));
    CHECK(story.submitted.size() == (kind == Kind::kAdmin ? 0 : 1));
  }
}

TEST_CASE("a sign-in is asked for on the lane web and answered on the lane im, nowhere else") {
  Request ask;
  ask.mutable_ask_sign_in()->set_nick("alice");
  Request check;
  check.mutable_check_sign_in()->set_ticket("secret");
  Request answer;
  answer.mutable_actor()->set_address("a@example.org");
  answer.mutable_answer_sign_in()->set_transaction("K7QF-MX");
  for (const Kind kind : {Kind::kIm, Kind::kWeb, Kind::kAdmin}) {
    LaneStory story(kind);
    story.hello();
    story.told.clear();
    for (const Request& request : {ask, check}) {
      const Reply reply = story.ask(request);
      CHECK((reply.error().code() == bridge::wire::FORBIDDEN) == (kind != Kind::kWeb));
    }
    CHECK((story.ask(answer).error().code() == bridge::wire::FORBIDDEN) == (kind != Kind::kIm));
    CHECK(story.submitted.empty());
    CHECK(story.told.size() == (kind == Kind::kIm ? 1 : kind == Kind::kWeb ? 2 : 0));
  }
  LaneStory story(Kind::kIm);
  story.hello();
  answer.clear_actor();
  CHECK(story.ask(answer).error().code() == bridge::wire::BAD_REQUEST);
}

}  // namespace
