// Commands about words: tracking, muting, reading what was only counted.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "bridge/wire/header.h"
#include "gateway/command/commands.h"
#include "gateway/command/fields.h"
#include "gateway/command/line_end.h"
#include "gateway/command/phrasing.h"
#include "gateway/command/words.h"

namespace gateway::command {
namespace {

using Names1 = std::array<std::string_view, 1>;

constexpr Field kPhrases{"phrases", Kind::kPhrases, "Phrases, with commas between them"};
constexpr std::array kTrackFields = {
    Field{"phrases", Kind::kPhrases, "Phrases, with commas between them"},
    Field{"per_hour", Kind::kCount, "At most so many an hour one by one", true}};
constexpr std::array kUntrackFields = {kPhrases, Field{"all", Kind::kFlag, "All of them", true}};
constexpr std::array kMuteFields = {kPhrases,
                                    Field{"for", Kind::kDuration, "For how long, as 2h", true}};
constexpr std::array kMoreFields = {Field{"phrases", Kind::kPhrases, "Phrase of a track", true},
                                    Field{"count", Kind::kCount, "How many", true}};

constexpr Names1 kTracksNames = {"tracking"};

// Fits the wire; whether it is too large is for the bridge to say.
std::uint32_t number(std::string_view text) {
  std::uint32_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc{} ? value : ~0u;
}

bool one_line(std::string_view text) {
  return text.find_first_of("\r\n") == std::string_view::npos;
}

// `track` alone lists, and `track off` ends all: what people were told elsewhere.
bool read_track(std::string_view rest, Values& values) {
  if (!one_line(rest)) return false;
  if (rest.empty()) return true;
  if (lower(rest) == "off") {
    values.set("off", "1");
    return true;
  }
  CappedLine line = read_cap(rest);
  values.set("phrases", std::move(line.phrases));
  if (line.per_hour != 0) values.set("per_hour", std::to_string(line.per_hour));
  return true;
}

bool read_phrases_or_all(std::string_view rest, Values& values) {
  if (rest.empty() || !one_line(rest)) return false;
  if (lower(rest) == "all")
    values.set("all", "1");
  else
    values.set("phrases", single_spaced(rest));
  return true;
}

bool read_mute(std::string_view rest, Values& values) {
  if (rest.empty() || !one_line(rest)) return false;
  TimedLine line = read_time(rest);
  values.set("phrases", std::move(line.phrases));
  if (line.how_long.count() != 0)
    values.set("for", fmt::format("{}s", line.how_long.count() / 1000));
  return true;
}

// A number alone is how many; in quotes it is a phrase. A long line is a sentence.
bool read_more(std::string_view rest, Values& values) {
  constexpr std::size_t kWordsMax = 3;
  if (!one_line(rest)) return false;
  if (auto count = read_value(Kind::kCount, rest))
    values.set("count", std::move(*count));
  else if (split_words(rest).size() > kWordsMax)
    return false;
  else if (!rest.empty())
    values.set("phrases", single_spaced(rest));
  return true;
}

void ask_untrack(const Values& values, wire::Request& request) {
  request.mutable_untrack()->set_phrases(values.text("phrases"));
  request.mutable_untrack()->set_all(values.has("all") || values.has("off"));
}

void ask_track(const Values& values, std::string_view, wire::Request& request) {
  if (values.has("off")) return ask_untrack(values, request);
  if (!values.has("phrases")) {
    request.mutable_list_tracks();
    return;
  }
  request.mutable_track()->set_phrases(values.text("phrases"));
  if (values.has("per_hour")) request.mutable_track()->set_per_hour(number(values["per_hour"]));
}

std::string say_tracks(const Values&, const wire::Reply& reply) {
  const std::string list = phrases("You track", reply.phrases(), false);
  return list.empty() ? std::string("You track nothing.") : list;
}

std::string say_untracked(const Values& values, const wire::Reply& reply) {
  const std::string text = two_lines(phrases("No longer tracking", reply.phrases(), true),
                                     phrases("Not tracked before", reply.phrases(), false));
  if (!text.empty()) return text;
  return values.has("phrases") ? "That was not tracked." : "You tracked nothing.";
}

// What is tracked from now on, but sleeps.
std::string say_full(const wire::Phrases& phrases) {
  std::string text;
  for (const wire::Phrase& phrase : phrases.phrases())
    if (phrase.changed() && phrase.place() > 0)
      text = two_lines(std::move(text),
                       fmt::format("{} is full: you are number {} in line and will be told.",
                                   phrase.text(), phrase.place()));
  return text;
}

std::string say_tracked(const Values& values, const wire::Reply& reply) {
  if (values.has("off")) return say_untracked(values, reply);
  if (!values.has("phrases")) return say_tracks(values, reply);
  const auto is_new = [](const wire::Phrase& p) { return p.changed() && p.place() == 0; };
  const auto recapped = [](const wire::Phrase& phrase) { return phrase.recapped(); };
  const auto known = [](const wire::Phrase& p) { return !p.changed() && !p.recapped(); };
  return two_lines(two_lines(phrases_that(is_new, "Tracking", reply.phrases()),
                             phrases_that(recapped, "Tracking still", reply.phrases())),
                   two_lines(phrases_that(known, "Tracked already", reply.phrases()),
                             say_full(reply.phrases())));
}

void ask_mute(const Values& values, std::string_view, wire::Request& request) {
  request.mutable_mute()->set_phrases(values.text("phrases"));
  if (const auto how_long = read_how_long(values["for"]))
    request.mutable_mute()->set_for_ms(static_cast<std::uint64_t>(how_long->count()));
}

std::string say_unmuted(const Values& values, const wire::Reply& reply) {
  const std::string text = two_lines(phrases("No longer muted", reply.phrases(), true),
                                     phrases("Not muted before", reply.phrases(), false));
  if (!text.empty()) return text;
  return values.has("all") ? "You muted nothing." : "That was not muted.";
}

void ask_more(const Values& values, std::string_view, wire::Request& request) {
  request.mutable_more()->set_phrase(values.text("phrases"));
  if (values.has("count"))
    request.mutable_more()->set_count(
        std::min<std::uint32_t>(number(values["count"]), bridge::wire::kMoreMax));
}

std::string say_more(const Values& values, const wire::Reply& reply) {
  if (!reply.has_more()) return "That cannot be answered just now.";
  const std::uint32_t coming = reply.more().coming();
  const std::uint64_t left = reply.more().left();
  if (coming == 0 && left == 0) return "Nothing is waiting for you.";
  const std::string come = coming == 1 ? "Here comes 1" : fmt::format("Here come {}", coming);
  if (left == 0) return fmt::format("{}; nothing is left.", come);
  return fmt::format("{}; {} {} left: say `more{}{}`.", come, left, left == 1 ? "is" : "are",
                     values.has("phrases") ? " " : "", values["phrases"]);
}

constexpr std::array kCommands = {
    Entry{.name = "track",
          .fields = kTrackFields,
          .usage = "track PHRASE[, PHRASE...] [max 10/h]",
          .help = "Sends you every post that contains all words of a PHRASE; with `max`, at most "
                  "so many an hour one by one.",
          .manual =
              "The words may stand in any order and case; \"a quoted run\" stands as it is, "
              "-word leaves something out. What is beyond `max` is counted, and `more` "
              "brings it. A word that has as many listeners as it may is full: then you wait in "
              "line, and are told when it is your turn. `track` alone lists, `track off` ends all. "
              "At most 200 phrases of "
              "60 bytes.",
          .section = Section::kWords,
          .read = read_track,
          .ask = ask_track,
          .say = say_tracked},
    Entry{.name = "untrack",
          .fields = kUntrackFields,
          .usage = "untrack PHRASE|all",
          .help = "Stops tracking PHRASE, or everything.",
          .section = Section::kWords,
          .choices = "tracks",
          .read = read_phrases_or_all,
          .ask = [](const Values& values, std::string_view,
                    wire::Request& request) { ask_untrack(values, request); },
          .say = say_untracked},
    Entry{.name = "tracks",
          .synonyms = kTracksNames,
          .usage = "tracks",
          .help = "Lists what you track.",
          .section = Section::kWords,
          .ask = [](const Values&, std::string_view,
                    wire::Request& request) { request.mutable_list_tracks(); },
          .say = say_tracks},
    Entry{.name = "more",
          .fields = kMoreFields,
          .usage = "more [PHRASE|N]",
          .help = "Sends you what was only counted so far: 20 posts, or N of them, or those for "
                  "PHRASE.",
          .manual = "At most 100 at a time, the oldest first.",
          .section = Section::kWords,
          .misfit = Misfit::kMaySpeak,
          .read = read_more,
          .ask = ask_more,
          .say = say_more},
    Entry{.name = "mute",
          .fields = kMuteFields,
          .usage = "mute PHRASE [for 2h]",
          .help = "Keeps posts that contain PHRASE from you, whoever writes them.",
          .manual = "Until `unmute`, or for so many minutes, hours, days or weeks. Direct messages "
                    "come all the same. At most 200 phrases.",
          .section = Section::kWords,
          .read = read_mute,
          .ask = ask_mute,
          .say =
              [](const Values&, const wire::Reply& reply) {
                return phrases_that([](const wire::Phrase&) { return true; }, "Muted",
                                    reply.phrases());
              }},
    Entry{.name = "unmute",
          .fields = kUntrackFields,
          .usage = "unmute PHRASE|all",
          .help = "Lets them through again.",
          .section = Section::kWords,
          .choices = "mutes",
          .read = read_phrases_or_all,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                request.mutable_unmute()->set_phrases(values.text("phrases"));
                request.mutable_unmute()->set_all(values.has("all"));
              },
          .say = say_unmuted},
    Entry{.name = "mutes",
          .usage = "mutes",
          .help = "Lists what you mute.",
          .section = Section::kWords,
          .ask = [](const Values&, std::string_view,
                    wire::Request& request) { request.mutable_list_mutes(); },
          .say =
              [](const Values&, const wire::Reply& reply) {
                const std::string list = phrases("You mute", reply.phrases(), false);
                return list.empty() ? std::string("You mute nothing.") : list;
              }},
};

}  // namespace

std::span<const Entry> word_commands() {
  return kCommands;
}

}  // namespace gateway::command
