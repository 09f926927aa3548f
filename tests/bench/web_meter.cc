// web_meter: loads a website over HTTP and prints what it saw as one line of JSON.
//
//   web_meter pages  --port P --path /api/timelines/public --connections 32 --seconds 5 [--rate R]
//   web_meter streams --port P --streams 5000 --events 50
//   web_meter serve  --file BYTES          answers every request with these bytes: what to compare
//   with
//
// pages: each connection asks again as soon as it is answered; with a rate, requests begin when
// they are due (open loop), and a late one counts from then. streams: reads events until each
// stream had so many; how late one is, is from the `time_ms` in it to its arrival. One thread.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "web_meter: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

int connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    die("connect");
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

void send_all(int fd, std::string_view text) {
  if (::send(fd, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
    die("send");
}

double percentile(std::vector<double>& values, double part) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::size_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

// The bytes of the first whole answer in `in`, 0: it is not all there.
std::size_t answer_size(std::string_view in) {
  const auto end = in.find("\r\n\r\n");
  if (end == in.npos) return 0;
  const auto at = in.find("Content-Length: ");
  if (at == in.npos || at > end) die("an answer without a length");
  const std::size_t size = end + 4 + std::strtoul(in.data() + at + 16, nullptr, 10);
  return in.size() >= size ? size : 0;
}

struct Options {
  int port = 0;
  std::string path = "/api/timelines/public";
  std::string file;
  std::size_t connections = 32;
  double seconds = 2;
  double rate = 0;
  std::size_t streams = 100;
  std::size_t events = 10;
};

int pages(const Options& options) {
  struct Connection {
    int fd = -1;
    std::string in;
    Clock::time_point due;
    bool busy = false;
  };
  std::vector<Connection> all(options.connections);
  const int poll = ::epoll_create1(0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].fd = connect_to(options.port);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event);
  }
  const std::string request = "GET " + options.path + " HTTP/1.1\r\nHost: x\r\n\r\n";
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(
                               std::chrono::duration<double>(options.seconds));
  const auto gap = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(options.rate > 0 ? 1 / options.rate : 0));
  std::vector<double> micros;
  std::size_t bad = 0;
  std::size_t bytes = 0;
  std::deque<std::size_t> idle;
  for (std::size_t i = 0; i < all.size(); ++i) idle.push_back(i);
  auto next = begin;
  std::size_t busy = 0;
  const auto ask = [&](std::size_t i, Clock::time_point due) {
    all[i].due = due;
    ++busy;
    send_all(all[i].fd, request);
  };
  char part[256 * 1024];
  std::vector<epoll_event> ready(all.size());
  for (auto now = begin; now < end || busy > 0; now = Clock::now()) {
    while (now < end && !idle.empty() && next <= now) {
      ask(idle.front(), options.rate > 0 ? next : now);
      idle.pop_front();
      if (options.rate > 0) next += gap;
    }
    const int count = ::epoll_wait(poll, ready.data(), static_cast<int>(ready.size()),
                                   options.rate > 0 ? 0 : 100);
    for (int e = 0; e < count; ++e) {
      const auto i = ready[static_cast<std::size_t>(e)].data.u64;
      const ssize_t got = ::recv(all[i].fd, part, sizeof part, 0);
      if (got <= 0) die("a connection ended");
      all[i].in.append(part, static_cast<std::size_t>(got));
      const std::size_t size = answer_size(all[i].in);
      if (size == 0) continue;
      if (!all[i].in.starts_with("HTTP/1.1 200")) ++bad;
      bytes += size;
      all[i].in.clear();
      --busy;
      micros.push_back(
          std::chrono::duration<double, std::micro>(Clock::now() - all[i].due).count());
      idle.push_back(i);
    }
  }
  const double took = std::chrono::duration<double>(Clock::now() - begin).count();
  const std::size_t answers = micros.size();
  std::printf(
      "{\"answers\":%zu,\"bad\":%zu,\"seconds\":%.3f,\"per_second\":%.0f,\"bytes\":%zu,"
      "\"p50_us\":%.0f,\"p99_us\":%.0f}\n",
      answers, bad, took, static_cast<double>(answers) / took, bytes, percentile(micros, 0.5),
      percentile(micros, 0.99));
  return bad == 0 ? 0 : 1;
}

int streams(const Options& options) {
  struct Reader {
    int fd = -1;
    std::string in;
    std::size_t events = 0;
  };
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  std::vector<Reader> all(options.streams);
  const int poll = ::epoll_create1(0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].fd = connect_to(options.port);
    send_all(all[i].fd, "GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n");
    epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event);
  }
  std::vector<double> late;
  std::size_t open = 0;
  std::size_t done = 0;
  char part[64 * 1024];
  std::vector<epoll_event> ready(1024);
  bool told = false;
  auto last = Clock::now();
  while (done < all.size()) {
    const int count = ::epoll_wait(poll, ready.data(), static_cast<int>(ready.size()), 1000);
    if (count > 0) last = Clock::now();
    if (Clock::now() - last > std::chrono::seconds(30)) break;
    for (int e = 0; e < count; ++e) {
      Reader& reader = all[ready[static_cast<std::size_t>(e)].data.u64];
      const ssize_t got = ::recv(reader.fd, part, sizeof part, 0);
      if (got <= 0) die("a stream ended");
      const double now_ms = std::chrono::duration<double, std::milli>(
                                std::chrono::system_clock::now().time_since_epoch())
                                .count();
      const bool was_open = reader.in.empty() && reader.events == 0;
      reader.in.append(part, static_cast<std::size_t>(got));
      if (was_open) ++open;
      std::size_t from = 0;
      for (std::size_t end; (end = reader.in.find("\n\n", from)) != reader.in.npos;
           from = end + 2) {
        const std::string_view event = std::string_view(reader.in).substr(from, end - from);
        const auto at = event.find("\"time_ms\":");
        if (at == event.npos) continue;
        late.push_back(now_ms - std::strtod(event.data() + at + 10, nullptr));
        if (++reader.events == options.events) ++done;
      }
      reader.in.erase(0, from);
      if (reader.in.empty()) reader.in = " ";  // it is open
    }
    if (!told && open == all.size()) {
      std::fprintf(stderr, "open\n");  // whoever started this may begin to post
      told = true;
    }
  }
  const std::size_t events = late.size();
  std::printf("{\"streams\":%zu,\"events\":%zu,\"p50_ms\":%.1f,\"p99_ms\":%.1f}\n", all.size(),
              events, percentile(late, 0.5), percentile(late, 0.99));
  return done == all.size() ? 0 : 1;
}

int serve(const Options& options) {
  std::ifstream in(options.file, std::ios::binary);
  const std::string body{std::istreambuf_iterator<char>(in), {}};
  const std::string answer =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(listener, 512) != 0)
    die("listen");
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
  std::printf("%d\n", ntohs(at.sin_port));
  std::fflush(stdout);
  const int poll = ::epoll_create1(0);
  epoll_event event{.events = EPOLLIN, .data = {.fd = listener}};
  ::epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  char part[16 * 1024];
  std::vector<epoll_event> ready(256);
  for (;;) {
    const int count = ::epoll_wait(poll, ready.data(), static_cast<int>(ready.size()), -1);
    for (int e = 0; e < count; ++e) {
      const int fd = ready[static_cast<std::size_t>(e)].data.fd;
      if (fd == listener) {
        const int taken = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        const int one = 1;
        ::setsockopt(taken, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        epoll_event more{.events = EPOLLIN, .data = {.fd = taken}};
        ::epoll_ctl(poll, EPOLL_CTL_ADD, taken, &more);
      } else if (::recv(fd, part, sizeof part, 0) <= 0) {
        ::close(fd);
      } else {
        send_all(fd, answer);
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Loads a website over HTTP.");
  Options options;
  app.add_option("--port", options.port);
  app.add_option("--path", options.path);
  app.add_option("--file", options.file);
  app.add_option("--connections", options.connections);
  app.add_option("--seconds", options.seconds);
  app.add_option("--rate", options.rate, "requests a second; 0: as fast as they are answered");
  app.add_option("--streams", options.streams);
  app.add_option("--events", options.events);
  auto* of_pages = app.add_subcommand("pages")->fallthrough();
  auto* of_streams = app.add_subcommand("streams")->fallthrough();
  app.add_subcommand("serve")->fallthrough();
  app.require_subcommand(1);
  CLI11_PARSE(app, argc, argv);
  if (*of_pages) return pages(options);
  return *of_streams ? streams(options) : serve(options);
}
