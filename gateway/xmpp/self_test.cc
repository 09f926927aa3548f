#include "gateway/xmpp/self_test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

#include "bridge/base/fd.h"
#include "bridge/base/log.h"
#include "gateway/xmpp/render.h"
#include "gateway/xmpp/strophe_component.h"

namespace gateway::xmpp {
namespace {

using bridge::base::ErrorCode;
using bridge::base::fail;
using bridge::base::Fd;
using bridge::base::Result;
using bridge::base::Time;
using namespace std::chrono_literals;

constexpr std::string_view kDomain = "self-test.invalid";
constexpr int kStreams = 3;
constexpr int kTurnsMax = 2000;  // of at most 5 ms
constexpr unsigned kSecondsMax = 15;

// The server's side, as little of it as one well-behaved component needs: it looks for marks in
// what it reads and believes every handshake.
class Peer {
 public:
  Peer() {
    listener_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* address = reinterpret_cast<sockaddr*>(&address_);
    socklen_t size = sizeof address_;
    listening_ = ::bind(listener_.get(), address, size) == 0 && ::listen(listener_.get(), 1) == 0 &&
                 ::getsockname(listener_.get(), address, &size) == 0;
  }
  bool listening() const { return listening_; }
  std::uint16_t port() const { return ntohs(address_.sin_port); }
  bool got_message() const { return seen_.find("</message>") != std::string::npos; }
  int socket() const { return peer_ ? peer_.get() : listener_.get(); }

  void turn() {
    if (!peer_) peer_ = Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK));
    if (!peer_) return;
    std::array<char, 4096> buffer;
    const auto got = ::recv(peer_.get(), buffer.data(), buffer.size(), 0);
    if (got > 0) seen_.append(buffer.data(), static_cast<std::size_t>(got));
    if (answered_ == 0 && seen_.find("<stream:stream") != std::string::npos) {
      say("<stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
          "xmlns='jabber:component:accept' id='1'>");
    } else if (answered_ == 1 && seen_.find("</handshake>") != std::string::npos) {
      say("<handshake/><message from='a@peer.invalid' "
          "to='self-test.invalid'><body>1</body></message>");
    }
  }
  void hang_up() {
    peer_ = Fd();
    seen_.clear();
    answered_ = 0;
  }

 private:
  void say(std::string_view text) {
    static_cast<void>(::send(peer_.get(), text.data(), text.size(), MSG_NOSIGNAL));
    ++answered_;
  }

  Fd listener_;
  sockaddr_in address_{};
  bool listening_ = false;
  Fd peer_;
  std::string seen_;
  int answered_ = 0;
};

struct Listener : ComponentListener {
  int messages = 0;
  int offlines = 0;
  void on_online(Time) override {}
  void on_offline(std::string_view, Time) override { ++offlines; }
  void on_stanza(const Stanza& stanza, Time) override { messages += stanza.body == "1"; }
  void on_barrier(BarrierId, std::chrono::nanoseconds, Time) override {}
};

// Turns both sides until `done`; the time is made up.
template <class Done>
bool converse(StropheComponent& component, Peer& peer, Time& now, Done done) {
  for (int turn = 0; turn < kTurnsMax; ++turn) {
    component.turn(now);
    peer.turn();
    if (done()) return true;
    if (component.socket_fd() < 0) now = std::max(now, component.next_wakeup());
    std::array<pollfd, 2> sockets{{{component.socket_fd(), POLLIN, 0}, {peer.socket(), POLLIN, 0}}};
    ::poll(sockets.data(), sockets.size(), 5);
  }
  return false;
}

std::string run_streams() {
  Peer peer;
  if (!peer.listening()) return std::string("no loopback socket: ") + std::strerror(errno);
  Listener listener;
  auto component = StropheComponent::create(
      {.port = peer.port(), .domain = std::string(kDomain), .secret = "secret"}, listener);
  if (!component) return component.error().text;
  StropheComponent& stream = **component;
  Time now{1h};
  for (int round = 1; round <= kStreams; ++round) {
    if (!converse(stream, peer, now,
                  [&] { return stream.online() && listener.messages == round; })) {
      return "no handshake, or no message came in, on stream " + std::to_string(round);
    }
    std::string message;
    render(message, Chat{.from = kDomain, .to = "a@peer.invalid", .body = "2"});
    stream.send(message);
    if (!converse(stream, peer, now, [&] { return peer.got_message(); })) {
      return "no message went out on stream " + std::to_string(round);
    }
    peer.hang_up();
    if (!converse(stream, peer, now, [&] { return listener.offlines == round; })) {
      return "the end was not noticed on stream " + std::to_string(round);
    }
  }
  return "";
}

std::string stream_test() {
  bridge::base::log::set_level(
      bridge::base::log::Level::kOff);  // its lost connections concern nobody
  return run_streams();
}

[[noreturn]] void child(std::string (*test)(), unsigned seconds, int out) {
  ::alarm(seconds);
  std::string problem;
  try {
    problem = test();
  } catch (const std::exception& error) {
    problem = error.what();
  }
  static_cast<void>(!::write(out, problem.data(), problem.size()));
  ::_exit(problem.empty() ? 0 : 1);
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 512> buffer;
  for (;;) {
    const auto got = ::read(fd, buffer.data(), buffer.size());
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno != EINTR)) return text;
  }
}

}  // namespace

Result<void> run_in_child(std::string (*test)(), unsigned seconds) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(ErrorCode::kUnavailable, std::string("no pipe: ") + std::strerror(errno));
  }
  const Fd ours(ends[0]);
  Fd theirs(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0)
    return fail(ErrorCode::kUnavailable, std::string("no child: ") + std::strerror(errno));
  if (pid == 0) child(test, seconds, theirs.get());
  theirs = Fd();
  const std::string problem = read_all(ours.get());
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
    return fail(ErrorCode::kUnavailable, "it did not end");
  }
  if (WIFSIGNALED(status)) {
    return fail(ErrorCode::kUnavailable,
                std::string("it crashed: ") + ::strsignal(WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) {
    return fail(ErrorCode::kUnavailable, problem.empty() ? "it crashed" : problem);
  }
  return {};
}

Result<void> self_test() {
  auto result = run_in_child(stream_test, kSecondsMax);
  if (result) return result;
  return fail(result.error().code, "The installed libstrophe does not work for components: " +
                                       result.error().text + ".");
}

}  // namespace gateway::xmpp
