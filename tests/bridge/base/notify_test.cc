#include "bridge/base/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <string>

#include "bridge/base/fd.h"

namespace bridge::base {
namespace {

// An environment variable for the length of a test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

TEST_CASE("the service manager gets what it is told") {
  // Abstract: no file to choose a place for, no name another test could have.
  const std::string name = "lapwing-notify-test-" + std::to_string(::getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const Fd manager = must_open(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0), "socket");
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  REQUIRE(::bind(manager.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);

  const Variable socket("NOTIFY_SOCKET", "@" + name);
  notify("READY=1\nSTATUS=serving");
  char buffer[100];
  const ssize_t length = ::recv(manager.get(), buffer, sizeof buffer, 0);
  REQUIRE(length > 0);
  CHECK(std::string(buffer, static_cast<std::size_t>(length)) == "READY=1\nSTATUS=serving");
}

TEST_CASE("without a service manager, or with one that is gone, nothing happens") {
  notify("READY=1");
  const Variable socket("NOTIFY_SOCKET", "@nobody-listens-here");
  notify("READY=1");
}

TEST_CASE("the watchdog is fed twice as often as it bites") {
  CHECK_FALSE(watchdog_period());
  const Variable interval("WATCHDOG_USEC", "30000000");
  CHECK(watchdog_period() == std::chrono::seconds(15));
  {
    const Variable pid("WATCHDOG_PID", std::to_string(::getpid()));
    CHECK(watchdog_period() == std::chrono::seconds(15));
  }
  const Variable other("WATCHDOG_PID", "1");
  CHECK_FALSE(watchdog_period());
}

}  // namespace
}  // namespace bridge::base
