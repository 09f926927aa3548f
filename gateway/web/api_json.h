// What the API's resources have in common: which posts are asked for, and how posts, the view and
// what waits are written.
#pragma once

#include <string>

#include "gateway/web/http.h"
#include "gateway/web/json.h"
#include "gateway/web/site.h"

namespace gateway::web {

inline constexpr std::size_t kPageMax = 100;  // posts of one answer

// `before`, `after` and `limit` of a query.
Range range_of(const HttpRequest& request);

// "view":{…}: whether it is current, or from when it is.
void write_view(JsonWriter& json, const Site& site);
// "posts":[…],"older":ID
void write_posts(JsonWriter& json, const Page& page);
// "waiting":[…]: of one person.
void write_waiting(JsonWriter& json, const Outbox& outbox, const std::string& nick);

}  // namespace gateway::web
