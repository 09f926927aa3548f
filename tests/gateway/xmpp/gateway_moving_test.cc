// Stories of people who move to another Jabber address (`link`).
#include <catch2/catch.hpp>
#include <string>

#include "gateway_world.h"
#include "parsed_xml.h"

namespace gateway::xmpp {
namespace {

namespace wire = bridge::wire;
using Catch::Contains;

constexpr auto kOld = "bob@example.org/phone";
constexpr auto kNew = "robert@new.example/desk";

World& with_bob(World& world) {
  world.up();
  world.members["bob@example.org"] = "bob";
  world.presence(kOld);
  world.clear();
  return world;
}

TEST_CASE("an address is offered from the old one, taken from the new, and the old one is told") {
  World world;
  with_bob(world);
  world.says(kOld, "link Robert@New.Example/desk");
  CHECK(world.requests.back().offer_move().address() == "robert@new.example");
  CHECK_THAT(world.to(kOld), Contains("Nothing has changed yet") && Contains("link bob") &&
                                 Contains("within 10 minutes"));
  CHECK(world.to("robert@new.example").empty());  // nobody writes to who has not asked
  world.clear();
  world.says(kNew, "LINK  bob");
  CHECK(world.requests.back().take_move().nick() == "bob");
  CHECK(world.requests.back().actor().address() == "robert@new.example");
  CHECK_THAT(world.to(kNew), Contains("You are bob now") && Contains("accept my contact request"));
  CHECK_THAT(world.to("robert@new.example"), Contains("type='subscribe'"));
  CHECK_THAT(world.to("bob@example.org"),
             Contains("bob has moved to robert@new.example") && Contains("type='unsubscribe'"));
}

TEST_CASE("a new address that is there already is told to the bridge at once") {
  World world;
  with_bob(world);
  world.presence(kNew);
  world.says(kOld, "link robert@new.example");
  const auto told = world.peer().heard().presence.size();
  world.clear();
  world.says(kNew, "link bob");
  CHECK(world.peer().heard().presence.size() == told + 1);
  CHECK(world.available("robert@new.example"));
  CHECK_THAT(world.to(kNew), Contains("You are bob now") && !Contains("contact request"));
}

TEST_CASE("what cannot be taken is said, and nobody else hears of it") {
  World world;
  with_bob(world);
  world.says(kNew, "link bob");
  CHECK_THAT(world.to(kNew), Contains("No account of that name is on its way"));
  CHECK(world.to("bob@example.org").empty());
  CHECK(world.to("robert@new.example").empty());
  world.clear();
  world.says(kNew, "link robert@new.example");
  CHECK_THAT(world.to(kNew), Contains("You are not a member yet"));
}

TEST_CASE("an address that would not be let in to join cannot take an account over") {
  Settings settings = World::small_settings();
  settings.registration.domains = {"example.org"};
  World world(settings);
  with_bob(world);
  world.says(kOld, "link robert@new.example");
  world.clear();
  world.says(kNew, "link bob");
  CHECK_THAT(world.to(kNew), Contains("Nobody of new.example is taken in here."));
  CHECK(world.members.contains("bob@example.org"));
}

TEST_CASE("a form does it too, and the old address is told") {
  World world;
  with_bob(world);
  world.says(kOld, "link robert@new.example");
  world.clear();
  Stanza iq = World::iq(kNew, "set", "http://jabber.org/protocol/commands", "link");
  world.gets(iq);
  const auto stanzas = test::parse_stanzas(world.to(kNew));
  REQUIRE(stanzas);
  iq.command_session = stanzas->front().child("command")->attribute("sessionid");
  iq.command_action = "complete";
  iq.form = FilledForm{.cancelled = false, .fields = {{"whom", {"bob"}}}};
  world.clear();
  world.gets(iq);
  CHECK_THAT(world.to(kNew), Contains("You are bob now"));
  CHECK_THAT(world.to("bob@example.org"), Contains("bob has moved to robert@new.example"));
}

}  // namespace
}  // namespace gateway::xmpp
