#include "gateway/web/api_events.h"

#include <utility>

#include "gateway/web/answers.h"
#include "gateway/web/target.h"
#include "gateway/web/words.h"

namespace gateway::web {

void EventApi::add_to(Router& router) {
  router.add("GET", "/api/events", [this](const HttpRequest& request, const Respond& respond) {
    events(request, respond);
  });
}

void EventApi::events(const HttpRequest& request, const Respond& respond) {
  const std::string_view name = request.argument("timeline");
  const auto visitor = site_.sessions().who(request);
  Audience audience;
  if (visitor) audience.person = folded(visitor->nick);
  if (name == "home" || name == "mentions") {
    if (!visitor)
      return respond(json_error(401, "NOT_SIGNED_IN", "Sign in first, or send a bearer token."));
    audience.kind = name == "home" ? Audience::Kind::kHome : Audience::Kind::kMentions;
    audience.of = audience.person;
  } else if (name == "user") {
    audience.kind = Audience::Kind::kUser;
    audience.of = folded(request.argument("nick"));
  } else if (!name.empty() && name != "public") {
    return respond(
        json_error(400, "BAD_REQUEST", "timeline is one of public, home, mentions, user."));
  }
  if (!site_.live().room_for(audience))
    return respond(json_error(503, "BUSY", "There are too many streams; try again later.", 5000));
  std::uint64_t after = id_in(request.header("last-event-id"));
  if (after == 0) after = id_in(request.argument("after"));
  const auto begin = [this, audience, after](std::shared_ptr<Stream> stream) {
    site_.live().open(audience, after, std::move(stream), bridge::base::read_clocks());
  };
  const auto answer = [respond, begin] {
    respond({.content_type = std::string(kEventStream),
             .headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}},
             .stream = begin});
  };
  if (audience.kind != Audience::Kind::kHome) return answer();
  site_.with_follows(visitor->nick, request.now, answer);
}

}  // namespace gateway::web
