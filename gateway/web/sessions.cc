#include "gateway/web/sessions.h"

#include "gateway/command/nick.h"

namespace gateway::web {
namespace {

// Takes as long whether the first or the last byte differs.
bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned differing = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    differing |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return differing == 0;
}

}  // namespace

std::optional<Visitor> TokenSessions::who(const HttpRequest& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view header = request.header("authorization");
  if (!header.starts_with(kBearer)) return std::nullopt;
  const std::string_view secret = header.substr(kBearer.size());
  const Token* known = nullptr;
  for (const Token& token : tokens_)
    if (same_secret(token.secret, secret)) known = &token;
  if (known == nullptr) return std::nullopt;
  std::string nick = known->nick == "*" ? std::string(request.header("lapwing-nick")) : known->nick;
  if (!command::is_nick(nick)) return std::nullopt;
  return Visitor{.nick = std::move(nick), .may_change = true, .is_operator = known->is_operator};
}

}  // namespace gateway::web
