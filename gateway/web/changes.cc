#include "gateway/web/changes.h"

#include <array>

namespace gateway::web {
namespace {

constexpr std::array<TextChange, 4> kTextChanges = {{
    {"/follow", "nick", "You follow {} now.",
     [](wire::Request& r, const std::string& text) { r.mutable_follow()->set_nick(text); }},
    {"/leave", "nick", "You no longer follow {}.",
     [](wire::Request& r, const std::string& text) { r.mutable_leave()->set_nick(text); }},
    {"/track", "phrases", "You track {} now.",
     [](wire::Request& r, const std::string& text) { r.mutable_track()->set_phrases(text); }},
    {"/untrack", "phrases", "You no longer track {}.",
     [](wire::Request& r, const std::string& text) { r.mutable_untrack()->set_phrases(text); }},
}};

constexpr std::array<PostChange, 4> kPostChanges = {{
    {"/delete", "DELETE", "/api/posts/{id}", "Deleted.",
     [](wire::Request& r, std::uint64_t post, const std::string&) {
       r.mutable_retract()->set_post(post);
     }},
    {"/correct", "PATCH", "/api/posts/{id}", "Corrected.",
     [](wire::Request& r, std::uint64_t post, const std::string& text) {
       r.mutable_correct()->set_post(post);
       r.mutable_correct()->set_text(text);
     }},
    {"/fav", "POST", "/api/posts/{id}/fav", "It is a favourite now.",
     [](wire::Request& r, std::uint64_t post, const std::string&) {
       r.mutable_favourite()->mutable_post()->set_id(post);
     }},
    {"/unfav", "DELETE", "/api/posts/{id}/fav", "It is no favourite any more.",
     [](wire::Request& r, std::uint64_t post, const std::string&) {
       r.mutable_unfavourite()->mutable_post()->set_id(post);
     }},
}};

void write_post_id(JsonWriter& json, std::string_view key, std::uint64_t id) {
  if (id != 0) json.key(key).number(id);
}

}  // namespace

std::span<const TextChange> text_changes() {
  return kTextChanges;
}

std::span<const PostChange> post_changes() {
  return kPostChanges;
}

void write_change(JsonWriter& json, const wire::Request& request) {
  switch (request.action_case()) {
    case wire::Request::kPublish:
      json.key("text").text(request.publish().text());
      json.key("client_id").text(request.publish().client_id());
      return write_post_id(json, "in_reply_to", request.publish().in_reply_to().id());
    case wire::Request::kRetract:
      return write_post_id(json, "post", request.retract().post());
    case wire::Request::kCorrect:
      write_post_id(json, "post", request.correct().post());
      json.key("text").text(request.correct().text());
      return;
    case wire::Request::kFavourite:
      return write_post_id(json, "post", request.favourite().post().id());
    case wire::Request::kUnfavourite:
      return write_post_id(json, "post", request.unfavourite().post().id());
    case wire::Request::kFollow:
      json.key("nick").text(request.follow().nick());
      return;
    case wire::Request::kLeave:
      json.key("nick").text(request.leave().nick());
      return;
    case wire::Request::kTrack:
      json.key("phrases").text(request.track().phrases());
      return;
    case wire::Request::kUntrack:
      json.key("phrases").text(request.untrack().phrases());
      return;
    default:
      return;
  }
}

}  // namespace gateway::web
