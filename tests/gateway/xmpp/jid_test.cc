#include "gateway/xmpp/jid.h"

#include <catch2/catch.hpp>
#include <string>

namespace gateway::xmpp {
namespace {

Jid jid(std::string_view text) {
  const auto parsed = Jid::parse(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

bool refused(std::string_view text) {
  return !Jid::parse(text).has_value();
}

TEST_CASE("an address falls into its three parts") {
  const Jid full = jid("alice@example.org/phone");
  CHECK(full.local == "alice");
  CHECK(full.domain == "example.org");
  CHECK(full.resource == "phone");
  CHECK(full.bare() == "alice@example.org");
  CHECK(full.full() == "alice@example.org/phone");

  CHECK(jid("example.org").bare() == "example.org");
  CHECK(jid("example.org/x").full() == "example.org/x");
}

TEST_CASE("what follows the first slash is the resource, whatever it holds") {
  CHECK(jid("alice@example.org/a@b/c d").resource == "a@b/c d");
  CHECK(jid("example.org/a@b").local.empty());
}

TEST_CASE("addresses compare without case but for the resource") {
  CHECK(jid("Alice@Example.ORG") == jid("alice@example.org"));
  CHECK(jid("alice@example.org/Phone") != jid("alice@example.org/phone"));
  CHECK(jid("alice@example.org.") == jid("alice@example.org"));
}

TEST_CASE("text beyond ASCII stays as the server prepared it") {
  CHECK(jid("jos\xC3\xA9@b\xC3\xBC"
            "cher.example")
            .local == "jos\xC3\xA9");
}

TEST_CASE("what RFC 7622 forbids is refused") {
  for (const char* text :
       {"", "@example.org", "alice@", "alice@example.org/", "/phone", "al ice@example.org",
        "a<b@example.org", "a&b@example.org", "a'b@example.org", "a@b@example.org",
        "a:b@example.org", "alice@exa mple.org", "alice@ex<ample.org", "."}) {
    CAPTURE(text);
    CHECK(refused(text));
  }
  CHECK(refused("al\xFFice@example.org"));
  CHECK(refused("al\nice@example.org"));
  CHECK(refused(std::string_view("a\0b@example.org", 15)));
  CHECK(refused(std::string(1024, 'a') + "@example.org"));
  CHECK_FALSE(refused(std::string(1023, 'a') + "@example.org"));
  CHECK(refused("alice@example.org/" + std::string(1024, 'r')));
}

}  // namespace
}  // namespace gateway::xmpp
