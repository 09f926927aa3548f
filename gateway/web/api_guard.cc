#include "gateway/web/api_guard.h"

#include <utility>

#include "gateway/web/answers.h"
#include "gateway/web/json.h"
#include "gateway/web/target.h"
#include "gateway/web/words.h"

namespace gateway::web {
namespace {

// The members of a JSON object, or the fields of a form; nullopt when it is neither. Where the
// address says it all, there is no body.
std::optional<Fields> body_fields(const HttpRequest& request) {
  if (request.body.empty()) return Fields{};
  const std::string_view type = request.header("content-type");
  if (type.starts_with(kJson)) return parse_json_object(request.body);
  if (type.starts_with("application/x-www-form-urlencoded")) return parse_form(request.body);
  return std::nullopt;
}

}  // namespace

HandlerFunction ApiGuard::signed_in(SignedIn then) {
  return [this, then = std::move(then)](const HttpRequest& request, const Respond& respond) {
    const auto visitor = site_.sessions().who(request);
    if (!visitor)
      return respond(json_error(401, "NOT_SIGNED_IN", "Sign in first, or send a bearer token."));
    then(request, respond, *visitor);
  };
}

HandlerFunction ApiGuard::meant(Meant then) {
  return signed_in([this, then = std::move(then)](const HttpRequest& request,
                                                  const Respond& respond, const Visitor& visitor) {
    if (!visitor.may_change)
      return respond(json_error(403, "NOT_MEANT", "The token of the session is missing or wrong."));
    const auto allowed =
        people_.decide(folded(visitor.nick), site_.settings().changes, request.now.mono);
    if (!allowed.admitted()) {
      site_.note_limited();
      return respond(json_error(allowed, request.now.mono));
    }
    const auto fields = body_fields(request);
    if (!fields)
      return respond(
          json_error(400, "BAD_REQUEST", "The body is no flat JSON object, nor a form."));
    then(*fields, request, respond, visitor);
  });
}

}  // namespace gateway::web
