#include "gateway/web/api_json.h"

#include <algorithm>

#include "bridge/wire/messages.h"
#include "gateway/web/changes.h"
#include "gateway/web/post_json.h"
#include "gateway/web/target.h"

namespace gateway::web {

Range range_of(const HttpRequest& request) {
  Range range{.before = id_in(request.argument("before")),
              .after = id_in(request.argument("after"))};
  if (const auto limit = id_in(request.argument("limit")); limit > 0)
    range.limit = std::min<std::size_t>(limit, kPageMax);
  return range;
}

void write_view(JsonWriter& json, const Site& site) {
  json.key("view").begin_object().key("live").flag(site.live_now());
  if (!site.live_now()) json.key("as_of_ms").number(site.view().current_ms());
  json.end_object();
}

void write_posts(JsonWriter& json, const Page& page) {
  json.key("posts").begin_array();
  for (const Post* post : page.posts) write_post(json, *post);
  json.end_array();
  json.key("older").number(page.more ? page.posts.back()->id : std::uint64_t{0});
}

void write_waiting(JsonWriter& json, const Outbox& outbox, const std::string& nick) {
  json.key("waiting").begin_array();
  for (const Outbox::Waiting& one : outbox.waiting(nick)) {
    json.begin_object().key("waiting").number(one.number).key("time_ms").number(one.time_ms);
    json.key("action").text(bridge::wire::action_name(one.request));
    write_change(json, one.request);
    if (!one.refused.empty()) json.key("refused").text(one.refused);
    json.end_object();
  }
  json.end_array();
}

}  // namespace gateway::web
