// Catalog: the one table of commands: their names, historic synonyms, arguments, usage and help.
//
// parse.cc reads the arguments column, texts.cc the usage and help columns; a command that is not
// in this table does not exist. Everything in it is constant and lives as long as the program.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace gateway::command {

enum class Verb : std::uint8_t {
  kHelp,
  kJoin,
  kOn,
  kOff,
  kPost,
  kDelete,
  kFollow,
  kLeave,
  kFollows,
  kFollowers,
  kTrack,
  kUntrack,
  kTracks,
  kBlock,
  kUnblock,
  kBlocks,
  kMute,
  kUnmute,
  kMutes,
  kMore,
  kDirect,
  kWhois,
  kStats,
  kTimezone,
  kLogin,
  kQuit,
  kLater,  // recognised so that it is never published, but not available yet
};

// What may follow a verb; anything else is answered with its usage.
enum class Arguments : std::uint8_t {
  kNone,             // nothing
  kOptionalCommand,  // nothing or the name of a command
  kNick,             // exactly one nick
  kWord,             // exactly one word
  kNumber,           // exactly one number of a post: #17 or 17
  kText,             // any text, newlines included
  kNickText,         // a nick and any text
  kPhrases,          // a line of phrases
  kOptionalPhrases,  // nothing or a line of phrases
};

struct Entry {
  Verb verb;
  std::string_view name;  // as it is listed, lower case
  std::span<const std::string_view> synonyms;
  Arguments arguments;
  std::string_view usage;  // "follow NICK"
  std::string_view help;   // one line, what it does
};

// All commands, in the order of the overview; those with Verb::kLater last.
std::span<const Entry> catalog();

// By name or synonym, in lower case; null when it is none.
const Entry* find(std::string_view word);

// The commands with a name or synonym of four letters or more one edit away from `word`. Shorter
// names are within one edit of every tenth sentence, so they are not guessed.
std::vector<const Entry*> find_near(std::string_view word);

}  // namespace gateway::command
