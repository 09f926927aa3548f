// Changes: what people can do here, by the API and by the pages' forms alike, and how a request to
// the bridge says it.
//
//   for (const TextChange& change : text_changes()) router.add("POST", "/api" + change.path, …);
//
// Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"
#include "gateway/web/json.h"

namespace gateway::web {

namespace wire = bridge::wire;

// Of what one word or line says: whom, or which phrases.
struct TextChange {
  std::string_view path;   // of the form; the API's is behind /api
  std::string_view field;  // "nick" or "phrases"
  std::string_view done;   // for a person; {} is the text
  void (*fill)(wire::Request& request, const std::string& text);

  bool of_nick() const { return field == "nick"; }
};
std::span<const TextChange> text_changes();

// Of one post.
struct PostChange {
  std::string_view path;  // of the form, which names the post as `id`
  std::string_view api_method;
  std::string_view api_path;
  std::string_view done;
  // `text` is how it should read, where that is what changes.
  void (*fill)(wire::Request& request, std::uint64_t post, const std::string& text);
};
std::span<const PostChange> post_changes();

// What a change is about, as members of a JSON object.
void write_change(JsonWriter& json, const wire::Request& request);

}  // namespace gateway::web
