// Who counts as one asker, and what is over their limit.
#include "gateway/web/doorman.h"

#include <catch2/catch.hpp>

#include "gateway/web/router.h"

namespace gateway::web {
namespace {

using namespace std::chrono_literals;

TEST_CASE("an IPv4 address is one asker, however it is written", "[doorman]") {
  for (const std::string address : {"192.0.2.7", "::ffff:192.0.2.7", "::FFFF:c000:207",
                                    "0:0:0:0:0:ffff:192.0.2.7", "::ffff:c000:0207"})
    CHECK(asker_of(address) == "192.0.2.7");
  CHECK(asker_of("::ffff:192.0.2.8") != asker_of("::ffff:192.0.2.7"));
}

TEST_CASE("an IPv6 network is one asker, however its addresses are written", "[doorman]") {
  for (const std::string address :
       {"2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002::", "2001:DB8:1:2::ffff"})
    CHECK(asker_of(address) == "2001:db8:1:2::");
  CHECK(asker_of("2001:db8:1:3::1") != asker_of("2001:db8:1:2::1"));
  CHECK(asker_of("2001:db8::1") == "2001:db8::");
  CHECK(asker_of("2001:db8::1:2:3:4") == "2001:db8::");
  CHECK(asker_of("2001:db8:0:1::") != asker_of("2001:db8::"));
}

TEST_CASE("what is no address stands for itself", "[doorman]") {
  for (const std::string text : {"", "unknown", "192.0.2", ":", "a:b:c:d:e"})
    CHECK(asker_of(text) == text);
}

TEST_CASE("an address over its limit is told when to come again, and others are not", "[doorman]") {
  Router router;
  router.add("GET", "/", [](const HttpRequest&, const Respond& respond) { respond({}); });
  Doorman doorman(throttle::Policy::parse("1/10s burst 2").value(), 100, router);
  const auto status = [&](const std::string& peer) {
    HttpRequest request;
    request.method = "GET";
    request.path = request.target = "/";
    request.peer = peer;
    request.now.mono = bridge::base::Time(1h);
    HttpResponse got;
    doorman.handle(request, [&](HttpResponse response) { got = std::move(response); });
    if (got.status == 429) CHECK_FALSE(field(got.headers, "Retry-After").empty());
    return got.status;
  };
  CHECK(status("192.0.2.7") == 200);
  CHECK(status("::ffff:192.0.2.7") == 200);
  CHECK(status("192.0.2.7") == 429);
  CHECK(status("::ffff:192.0.2.8") == 200);
  CHECK(doorman.refused() == 1);
}

}  // namespace
}  // namespace gateway::web
