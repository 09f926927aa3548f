// House: a Service in which order is kept, with words for what operators do.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/support/service.h"

namespace tests {

using bridge::wire::Operate;
using bridge::wire::Reply;
using bridge::wire::Request;

inline bridge::wire::ErrorCode code(const Reply& reply) {
  return reply.error().code();
}

// olga is an operator by the configuration; alice and bob are members, alice is there.
struct House : Service {
  explicit House(bridge::fanout::FanoutOptions with = options())
      : Service(std::move(with), rules()) {
    for (const char* nick : {"olga", "alice", "bob"}) join(nick);
    online("alice");
  }
  static bridge::fanout::FanoutOptions options() {
    auto options = one_by_one();
    options.operators = {address("olga")};
    return options;
  }
  static bridge::state::Rules rules() {
    return {.directs_from_anybody = true,
            .operators = {address("olga")},
            .contact = "abuse@example.org"};
  }

  static Request from(const std::string& nick) {
    Request request;
    request.mutable_actor()->set_address(address(nick));
    return request;
  }
  template <class Say>
  Reply op(Say say, const std::string& nick = "olga") {
    Request request = from(nick);
    say(*request.mutable_operate());
    return request.operate().has_remove() ? change(request) : ask(request);
  }
  Reply suspend(const std::string& nick, const std::string& reason = {},
                const std::string& by = "olga") {
    return op(
        [&](Operate& operate) {
          operate.mutable_suspend()->set_nick(nick);
          operate.mutable_suspend()->set_reason(reason);
        },
        by);
  }
  Reply restore(const std::string& nick) {
    return op([&](Operate& operate) { operate.set_restore(nick); });
  }
  Reply remove(std::uint64_t post, const std::string& reason = {}) {
    return op([&](Operate& operate) {
      operate.mutable_remove()->set_post(post);
      operate.mutable_remove()->set_reason(reason);
    });
  }
  Reply rename(const std::string& nick, const std::string& to) {
    return op([&](Operate& operate) {
      operate.mutable_rename()->set_nick(nick);
      operate.mutable_rename()->set_to(to);
    });
  }
  Reply ban(const std::string& domain) {
    return op([&](Operate& operate) { operate.set_ban(domain); });
  }
  Reply unban(const std::string& domain) {
    return op([&](Operate& operate) { operate.set_unban(domain); });
  }
  Reply registration(bridge::wire::Registration to) {
    return op([&](Operate& operate) { operate.set_registration(to); });
  }
  Reply get(const std::string& nick) {
    Request request;
    request.mutable_get()->mutable_post()->set_nick(nick);
    return ask(request);
  }
  std::vector<bridge::wire::AuditLine> trail() {
    Request request = from("olga");
    request.mutable_audit();
    const Reply reply = ask(request);
    return {reply.audit_trail().lines().begin(), reply.audit_trail().lines().end()};
  }
};

}  // namespace tests
