// Fuzz target: what the website reads from outside: targets, forms, cookies, JSON bodies, and its
// own files, which a disk may have changed. The first byte says which.
//
// States: a path has no part that leads elsewhere; what is encoded again decodes to the same;
// written JSON can be read again; an answer's head has no line that nobody wrote; a view loaded
// from whatever file keeps its timelines in order; an asker has one name.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/web/doorman.h"
#include "gateway/web/frames.h"
#include "gateway/web/json.h"
#include "gateway/web/response_text.h"
#include "gateway/web/snapshot.h"
#include "gateway/web/target.h"
#include "gateway/web/words.h"
#include "tests/fuzz/check.h"

namespace {

using namespace gateway::web;

void target(std::string_view text) {
  const auto parsed = parse_target(text);
  if (!parsed) return;
  fuzz::check(parsed->path.starts_with('/'), "a path begins at the root");
  const std::string around = parsed->path + "/";
  fuzz::check(around.find("/../") == around.npos && around.find("/./") == around.npos,
              "a path leads nowhere else");
  for (const auto& [name, value] : parsed->query)
    fuzz::check(percent_decode(percent_encode(value), true) == value,
                "what is encoded decodes to the same");
}

void json(std::string_view text) {
  (void)parse_json_object(text);
  JsonWriter writer;
  writer.begin_object().key("text").text(text).end_object();
  const std::string written = writer.take();
  fuzz::check(parse_json_object(written).has_value(), "written JSON can be read");
  fuzz::check(written.find_first_of("<>&\n") == written.npos, "it may stand in a page");
}

void head(std::string_view text) {
  const auto half = text.size() / 2;
  HttpResponse response;
  response.headers = {{std::string(text.substr(0, half)), std::string(text.substr(half))}};
  const std::string made = response_head(response, {});
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = made.find('\n', at)) != made.npos; ++at) ++lines;
  fuzz::check(lines <= 7, "a header is one line");
}

void snapshot(std::string_view text) {
  View view({.posts_max = 1'000});
  // A checksum would keep nearly everything out: half of the inputs get a right one.
  std::string file(text);
  if (!text.empty() && (text.front() & 1) != 0)
    file = "LWVIEW2\n" + frame(FrameWriter().number(1).number(9).number(9).take()) +
           frame(text.substr(1)) + frame("");
  if (!load_snapshot(file, view)) return;
  std::uint64_t before = ~std::uint64_t{0};
  for (const Post* post : view.all({.limit = 1'000}).posts) {
    fuzz::check(post->id < before, "posts are in order");
    before = post->id;
    fuzz::check(view.find(post->id) == post, "each can be found");
    fuzz::check(!view.by(post->author, {}).posts.empty(), "each has its author's timeline");
    for (const std::string& nick : mentions_of(post->text))
      fuzz::check(!view.mentions(nick, {}).posts.empty(), "and those it mentions");
  }
}

// What a proxy says of an address decides whose limit is used.
void asker(std::string_view text) {
  const std::string once = asker_of(std::string(text));
  fuzz::check(asker_of(once) == once, "who asks has one name");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 7) {
    case 0:
      target(text);
      break;
    case 1:
      (void)parse_form(text);
      break;
    case 2:
      (void)parse_cookies(text);
      break;
    case 3:
      json(text);
      break;
    case 4:
      head(text);
      break;
    case 5:
      snapshot(text);
      break;
    default:
      asker(text);
      break;
  }
  return 0;
}
