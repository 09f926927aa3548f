#include "gateway/web/browser_sessions.h"

#include <algorithm>

#include "bridge/base/secret.h"
#include "gateway/web/target.h"
#include "gateway/web/words.h"

namespace gateway::web {
namespace {

std::string csrf_in(const HttpRequest& request) {
  if (const auto header = request.header("x-csrf-token"); !header.empty())
    return std::string(header);
  const auto form = parse_form(request.body);
  return form ? std::string(field(*form, "csrf")) : std::string();
}

}  // namespace

bool is_meant(const HttpRequest& request, std::string_view token) {
  return request.method != "GET" && request.method != "HEAD" &&
         from_this_site(request.header("sec-fetch-site"), request.header("origin"),
                        request.header("host")) &&
         bridge::base::same_secret(csrf_in(request), csrf_of(token));
}

std::optional<BrowserSessions::Known> BrowserSessions::known(const HttpRequest& request) {
  const auto token = read_cookie(request.header("cookie"), Cookie::kSession, tls());
  const Session* session = token ? table_.find(*token, request.now.wall_ms) : nullptr;
  if (session == nullptr) return std::nullopt;
  const bool is_operator = std::ranges::any_of(settings_.operators, [&](const std::string& nick) {
    return folded(nick) == folded(session->nick);
  });
  return Known{.nick = session->nick,
               .token = *token,
               .id = session->id(),
               .may_change = is_meant(request, *token),
               .is_operator = is_operator};
}

std::optional<Visitor> BrowserSessions::who(const HttpRequest& request) {
  const auto visitor = known(request);
  if (!visitor) return std::nullopt;
  return Visitor{.nick = visitor->nick,
                 .may_change = visitor->may_change,
                 .is_operator = visitor->is_operator};
}

void BrowserSessions::tell(const std::string& token, pages::Notice notice) {
  if (notices_.size() < kNoticesMax || notices_.contains(token))
    notices_[token] = std::move(notice);
}

std::optional<pages::Notice> BrowserSessions::take_notice(const std::string& token) {
  auto node = notices_.extract(token);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

}  // namespace gateway::web
