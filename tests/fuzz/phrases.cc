// Fuzz target: a `track` line and a post. The input's first line is what somebody wants to track,
// the rest is what somebody else writes.
//
// States: canonical texts are short and parse to themselves, folding twice changes nothing, and the
// index finds exactly those phrases that match the post one by one.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/track/index.h"
#include "bridge/track/phrase.h"
#include "bridge/track/post.h"
#include "bridge/track/terms.h"
#include "tests/fuzz/check.h"

namespace {

using bridge::track::Index;
using bridge::track::Listener;
using bridge::track::Listeners;
using bridge::track::Phrase;
using bridge::track::Post;

void check_phrase(const Phrase& phrase) {
  const std::string& canonical = phrase.canonical();
  fuzz::check(!canonical.empty() && canonical.size() <= bridge::track::kPhraseBytesMax,
              "a canonical text has 1 to 60 bytes");
  fuzz::check(!phrase.required().empty(), "a phrase can be filed under a word");
  const auto again = Phrase::parse(canonical);
  fuzz::check(again.has_value(), "a canonical text can be parsed");
  fuzz::check(again->canonical() == canonical, "a canonical text parses to itself");
  fuzz::check(again->required() == phrase.required(), "and requires the same words");
}

void check_words(std::string_view text, const Post& post) {
  const std::string folded = bridge::track::fold(text);
  fuzz::check(bridge::track::fold(folded) == folded, "folding twice changes nothing");
  for (const auto& token : post.tokens())
    fuzz::check(post.contains(post.text(token)), "a post contains its words");
  for (const std::string& word : bridge::track::tokenize(text).words)
    fuzz::check(bridge::track::is_utf8(word), "words are UTF-8");
}

void check_match(const std::vector<Phrase>& phrases, const Post& post) {
  Index index;
  std::set<std::string> expected;
  for (std::size_t i = 0; i < phrases.size(); ++i) {
    index.add(phrases[i], i + 1, static_cast<Listener>(i));
    if (!phrases[i].matches(post)) continue;
    expected.insert(phrases[i].canonical());
    for (const std::string& word : phrases[i].required())
      fuzz::check(post.contains(word), "a match has every required word");
  }
  std::set<std::string> found;
  index.match(post, [&](std::string_view phrase, const Listeners& all) {
    fuzz::check(found.insert(std::string(phrase)).second, "a phrase comes once");
    fuzz::check(all.size() == 1, "no phrase comes twice in a list");
  });
  fuzz::check(found == expected, "the index finds what matches one by one");
  for (std::size_t i = 0; i < phrases.size(); ++i)
    fuzz::check(index.remove(phrases[i], i + 1), "what was added can be removed");
  fuzz::check(index.phrases() == 0 && index.subscriptions() == 0, "nothing is left behind");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  const auto phrases = Phrase::parse_list(input.substr(0, end));
  if (phrases) {
    for (const Phrase& phrase : *phrases) check_phrase(phrase);
  } else {
    fuzz::check(!phrases.error().text.empty(), "a refusal says why");
  }
  const std::string_view text = end == input.npos ? input : input.substr(end + 1);
  if (!bridge::track::is_utf8(text)) return 0;  // refused before it becomes a Post
  const Post post(text);
  check_words(text, post);
  if (phrases) check_match(*phrases, post);
  return 0;
}
