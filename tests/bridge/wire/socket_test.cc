#include "bridge/wire/socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/bridge/wire/loopback.h"

namespace bridge::wire {

using std::chrono::milliseconds;
using testing::eventually;
using testing::TempDir;

namespace {

const Header kHello{.type = Type::kHello, .epoch = 5};

// Sends until the connection is up; the first thing a dealer says may come before that.
bool say_hello(Poller& poller, Dealer& dealer) {
  return eventually(poller, [&] { return dealer.send(kHello, "hello"); });
}

std::optional<Received> hear(Poller& poller, Router& router) {
  std::optional<Received> received;
  eventually(poller, [&] { return (received = router.receive()).has_value(); });
  return received;
}

Router bind_plain(Context& context) {
  auto router = Router::bind(context, {.endpoint = "tcp://127.0.0.1:*", .plain_tcp = true});
  REQUIRE(router.has_value());
  return std::move(*router);
}

Dealer connect_plain(Context& context, const std::string& endpoint) {
  auto dealer =
      Dealer::connect(context, {.endpoint = endpoint, .client_keys = {}, .server_key = {}});
  REQUIRE(dealer.has_value());
  return std::move(*dealer);
}

// In a child process without privileges: the errno of connecting to the path, 0 when it worked.
int connect_as_nobody(const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (setgid(kNobody) != 0 || setuid(kNobody) != 0) _exit(99);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const bool ok = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    _exit(ok ? 0 : errno);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("A message goes there and the answer comes back") {
  Context context;
  Router router = bind_plain(context);
  Dealer dealer = connect_plain(context, router.endpoint());
  Poller poller;
  poller.add(router);
  poller.add(dealer);

  REQUIRE(say_hello(poller, dealer));
  const auto received = hear(poller, router);
  REQUIRE(received.has_value());
  REQUIRE(received->message.has_value());
  CHECK(received->message->header == kHello);
  CHECK(received->message->body == "hello");
  CHECK(received->user.empty());

  const Header pong{.type = Type::kPong, .epoch = 5};
  CHECK(router.send(received->peer, pong, "") == SendOutcome::kSent);
  std::optional<base::Result<Message>> answer;
  REQUIRE(eventually(poller, [&] { return (answer = dealer.receive()).has_value(); }));
  REQUIRE(answer->has_value());
  CHECK((*answer)->header == pong);
  CHECK((*answer)->body.empty());
}

TEST_CASE("Sending to somebody who is not there says so") {
  Context context;
  Router router = bind_plain(context);
  CHECK(router.send("nobody", kHello, "x") == SendOutcome::kGone);

  std::string peer;
  Poller poller;
  poller.add(router);
  {
    Dealer dealer = connect_plain(context, router.endpoint());
    REQUIRE(say_hello(poller, dealer));
    const auto received = hear(poller, router);
    REQUIRE(received.has_value());
    peer = received->peer;
  }
  CHECK(eventually(poller, [&] { return router.send(peer, kHello, "x") == SendOutcome::kGone; }));
}

TEST_CASE("A dealer with nobody at the other end keeps nothing") {
  Context context;
  TempDir dir;
  Dealer dealer = connect_plain(context, dir.ipc("nobody"));
  CHECK_FALSE(dealer.send(kHello, "hello"));
  CHECK_FALSE(dealer.receive().has_value());
}

TEST_CASE("With CURVE the right key is let in, under its name") {
  Context context;
  const KeyPair server = generate_keys();
  const KeyPair friendly = generate_keys();
  auto router = Router::bind(context, {.endpoint = "tcp://127.0.0.1:*",
                                       .server_keys = server,
                                       .client_keys = {friendly.public_key}});
  REQUIRE(router.has_value());
  auto dealer = Dealer::connect(
      context,
      {.endpoint = router->endpoint(), .client_keys = friendly, .server_key = server.public_key});
  REQUIRE(dealer.has_value());
  Poller poller;
  poller.add(*router);
  poller.add(*dealer);
  REQUIRE(say_hello(poller, *dealer));
  const auto received = hear(poller, *router);
  REQUIRE(received.has_value());
  CHECK(received->user == friendly.public_key);
  REQUIRE(received->message.has_value());
  CHECK(received->message->body == "hello");
}

TEST_CASE("With CURVE a wrong key, no key or another lane's key stays outside") {
  Context context;
  const KeyPair server = generate_keys();
  const KeyPair friendly = generate_keys();
  const KeyPair stranger = generate_keys();
  auto router = Router::bind(context, {.endpoint = "tcp://127.0.0.1:*",
                                       .server_keys = server,
                                       .client_keys = {friendly.public_key}});
  auto other_lane = Router::bind(context, {.endpoint = "tcp://127.0.0.1:*",
                                           .server_keys = server,
                                           .client_keys = {stranger.public_key}});
  REQUIRE(router.has_value());
  REQUIRE(other_lane.has_value());
  auto wrong = Dealer::connect(
      context,
      {.endpoint = router->endpoint(), .client_keys = stranger, .server_key = server.public_key});
  auto deceived = Dealer::connect(
      context,
      {.endpoint = router->endpoint(), .client_keys = friendly, .server_key = stranger.public_key});
  Dealer plain = connect_plain(context, router->endpoint());
  auto right = Dealer::connect(
      context,
      {.endpoint = router->endpoint(), .client_keys = friendly, .server_key = server.public_key});
  REQUIRE((wrong.has_value() && deceived.has_value() && right.has_value()));

  // The right one, connecting last, marks the moment at which the others have had their chance.
  Poller poller;
  poller.add(*router);
  REQUIRE(say_hello(poller, *right));
  const auto received = hear(poller, *router);
  REQUIRE(received.has_value());
  CHECK(received->user == friendly.public_key);
  CHECK_FALSE(wrong->send(kHello, "hello"));
  CHECK_FALSE(deceived->send(kHello, "hello"));
  CHECK_FALSE(plain.send(kHello, "hello"));
  poller.wait(milliseconds(50));
  CHECK_FALSE(router->receive().has_value());
  CHECK_FALSE(other_lane->receive().has_value());
}

TEST_CASE("Keys that are no keys are refused before anything is opened") {
  Context context;
  const KeyPair keys = generate_keys();
  CHECK(keys.public_key.size() == 40);
  CHECK(keys_from_secret(keys.secret_key)->public_key == keys.public_key);
  CHECK_FALSE(keys_from_secret("short").has_value());

  CHECK_FALSE(Router::bind(context, {.endpoint = "tcp://127.0.0.1:*",
                                     .server_keys = keys,
                                     .client_keys = {"not a key"}})
                  .has_value());
  CHECK_FALSE(Dealer::connect(context, {.endpoint = "tcp://127.0.0.1:1",
                                        .client_keys = std::nullopt,
                                        .server_key = keys.public_key})
                  .has_value());
}

TEST_CASE("Without keys tcp stays on the machine, and only when asked") {
  Context context;
  CHECK_FALSE(Router::bind(context, {.endpoint = "tcp://127.0.0.1:*"}).has_value());
  CHECK_FALSE(
      Router::bind(context, {.endpoint = "tcp://0.0.0.0:*", .plain_tcp = true}).has_value());
  CHECK_FALSE(Router::bind(context, {.endpoint = "tcp://*:*", .plain_tcp = true}).has_value());
  CHECK_FALSE(Dealer::connect(context, {.endpoint = "tcp://192.0.2.1:7601",
                                        .client_keys = std::nullopt,
                                        .server_key = {}})
                  .has_value());
}

TEST_CASE("A second listener on an ipc path is refused, the first goes on") {
  Context context;
  TempDir dir;
  auto first = Router::bind(context, {.endpoint = dir.ipc("im")});
  REQUIRE(first.has_value());
  const auto second = Router::bind(context, {.endpoint = dir.ipc("im")});
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == base::ErrorCode::kConflict);
  CHECK(second.error().text.find("already") != std::string::npos);

  Dealer dealer = connect_plain(context, dir.ipc("im"));
  Poller poller;
  poller.add(*first);
  REQUIRE(say_hello(poller, dealer));
  CHECK(hear(poller, *first).has_value());
}

TEST_CASE("The socket file of a process that died makes way") {
  TempDir dir;
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, dir.path("im").c_str(), sizeof address.sun_path - 1);
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  close(fd);  // the file stays, as after a kill
  REQUIRE(std::filesystem::exists(dir.path("im")));

  Context context;
  CHECK(Router::bind(context, {.endpoint = dir.ipc("im")}).has_value());
}

TEST_CASE("The permission of an ipc socket decides who may connect") {
  Context context;
  TempDir dir;
  std::filesystem::permissions(dir.root(), std::filesystem::perms(0755));
  auto closed = Router::bind(context, {.endpoint = dir.ipc("closed"), .ipc_mode = 0600});
  auto open = Router::bind(context, {.endpoint = dir.ipc("open"), .ipc_mode = 0666});
  REQUIRE((closed.has_value() && open.has_value()));

  struct stat info {};
  REQUIRE(stat(dir.path("closed").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  REQUIRE(stat(dir.path("open").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0666);

  // Root may connect to anything, so only a process that can become somebody else proves it.
  if (geteuid() != 0) return;
  CHECK(connect_as_nobody(dir.path("closed")) == EACCES);
  CHECK(connect_as_nobody(dir.path("open")) == 0);
}

TEST_CASE("A poller watches descriptors beside sockets, and can stop watching them") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  Poller poller;
  const std::size_t slot = poller.add_fd(ends[0]);
  poller.wait(milliseconds(0));
  CHECK_FALSE(poller.readable(slot));
  REQUIRE(write(ends[1], "x", 1) == 1);
  poller.wait(milliseconds(1000));
  CHECK(poller.readable(slot));
  poller.set_fd(slot, -1, false, false);
  poller.wait(milliseconds(0));
  CHECK_FALSE(poller.readable(slot));
  poller.set_fd(slot, ends[1], false, true);
  poller.wait(milliseconds(1000));
  CHECK(poller.writable(slot));
  close(ends[0]);
  close(ends[1]);
}

}  // namespace bridge::wire
