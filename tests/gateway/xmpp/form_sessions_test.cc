#include "gateway/xmpp/form_sessions.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

namespace gateway::xmpp {
namespace {

using namespace std::chrono_literals;
using bridge::base::Time;

const command::Entry& follow() {
  return *command::find("follow");
}

TEST_CASE("a form is found by its client until it is closed") {
  FormSessions sessions(100, 10min);
  const Time now{1h};
  const std::string id = sessions.open("bob@x/phone", follow(), now);
  CHECK(sessions.find("bob@x/phone", id, now) == &follow());
  CHECK(sessions.find("bob@x/laptop", id, now) == nullptr);
  CHECK(sessions.find("bob@x/phone", id + "0", now) == nullptr);
  sessions.close("bob@x/phone", id);
  CHECK(sessions.find("bob@x/phone", id, now) == nullptr);
  CHECK(sessions.size() == 0);
  sessions.close("bob@x/phone", id);
  CHECK(sessions.size() == 0);
}

TEST_CASE("a form waits so long and no longer") {
  FormSessions sessions(100, 10min);
  const Time now{1h};
  const std::string id = sessions.open("bob@x/phone", follow(), now);
  CHECK(sessions.find("bob@x/phone", id, now + 9min) != nullptr);
  CHECK(sessions.find("bob@x/phone", id, now + 10min) == nullptr);
  CHECK(sessions.size() == 1);
  sessions.expire(now + 10min);
  CHECK(sessions.size() == 0);
}

TEST_CASE("a client has a few at a time, and drops its own oldest") {
  FormSessions sessions(100, 10min);
  const Time now{1h};
  const std::string other = sessions.open("ann@x/phone", follow(), now);
  const std::string first = sessions.open("bob@x/phone", follow(), now);
  std::set<std::string> ids;
  for (std::size_t i = 0; i < FormSessions::kPerClientMax; ++i)
    ids.insert(sessions.open("bob@x/phone", follow(), now));
  CHECK(ids.size() == FormSessions::kPerClientMax);
  CHECK(sessions.size() == FormSessions::kPerClientMax + 1);
  CHECK(sessions.find("bob@x/phone", first, now) == nullptr);
  CHECK(sessions.find("ann@x/phone", other, now) != nullptr);
  for (const std::string& id : ids) CHECK(sessions.find("bob@x/phone", id, now) != nullptr);
}

TEST_CASE("so many in all: the oldest of all is dropped") {
  FormSessions sessions(3, 10min);
  const Time now{1h};
  const std::string first = sessions.open("a@x/1", follow(), now);
  const std::string second = sessions.open("b@x/1", follow(), now);
  sessions.open("c@x/1", follow(), now);
  sessions.open("d@x/1", follow(), now);
  CHECK(sessions.size() == 3);
  CHECK(sessions.find("a@x/1", first, now) == nullptr);
  CHECK(sessions.find("b@x/1", second, now) != nullptr);
}

TEST_CASE("names of forms do not repeat in another run") {
  FormSessions one(3, 10min), other(3, 10min);
  CHECK(one.open("a@x/1", follow(), {}) != other.open("a@x/1", follow(), {}));
}

}  // namespace
}  // namespace gateway::xmpp
