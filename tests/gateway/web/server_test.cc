// The HTTP server over real sockets: keep-alive, bounds, streams.
#include "gateway/web/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <string>

#include "bridge/base/fd.h"
#include "gateway/web/router.h"

namespace gateway::web {
namespace {

using namespace std::chrono_literals;
using bridge::base::Fd;

struct World {
  explicit World(ServerSettings settings = {}) {
    settings.listen = "127.0.0.1:0";
    router.add("GET", "/", [](const HttpRequest& request, const Respond& respond) {
      respond({.body = "hello " + std::string(request.argument("n")), .etag = "\"e\""});
    });
    router.add("POST", "/echo", [](const HttpRequest& request, const Respond& respond) {
      respond({.body = request.peer + " " + request.body});
    });
    router.add("GET", "/later",
               [this](const HttpRequest&, Respond respond) { later = std::move(respond); });
    router.add("GET", "/stream", [this](const HttpRequest&, const Respond& respond) {
      respond({.content_type = std::string(kEventStream),
               .stream = [this](std::shared_ptr<Stream> begun) { stream = std::move(begun); }});
    });
    auto opened = Server::open(settings, router);
    REQUIRE(opened);
    server = std::move(*opened);
  }

  void turns(int count = 20) {
    for (int i = 0; i < count; ++i) server->turn(1ms);
  }

  Router router;
  std::unique_ptr<Server> server;
  Respond later;
  std::shared_ptr<Stream> stream;
};

struct Client {
  explicit Client(World& of) : world(of) {
    const std::string& address = world.server->address();
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  }
  void send(const std::string& text) {
    REQUIRE(::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(text.size()));
    world.turns();
  }
  // All that came until now; "(closed)" at the end of it.
  std::string read() {
    world.turns();
    std::string all;
    char part[65536];
    for (;;) {
      const ssize_t count = ::recv(fd.get(), part, sizeof part, MSG_DONTWAIT);
      if (count > 0) {
        all.append(part, static_cast<std::size_t>(count));
      } else {
        was_reset = count < 0 && errno == ECONNRESET;
        if (count == 0 || was_reset) all += "(closed)";
        return all;
      }
    }
  }

  World& world;
  bool was_reset = false;
  Fd fd{::socket(AF_INET, SOCK_STREAM, 0)};
};

using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;

TEST_CASE("requests on one connection are answered one after the other", "[server]") {
  World world;
  Client client(world);
  client.send("GET /?n=1 HTTP/1.1\r\nHost: x\r\n\r\nGET /?n=2 HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string both = client.read();
  CHECK_THAT(both, StartsWith("HTTP/1.1 200 OK\r\n") && Contains("hello 1HTTP/1.1 200") &&
                       EndsWith("hello 2"));
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab");
  CHECK(client.read().empty());
  client.send("cd");
  CHECK_THAT(client.read(), EndsWith("\r\n\r\n127.0.0.1 abcd"));
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK_THAT(client.read(), Contains("Content-Length: 6") && EndsWith("\r\n\r\n"));
  client.send("GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"e\"\r\n\r\n");
  CHECK_THAT(client.read(), StartsWith("HTTP/1.1 304") && EndsWith("\r\n\r\n"));
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK_THAT(client.read(), EndsWith("(closed)"));
}

TEST_CASE("a stream that is finished goes out to its last byte, and then ends", "[server]") {
  World world;
  Client client(world);
  client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string much(200'000, 'x');
  world.stream->write(std::make_shared<const std::string>(much));
  world.stream->write(std::make_shared<const std::string>("end"));
  world.stream->finish();
  world.stream->write(std::make_shared<const std::string>("too late"));
  std::string all;
  for (int i = 0; i < 200 && all.find("(closed)") == all.npos; ++i) all += client.read();
  CHECK_THAT(all, EndsWith(much + "end(closed)"));
  CHECK_FALSE(client.was_reset);
  CHECK(world.server->counters().streams == 0);
  Client other(world);
  other.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  world.stream->finish();
  CHECK_THAT(other.read(), EndsWith("\r\n\r\n(closed)"));
  CHECK(world.server->counters().streams == 0);
}

TEST_CASE("a stream that is cut does not look whole", "[server]") {
  World world;
  Client client(world);
  client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  client.read();
  world.stream->close();
  CHECK(client.read() == "(closed)");
  CHECK(client.was_reset);
}

TEST_CASE("who asks for the head of a stream gets it, and the connection ends", "[server]") {
  World world;
  Client client(world);
  client.send("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK_THAT(client.read(), Contains("Connection: close") && EndsWith("\r\n\r\n(closed)"));
  CHECK(world.stream == nullptr);
}

TEST_CASE("an answer may come later, or never to who has gone", "[server]") {
  World world;
  Client client(world);
  client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.read().empty());
  world.later({.body = "now"});
  CHECK_THAT(client.read(), EndsWith("now"));
  client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  world.later = nullptr;  // forgotten
  CHECK_THAT(client.read(), StartsWith("HTTP/1.1 500"));
}

TEST_CASE("what is no request, or too long, is told so and closed", "[server]") {
  World world({.header_bytes_max = 1024, .body_bytes_max = 4096});
  const auto answer = [&](const std::string& text) {
    Client client(world);
    client.send(text);
    return client.read();
  };
  CHECK_THAT(answer("hello\r\n\r\n"), StartsWith("HTTP/1.1 400") && EndsWith("(closed)"));
  CHECK_THAT(answer("GET /../etc HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  CHECK_THAT(answer("GET / HTTP/1.1\r\nA: " + std::string(2000, 'x') + "\r\n\r\n"),
             StartsWith("HTTP/1.1 431"));
  CHECK_THAT(answer("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n"),
             StartsWith("HTTP/1.1 413"));
  CHECK(world.server->counters().bad_requests == 3);
}

TEST_CASE("a request of any size that is not allowed is refused before it is there", "[server]") {
  World world({.header_bytes_max = 1024, .body_bytes_max = 4096});
  const auto answer = [&](const std::string& head, const std::string& rest) {
    Client client(world);
    client.send(head);
    for (int i = 0; i < 100; ++i) {  // what is sent after that is not kept
      if (::send(client.fd.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) break;
      world.turns(1);
    }
    return client.read();
  };
  const std::string much(4'000, 'x');
  CHECK_THAT(answer("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", much),
             StartsWith("HTTP/1.1 413"));
  CHECK_THAT(answer("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "fa0\r\n" + much + "\r\n"),
             StartsWith("HTTP/1.1 413"));
  CHECK_THAT(answer("GET / HTTP/1.1\r\n", "A: " + much + "\r\n"), StartsWith("HTTP/1.1 431"));
  CHECK_THAT(answer("GET /", much), StartsWith("HTTP/1.1 4"));
}

// Whoever sends a byte now and then has no more time than whoever sends nothing.
TEST_CASE("a request that comes slowly is given up in time", "[server]") {
  World world({.request_timeout = 50ms});
  Client client(world);
  Client other(world);
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n");
  other.send("GET / HT");
  std::string got, of_other;
  const auto until = bridge::base::read_clocks().mono + 20s;
  while (bridge::base::read_clocks().mono < until &&
         !(got.ends_with("(closed)") && of_other.ends_with("(closed)"))) {
    (void)::send(client.fd.get(), "x", 1, MSG_NOSIGNAL);
    got += client.read();
    of_other += other.read();
  }
  CHECK_THAT(got, StartsWith("HTTP/1.1 408"));
  CHECK_THAT(of_other, StartsWith("HTTP/1.1 408"));
  CHECK(world.server->counters().timeouts == 2);
  Client third(world);
  third.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK_THAT(third.read(), StartsWith("HTTP/1.1 200"));
}

TEST_CASE("connections of one address are bounded", "[server]") {
  World world({.connections_per_address = 2});
  Client first(world);
  Client second(world);
  Client third(world);
  CHECK_THAT(third.read(), EndsWith("(closed)"));
  first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK_THAT(first.read(), StartsWith("HTTP/1.1 200"));
  CHECK(world.server->counters().refused == 1);
}

TEST_CASE("a proxy that is trusted says who asks", "[server]") {
  World world({.trusted_proxies = {"127.0.0.1"}});
  Client client(world);
  client.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4, 5.6.7.8\r\nContent-Length: "
      "0\r\n\r\n");
  CHECK_THAT(client.read(), EndsWith("5.6.7.8 "));
}

TEST_CASE("a stream goes on until its reader leaves, or is too slow", "[server]") {
  World world({.stream_bytes_max = 64 * 1024});
  const auto text = [](std::size_t bytes) {
    return std::make_shared<const std::string>(bytes, 'x');
  };
  Client client(world);
  client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK_THAT(client.read(), StartsWith("HTTP/1.1 200") && Contains("text/event-stream"));
  world.stream->write(text(3));
  CHECK(client.read() == "xxx");
  CHECK(world.server->counters().streams == 1);
  for (int i = 0; i < 2'000 && world.stream->open(); ++i) world.stream->write(text(8'192));
  CHECK_FALSE(world.stream->open());  // it did not read
  CHECK(world.server->counters().streams_cut == 1);
  CHECK(world.server->counters().streams == 0);

  Client other(world);
  other.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(world.stream->open());
  other.fd = Fd();
  world.turns();
  CHECK_FALSE(world.stream->open());
}

}  // namespace
}  // namespace gateway::web
