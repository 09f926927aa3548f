// Router: which function answers which method and path.
//
//   router.add("GET", "/u/{nick}", ...);   request.part("nick")
//   router.add("GET", "/static/{*}", ...); request.part("*") is the rest, slashes included
//
// The first pattern that fits wins. No such path: 404; another method of it: 405 with Allow. HEAD
// is answered as GET (the server leaves out the body). One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/web/http.h"

namespace gateway::web {

class Router : public Handler {
 public:
  void add(std::string_view method, std::string_view pattern, HandlerFunction function);
  // Everything that nothing else fits; instead of the plain 404.
  void otherwise(HandlerFunction function) { otherwise_ = std::move(function); }

  void handle(const HttpRequest& request, Respond respond) override;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> pattern;  // parts; "{name}" catches one, "{*}" the rest
    HandlerFunction function;
  };
  std::vector<Route> routes_;
  HandlerFunction otherwise_;
};

}  // namespace gateway::web
