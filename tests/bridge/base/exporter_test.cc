#include "bridge/base/exporter.h"

#include <catch2/catch.hpp>

#include "tests/support/http_get.h"

namespace bridge::base {
namespace {

struct Process {
  std::string trouble;
  ExporterSource source() {
    return {.metrics = [](Metrics& m) { m.counter("things_total", "Things.", 7); },
            .trouble = [this] { return trouble; }};
  }
};

TEST_CASE("metrics and health are served beside each other") {
  Process process;
  const auto exporter = Exporter::open("127.0.0.1:0", process.source());
  REQUIRE(exporter);
  const std::string& address = (*exporter)->address();
  CHECK_THAT(http_get(address, "/metrics"),
             Catch::StartsWith("HTTP/1.1 200") && Catch::Contains("\nthings_total 7\n"));
  CHECK_THAT(http_get(address, "/healthz"),
             Catch::StartsWith("HTTP/1.1 200") && Catch::EndsWith("\r\n\r\nok\n"));
  CHECK_THAT(http_get(address, "/healthz", "HEAD"), Catch::EndsWith("\r\n\r\n"));
  CHECK_THAT(http_get(address, "/healthz", "POST"), Catch::StartsWith("HTTP/1.1 405"));
  CHECK_THAT(http_get(address, "/etc/passwd"), Catch::StartsWith("HTTP/1.1 404"));
  CHECK_THAT(http_get(address, "/metrics/x"), Catch::StartsWith("HTTP/1.1 404"));
}

TEST_CASE("trouble is a 503 with a sentence") {
  Process process{.trouble = "The bridge is away."};
  const auto exporter = Exporter::open("127.0.0.1:0", process.source());
  REQUIRE(exporter);
  CHECK_THAT(http_get((*exporter)->address(), "/healthz"),
             Catch::StartsWith("HTTP/1.1 503") && Catch::EndsWith("\r\n\r\nThe bridge is away.\n"));
}

TEST_CASE("a port that is taken is an error that names it") {
  Process process;
  const auto first = Exporter::open("127.0.0.1:0", process.source());
  REQUIRE(first);
  const auto second = Exporter::open((*first)->address(), process.source());
  REQUIRE_FALSE(second);
  CHECK_THAT(second.error().text,
             Catch::Contains((*first)->address()) && Catch::Contains("in use"));
}

TEST_CASE("only loopback addresses with a port are listened on") {
  for (const char* good : {"127.0.0.1:9469", "127.1.2.3:0", "[::1]:80"})
    CHECK(Exporter::check(good));
  for (const char* bad : {"", "9469", "0.0.0.0:9469", "192.0.2.1:80", "localhost:80", "::1:80",
                          "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:80,8080", "127.0.0.1:80s"})
    CHECK_FALSE(Exporter::check(bad));
}

}  // namespace
}  // namespace bridge::base
