#include "bridge/base/exporter.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>

#include "bridge/base/fd.h"

namespace bridge::base {
namespace {

// What the server answers, head and body.
std::string get(const std::string& address, const std::string& path,
                const std::string& method = "GET") {
  const std::string port = address.substr(address.rfind(':') + 1);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const Fd socket = must_open(::socket(AF_INET, SOCK_STREAM, 0), "socket");
  REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  const std::string request = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  REQUIRE(::send(socket.get(), request.data(), request.size(), 0) ==
          static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::recv(socket.get(), buffer, sizeof buffer, 0)) > 0;)
    answer.append(buffer, static_cast<std::size_t>(n));
  return answer;
}

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
  CHECK_THAT(get(address, "/metrics"),
             Catch::StartsWith("HTTP/1.1 200") && Catch::Contains("\nthings_total 7\n"));
  CHECK_THAT(get(address, "/healthz"),
             Catch::StartsWith("HTTP/1.1 200") && Catch::EndsWith("\r\n\r\nok\n"));
  CHECK_THAT(get(address, "/healthz", "HEAD"), Catch::EndsWith("\r\n\r\n"));
  CHECK_THAT(get(address, "/healthz", "POST"), Catch::StartsWith("HTTP/1.1 405"));
  CHECK_THAT(get(address, "/etc/passwd"), Catch::StartsWith("HTTP/1.1 404"));
  CHECK_THAT(get(address, "/metrics/x"), Catch::StartsWith("HTTP/1.1 404"));
}

TEST_CASE("trouble is a 503 with a sentence") {
  Process process{.trouble = "The bridge is away."};
  const auto exporter = Exporter::open("127.0.0.1:0", process.source());
  REQUIRE(exporter);
  CHECK_THAT(get((*exporter)->address(), "/healthz"),
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
