// How a digest reads, and stories of what becomes of one.
#include <catch2/catch.hpp>

#include "gateway/xmpp/digest_stanza.h"
#include "there.h"

namespace gateway::xmpp {
namespace {

namespace wire = bridge::wire;
using Catch::Contains;

// Made on Tuesday, 14 November 2023, 22:13:20 UTC, of posts since then or `ago` before.
wire::Digest digest(std::uint64_t count, std::chrono::milliseconds ago = {}) {
  wire::Digest digest;
  digest.set_address(kBare);
  digest.set_id(7);
  digest.set_count(count);
  digest.set_now_ms(1'700'000'000'000);
  digest.set_since_ms(1'700'000'000'000 - ago.count());
  return digest;
}

TEST_CASE("a digest says how many wait, of what, since when, and how to get them") {
  wire::Digest of = digest(87);
  CHECK(digest_body(of) == "87 more from people you follow since 22:13: say `more`");
  of.set_author("bob");
  CHECK(digest_body(of) == "87 more from bob since 22:13: say `more`");
  of.set_phrase("night train");
  CHECK(digest_body(of) == "87 more for night train since 22:13: say `more night train`");
}

TEST_CASE("a digest tells times by the recipient's clock") {
  using std::chrono::hours;
  wire::Digest of = digest(2, hours(22));
  of.set_phrase("nyc");
  const auto at_offset = [&](int offset_hours) {
    of.set_utc_offset_s(offset_hours * 3600);
    return digest_body(of);
  };
  CHECK(at_offset(0) == "2 more for nyc since 00:13: say `more nyc`");
  CHECK(at_offset(-1) == "2 more for nyc since Mon 23:13: say `more nyc`");
  CHECK(at_offset(2) == "2 more for nyc since Tue 02:13: say `more nyc`");
  of.set_since_ms(digest(2, hours(6 * 24)).since_ms());
  CHECK(at_offset(0) == "2 more for nyc since Wed 22:13: say `more nyc`");
  of.set_since_ms(digest(2, hours(7 * 24)).since_ms());
  CHECK(at_offset(0) == "2 more for nyc since 2023-11-07: say `more nyc`");
}

TEST_CASE("what was too old to keep is said, alone or with what still waits") {
  wire::Digest of = digest(0);
  of.set_expired(240);
  CHECK(digest_body(of) == "240 posts that waited for you were too old to keep.");
  of.set_expired(1);
  of.set_count(3);
  CHECK(digest_body(of) ==
        "1 post that waited for you was too old to keep.\n"
        "3 more from people you follow since 22:13: say `more`");
}

TEST_CASE("a digest goes under credit, is acknowledged with its batch, and the credit comes back") {
  Settings settings = World::small_settings();
  settings.window.deliveries = 1;
  There world(settings);
  wire::Batch batch;
  *batch.add_digests() = digest(87);
  world.peer().deliver(batch);
  world.peer().deliver(batch);
  world.turn();
  CHECK(world.count("id='d7'") == 1);
  CHECK_THAT(world.out(), Contains("87 more from people you follow since 22:13: say `more`"));
  CHECK_THAT(world.out(), !Contains("urn:xmpp:receipts"));
  CHECK(world.peer().acknowledged() == 0);
  world.server_takes();
  world.turn();
  CHECK(world.count("id='d7'") == 2);
  world.server_takes();
  CHECK(world.peer().acknowledged() == 2);
}

TEST_CASE("a digest for somebody who has gone, or one that bounces, is given back as a digest") {
  There world;
  wire::Batch batch;
  *batch.add_digests() = digest(87);
  world.peer().deliver(batch);
  world.turn();
  Stanza error;
  error.from = *Jid::parse(kBare);
  error.to = *Jid::parse("lapwing@im.example.org");
  error.type = "error";
  error.id = "d7";
  world.clear();
  world.gets(error);
  CHECK_FALSE(world.available(kBare));
  world.peer().deliver(batch);
  world.turn();
  CHECK(world.out().empty());
  REQUIRE(world.peer().heard().nacks.size() == 2);
  for (const wire::Nack& nack : world.peer().heard().nacks) {
    CHECK(nack.id() == 7);
    CHECK(nack.digest());
  }
  world.deliver(World::post(9, "alice", "hello"), {"gone@example.org"});
  CHECK_FALSE(world.peer().heard().nacks.back().digest());
}

}  // namespace
}  // namespace gateway::xmpp
