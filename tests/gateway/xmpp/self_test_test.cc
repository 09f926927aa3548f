#include "gateway/xmpp/self_test.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <stdexcept>

namespace gateway::xmpp {
namespace {

std::string problem_of(std::string (*test)(), unsigned seconds = 10) {
  const auto result = run_in_child(test, seconds);
  return result ? "" : result.error().text;
}

TEST_CASE("the installed libstrophe passes the self-test") {
  const auto result = self_test();
  INFO((result ? "" : result.error().text));
  CHECK(result.has_value());
}

TEST_CASE("whatever happens to the child becomes a sentence") {
  CHECK(problem_of([] { return std::string(); }).empty());
  CHECK(problem_of([] { return std::string("no handshake"); }) == "no handshake");
  CHECK(problem_of([]() -> std::string { throw std::runtime_error("thrown"); }) == "thrown");
  const std::string crash = problem_of([]() -> std::string {
    ::signal(SIGSEGV, SIG_DFL);
    ::raise(SIGSEGV);
    return "";
  });
  CHECK(crash.starts_with("it crashed"));
  const std::string hang = problem_of([]() -> std::string {
    ::raise(SIGALRM);  // what the alarm does when the time is up
    return "";
  });
  CHECK(hang == "it did not end");
}

}  // namespace
}  // namespace gateway::xmpp
