// Sessions: who asks. The one question the API and the pages put about a request.
//
//   const auto visitor = sessions.who(request);
//   if (!visitor) return respond(unauthorized());
//
// Abstract so that tests, and a website with a sign-in of its own, can stand in. One thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/web/http.h"

namespace gateway::web {

struct Visitor {
  std::string nick;         // as it is displayed; nicks compare with folded()
  bool may_change = false;  // the request proves that it was meant: a CSRF token that fits the
                            // session, or a bearer token. Requests that change something need it.
  bool is_operator = false;
};

class Sessions {
 public:
  virtual ~Sessions() = default;
  // nullopt: nobody is signed in.
  virtual std::optional<Visitor> who(const HttpRequest& request) = 0;
};

// A token of the configuration, for programs: "Authorization: Bearer SECRET".
struct Token {
  std::string secret;
  std::string nick;  // "*": for whoever the header Lapwing-Nick names
  bool is_operator = false;
};

class TokenSessions : public Sessions {
 public:
  explicit TokenSessions(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}
  std::optional<Visitor> who(const HttpRequest& request) override;

 private:
  const std::vector<Token> tokens_;
};

// The first of several that knows who asks. They must outlive it.
class FirstOfSessions : public Sessions {
 public:
  void add(Sessions& sessions) { all_.push_back(&sessions); }
  std::optional<Visitor> who(const HttpRequest& request) override {
    for (Sessions* sessions : all_)
      if (auto visitor = sessions->who(request)) return visitor;
    return std::nullopt;
  }

 private:
  std::vector<Sessions*> all_;
};

}  // namespace gateway::web
