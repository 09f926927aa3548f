#include "gateway/web/post_json.h"

namespace gateway::web {

void write_post(JsonWriter& json, const Post& post) {
  json.begin_object().key("id").number(post.id).key("author").text(post.author);
  json.key("text").text(post.text).key("time_ms").number(post.time_ms);
  if (post.in_reply_to != 0) json.key("in_reply_to").number(post.in_reply_to);
  if (post.corrected) json.key("corrected").flag(true);
  json.end_object();
}

std::string post_json(const Post& post) {
  JsonWriter json;
  write_post(json, post);
  return json.take();
}

}  // namespace gateway::web
