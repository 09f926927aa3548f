// Entrance: what whoever signs in brings along, and the session that they get.
//
//   const Entrance entrance = entrance_of(context, request, back);   // while the request is there
//   respond(*enter(context, reply.signed_in(), entrance));           // when the bridge has said
//   who
//
// The session is always a new one, whatever cookie was there before, and ends the one that was. One
// thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/base/result.h"
#include "gateway/web/page_frame.h"

namespace gateway::web {

struct Entrance {
  std::string old;    // token of the session that was there; may be made up
  std::string agent;  // "Firefox on Linux"
  std::string back;   // where to go then, a path of this site
  bridge::base::WallMs now_ms = 0;
};
Entrance entrance_of(const PageContext& context, const HttpRequest& request, std::string back);

// Sends them on with the session's cookie, and without those of a visitor. kBusy: no session is
// free.
bridge::base::Result<HttpResponse> enter(const PageContext& context, const wire::SignedIn& who,
                                         const Entrance& entrance);

// The cookie of a visitor that the tokens of their forms are made from.
std::optional<std::string> visitor_of(const PageContext& context, const HttpRequest& request);
// To whoever sends a form that is not theirs, or too old.
HttpResponse not_meant(const PageContext& context, const Visit& visit);

// "12 seconds": rounded up.
std::string how_long(std::chrono::milliseconds wait);

inline constexpr std::string_view kBackboneAway =
    "Signing in needs the message backbone, which is out of reach just now.";

}  // namespace gateway::web
