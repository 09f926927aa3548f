#include "gateway/command/parse.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <utility>

#include "bridge/wire/header.h"
#include "gateway/command/line_end.h"
#include "gateway/command/nick.h"
#include "gateway/command/words.h"

namespace gateway::command {
namespace {

// A mistyped `track` is assumed only before so few words; more of them are a sentence.
constexpr std::size_t kGuessedPhraseWordsMax = 3;

bool one_line(std::string_view text) {
  return text.find_first_of("\r\n") == std::string_view::npos;
}

// People write @alice for alice.
std::string_view nick_of(std::string_view word) {
  if (word.starts_with('@')) word.remove_prefix(1);
  return word;
}

bool is_one_nick(std::string_view rest) {
  const Split split = split_first(rest);
  return split.rest.empty() && is_nick(nick_of(split.first));
}

// Of a post, as it is shown: #17. Nothing else.
std::optional<std::uint64_t> number_of(std::string_view rest) {
  if (rest.starts_with('#')) rest.remove_prefix(1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc{} || end != rest.data() + rest.size() || number == 0) return std::nullopt;
  return number;
}

bool fits(Arguments arguments, std::string_view rest) {
  switch (arguments) {
    case Arguments::kNone:
      return rest.empty();
    case Arguments::kOptionalCommand:
      return rest.empty() || find(lower(rest)) != nullptr;
    case Arguments::kNick:
      return is_one_nick(rest);
    case Arguments::kWord:
      return !rest.empty() && split_first(rest).rest.empty();
    case Arguments::kNumber:
      return number_of(rest).has_value();
    case Arguments::kText:
      return !rest.empty();
    case Arguments::kNickText: {
      const Split split = split_first(rest);
      return is_nick(nick_of(split.first)) && !split.rest.empty();
    }
    case Arguments::kPhrases:
      return !rest.empty() && one_line(rest);
    case Arguments::kOptionalPhrases:
      return one_line(rest);
  }
  return false;
}

// Would these be the arguments of a mistyped command, or is this rather a sentence?
bool plausible(Arguments arguments, std::string_view rest) {
  const bool phrases = arguments == Arguments::kPhrases || arguments == Arguments::kOptionalPhrases;
  if (phrases && rest.find(',') == std::string_view::npos &&
      split_words(rest).size() > kGuessedPhraseWordsMax) {
    return false;
  }
  return fits(arguments, rest);
}

Command track(std::string_view rest) {
  if (rest.empty()) return ListTracks{};
  if (lower(rest) == "off") return Untrack{.phrases = {}, .all = true};
  CappedLine line = read_cap(rest);
  return Track{std::move(line.phrases), line.per_hour};
}

Command untrack(std::string_view rest) {
  if (lower(rest) == "all") return Untrack{.phrases = {}, .all = true};
  return Untrack{.phrases = single_spaced(rest), .all = false};
}

Command mute(std::string_view rest) {
  TimedLine line = read_time(rest);
  return Mute{std::move(line.phrases), line.how_long};
}

Command unmute(std::string_view rest) {
  if (lower(rest) == "all") return Unmute{.phrases = {}, .all = true};
  return Unmute{.phrases = single_spaced(rest), .all = false};
}

// A number alone is how many; in quotes it is a phrase.
Command more(std::string_view rest) {
  More more;
  const bool number = !rest.empty() && rest.find_first_not_of("0123456789") == rest.npos;
  if (!number) {
    more.phrase = single_spaced(rest);
    return more;
  }
  const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), more.count);
  const bool too_many = read.ec != std::errc{} || more.count > bridge::wire::kMoreMax;
  if (too_many) more.count = bridge::wire::kMoreMax;
  return more;
}

// Precondition: fits(entry.arguments, rest), and the verb is available.
Command build(const Entry& entry, std::string_view rest) {
  const auto nick = [rest] { return std::string(nick_of(split_first(rest).first)); };
  switch (entry.verb) {
    case Verb::kHelp:
      return Help{rest.empty() ? nullptr : find(lower(rest))};
    case Verb::kJoin:
      return Join{nick()};
    case Verb::kOn:
      return SetDelivery{true};
    case Verb::kOff:
      return SetDelivery{false};
    case Verb::kPost:
      return Post{.text = std::string(rest), .plain = false};
    case Verb::kDelete:
      return Delete{*number_of(rest)};
    case Verb::kFollow:
      return Follow{nick()};
    case Verb::kLeave:
      return Leave{nick()};
    case Verb::kFollows:
      return ListFollows{};
    case Verb::kFollowers:
      return ListFollowers{};
    case Verb::kTrack:
      return track(rest);
    case Verb::kUntrack:
      return untrack(rest);
    case Verb::kTracks:
      return ListTracks{};
    case Verb::kBlock:
      return Block{nick()};
    case Verb::kUnblock:
      return Unblock{nick()};
    case Verb::kBlocks:
      return ListBlocks{};
    case Verb::kMute:
      return mute(rest);
    case Verb::kUnmute:
      return unmute(rest);
    case Verb::kMutes:
      return ListMutes{};
    case Verb::kMore:
      return more(rest);
    case Verb::kTimezone:
      return SetZone{std::string(rest)};
    case Verb::kDirect:
      return Direct{nick(), std::string(split_first(rest).rest)};
    case Verb::kWhois:
      return Whois{nick()};
    case Verb::kStats:
      return Stats{};
    case Verb::kLogin:
      return Login{};
    case Verb::kQuit:
      return Quit{};
    case Verb::kLater:
      break;
  }
  std::abort();  // the caller has dealt with kLater
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> beginnings) {
  return std::ranges::any_of(beginnings, [text](auto b) { return text.starts_with(b); });
}

bool is_encrypted(std::string_view text) {
  return starts_with_any(
      text, {"?OTR", "-----BEGIN PGP MESSAGE-----", "I sent you an OMEMO encrypted message",
             "[This message is OTR encrypted]"});
}

bool is_automatic(std::string_view folded) {
  while (folded.starts_with('[') || folded.starts_with('(') || folded.starts_with('*')) {
    folded.remove_prefix(1);
  }
  return starts_with_any(folded,
                         {"auto-reply", "auto reply", "autoreply", "auto-response", "auto response",
                          "autoresponse", "automatic reply", "automatic response",
                          "out of office:", "offline storage size was exceeded"});
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

// Commands of other systems are written /so or !so, and ours may be copied with the `mark` of an
// answer. Null entry in the result: it is not one of ours.
std::optional<Suspicious> marked_command(std::string_view first, std::string_view written) {
  if (first.find_first_of("/!`") != 0) return std::nullopt;
  const std::string_view word = first.substr(1);
  if (const Entry* entry = find(word)) return Suspicious{entry, std::string(written)};
  if (first.starts_with('/') && is_word(word) && word != "me") {
    return Suspicious{nullptr, std::string(written)};
  }
  return std::nullopt;
}

}  // namespace

Parsed parse(std::string_view text) {
  const std::string_view written = trim(text);
  if (written.empty()) return Ignored{};
  if (is_encrypted(written)) return Encrypted{};
  const auto [first_written, rest] = split_first(written);
  const std::string first = lower(first_written);
  if (const Entry* entry = find(first)) {
    if (entry->verb == Verb::kLater) return NotAvailable{entry, std::string(written)};
    if (!fits(entry->arguments, rest)) return WrongArguments{entry, std::string(written)};
    return build(*entry, rest);
  }
  if (is_automatic(lower(written))) return Ignored{};
  if (first == "yes" && rest.empty()) return Yes{};
  if (auto marked = marked_command(first, written)) return *std::move(marked);
  for (const Entry* near : find_near(first)) {
    if (plausible(near->arguments, rest)) return Suspicious{near, std::string(written)};
  }
  return Post{.text = std::string(written), .plain = true};
}

}  // namespace gateway::command
