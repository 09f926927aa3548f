#include "bridge/base/signals.h"

#include <poll.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace bridge::base {
namespace {

bool readable(const Signals& signals) {
  pollfd entry{signals.fd(), POLLIN, 0};
  return ::poll(&entry, 1, 0) == 1;
}

}  // namespace

TEST_CASE("a signal is something to poll for") {
  Signals signals;
  CHECK_FALSE(readable(signals));
  CHECK_FALSE(signals.take());
  ::kill(::getpid(), SIGTERM);
  CHECK(readable(signals));
  CHECK(signals.take() == SIGTERM);
  CHECK_FALSE(signals.take());
  ::kill(::getpid(), SIGINT);
  CHECK(signals.take() == SIGINT);
}

TEST_CASE("a signal that nobody took ends with its watcher, not with the process") {
  {
    Signals signals;
    ::kill(::getpid(), SIGTERM);
  }
  SUCCEED("still here");
}

TEST_CASE("writing to a closed pipe is an error, not the end") {
  Signals signals;
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  CHECK(::write(ends[1], "x", 1) == -1);
  CHECK(errno == EPIPE);
  ::close(ends[1]);
}

}  // namespace bridge::base
