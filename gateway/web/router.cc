#include "gateway/web/router.h"

#include <optional>

namespace gateway::web {
namespace {

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // '/'
    const auto end = std::min(path.find('/'), path.size());
    parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

bool catches(std::string_view part) {
  return part.size() > 2 && part.front() == '{';
}

std::optional<Fields> match(const std::vector<std::string>& pattern,
                            const std::vector<std::string>& parts) {
  Fields caught;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i >= parts.size()) return std::nullopt;
    if (pattern[i] == "{*}") {
      std::string rest = parts[i];
      for (std::size_t j = i + 1; j < parts.size(); ++j) rest += "/" + parts[j];
      caught.emplace_back("*", std::move(rest));
      return caught;
    }
    if (catches(pattern[i])) {
      if (parts[i].empty()) return std::nullopt;
      caught.emplace_back(pattern[i].substr(1, pattern[i].size() - 2), parts[i]);
    } else if (pattern[i] != parts[i]) {
      return std::nullopt;
    }
  }
  if (parts.size() != pattern.size()) return std::nullopt;
  return caught;
}

}  // namespace

void Router::add(std::string_view method, std::string_view pattern, HandlerFunction function) {
  routes_.push_back({std::string(method), parts_of(pattern), std::move(function)});
}

void Router::handle(const HttpRequest& request, Respond respond) {
  const std::string_view method =
      request.method == "HEAD" ? "GET" : std::string_view(request.method);
  const auto parts = parts_of(request.path);
  std::string allowed;
  for (const Route& route : routes_) {
    auto caught = match(route.pattern, parts);
    if (!caught) continue;
    if (route.method == method) {
      HttpRequest routed = request;
      routed.parts = std::move(*caught);
      return route.function(routed, std::move(respond));
    }
    if (allowed.find(route.method) == std::string::npos)
      allowed += (allowed.empty() ? "" : ", ") + route.method;
  }
  if (!allowed.empty())
    return respond({.status = 405,
                    .headers = {{"Allow", allowed}},
                    .body = "This address does not take " + request.method + ".\n"});
  if (otherwise_) return otherwise_(request, std::move(respond));
  respond({.status = 404, .body = "There is nothing at this address.\n"});
}

}  // namespace gateway::web
