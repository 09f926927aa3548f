#include "bridge/track/urls.h"

#include <algorithm>
#include <array>
#include <optional>

#include "bridge/track/characters.h"

namespace bridge::track {
namespace {

// A name that ends so is an address even with nothing around it. Short on purpose: many other top
// level domains are everyday words that follow a full stop without a space.
constexpr std::array<std::string_view, 16> kPlainTopLevels = {
    "com", "org", "net", "edu", "gov", "mil", "int", "info",
    "biz", "co",  "io",  "tv",  "uk",  "jp",  "de",  "fr"};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

bool begins_with(std::string_view text, std::string_view lower_case) {
  return equals_ignoring_case(text.substr(0, lower_case.size()), lower_case);
}

bool is_one_of(char32_t c, std::u32string_view set) {
  return set.find(c) != set.npos;
}

bool is_label(char32_t c) {
  return c == U'-' || c == U'_' || is_near_word(c);
}

std::size_t label_end(std::string_view word, std::size_t at) {
  for (Character c; (c = character_at(word, at)).size != 0 && is_label(c.code);) at += c.size;
  return at;
}

bool is_good_label(std::string_view label) {
  const auto is_bar = [](char c) { return c == '-' || c == '_'; };
  return !label.empty() && !is_bar(label.front()) && !is_bar(label.back());
}

bool is_good_top_level(std::string_view label) {
  return label.size() >= 2 && std::all_of(label.begin(), label.end(), [](char c) {
           return is_ascii_letter(static_cast<unsigned char>(c));
         });
}

struct Host {
  std::size_t end = 0;
  std::string_view top_level;
};

// The host at `at`, when it is a good one.
std::optional<Host> read_host(std::string_view word, std::size_t at) {
  bool good = true;
  std::size_t labels = 0;
  Host host;
  for (;;) {
    host.end = label_end(word, at);
    host.top_level = word.substr(at, host.end - at);
    good = good && is_good_label(host.top_level);
    ++labels;
    const bool goes_on = host.end < word.size() && word[host.end] == '.' &&
                         is_label(character_at(word, host.end + 1).code);
    if (!goes_on) break;
    at = host.end + 1;
  }
  good = good && labels >= 2 && is_good_top_level(host.top_level) &&
         !is_one_of(character_at(word, host.end).code, U"@\uFF20");
  return good ? std::optional(host) : std::nullopt;
}

std::size_t port_end(std::string_view word, std::size_t at) {
  std::size_t end = at + 1;
  if (at >= word.size() || word[at] != ':') return at;
  while (is_ascii_digit(character_at(word, end).code)) ++end;
  return end > at + 1 ? end : at;
}

// Without what a sentence puts behind an address: full stops, closing brackets that open nowhere.
std::string_view trim_tail(std::string_view tail) {
  auto open = std::count(tail.begin(), tail.end(), '(');
  auto closed = std::count(tail.begin(), tail.end(), ')');
  while (!tail.empty()) {
    const Character last = character_before(tail, tail.size());
    if (is_near_word(last.code) || is_one_of(last.code, U"/=_#+-")) break;
    if (last.code == U')' && open >= closed) break;
    open -= last.code == U'(';
    closed -= last.code == U')';
    tail.remove_suffix(last.size);
  }
  return tail;
}

std::size_t tail_end(std::string_view word, std::size_t at) {
  if (!is_one_of(character_at(word, at).code, U"/?#")) return at;
  std::size_t end = at;
  for (Character c; (c = character_at(word, end)).size != 0; end += c.size) {
    if (!is_near_word(c.code) && !is_one_of(c.code, U"-._~:/?#[]@!$&()*+,;=%")) break;
  }
  return at + trim_tail(word.substr(at, end - at)).size();
}

bool may_follow(char32_t before, bool with_scheme) {
  if (is_one_of(before, U"@\uFF20#\uFF03$")) return false;
  if (with_scheme) return !is_ascii_letter(before) && !is_ascii_digit(before);
  return !is_near_word(before) && !is_one_of(before, U"-_./");
}

bool needs_no_scheme(std::string_view word, std::size_t begin, const Host& host) {
  if (begins_with(word.substr(begin, host.end - begin), "www.")) return true;
  const auto is_it = [&](std::string_view known) {
    return equals_ignoring_case(host.top_level, known);
  };
  if (std::any_of(kPlainTopLevels.begin(), kPlainTopLevels.end(), is_it)) return true;
  return host.end < word.size() && word[host.end] == '/' &&
         is_near_word(character_at(word, host.end + 1).code);
}

// A host has a dot with something behind it; the end of a sentence has not.
bool may_hold_host(std::string_view word) {
  for (std::size_t at = 0; (at = word.find('.', at)) != word.npos; ++at)
    if (is_label(character_at(word, at + 1).code)) return true;
  return false;
}

// Where the URL that begins at `at` ends, if one does.
std::optional<std::size_t> url_end(std::string_view word, std::size_t at) {
  const std::size_t scheme = scheme_size(word.substr(at));
  const Character before = character_before(word, at);
  if (before.size != 0 && !may_follow(before.code, scheme != 0)) return std::nullopt;
  const auto host = read_host(word, at + scheme);
  if (!host || (scheme == 0 && !needs_no_scheme(word, at, *host))) return std::nullopt;
  return tail_end(word, port_end(word, host->end));
}

}  // namespace

std::vector<Span> find_urls(std::string_view word) {
  std::vector<Span> found;
  if (!may_hold_host(word)) return found;
  for (std::size_t at = 0; at < word.size();) {
    if (const auto end = url_end(word, at)) {
      found.push_back({at, *end});
      at = *end;
    } else {
      at += character_at(word, at).size;
    }
  }
  return found;
}

std::size_t scheme_size(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (begins_with(text, scheme)) return scheme.size();
  }
  return 0;
}

std::string_view canonical_url(std::string_view folded) {
  folded.remove_prefix(scheme_size(folded));
  if (begins_with(folded, "www.")) folded.remove_prefix(4);
  while (folded.ends_with('/')) folded.remove_suffix(1);
  return folded;
}

}  // namespace bridge::track
