// Catalog: the one table of commands. A command is defined once, here: its names, its fields, what
// it says about itself, what it asks of the bridge and what people read when that is answered.
// Chat text (parse.h), forms (XEP-0050), `help`, docs/commands.md and the website are all made from
// it; a command that is not in this table does not exist.
//
// The definitions stand in commands_*.cc, by subject. Everything in the table is constant and lives
// as long as the program. To add a command, add an Entry there and run scripts/document.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"
#include "gateway/command/values.h"

namespace gateway::command {

namespace wire = bridge::wire;

// What a field takes. Each kind reads as much of a line as it can use.
enum class Kind : std::uint8_t {
  kNick,      // a word: a nick, also written @nick
  kPost,      // a word: #17, or a nick for the newest post of that person
  kNumber,    // a word: #17
  kWord,      // any word
  kWhom,      // a word: a Jabber address (it comes out bare, in lower case), or a nick
  kCount,     // a number
  kText,      // all the rest, newlines included
  kPhrases,   // all the rest, one line
  kCommand,   // all the rest: the name of a command
  kDuration,  // a time: 2h, 30 minutes
  kFlag,      // "1" or nothing: a box to tick; in chat a word of its own, such as `all`
};

struct Field {
  std::string_view name;  // in Values, and the var of a form
  Kind kind;
  std::string_view label;  // in a form
  bool optional = false;
};

// The parts of the manual, in its order.
enum class Section : std::uint8_t { kPosts, kPeople, kWords, kYou, kOperators };

// How a line that begins with the command's name, but fits it not, may be taken.
enum class Misfit : std::uint8_t {
  kAnswered,  // never a post: the answer says how to write it, and how to post it
  kMaySpeak,  // the name is an ordinary word: a long sentence is surely a post, and told so
};

struct Entry {
  std::string_view name;  // as it is listed, lower case
  std::span<const std::string_view> synonyms = {};
  std::span<const Field> fields = {};
  std::string_view usage;  // "follow NICK"
  std::string_view help;   // one line: what it does
  // More of it, for `help COMMAND` and the manual: bounds, examples. May be empty.
  std::string_view manual = {};
  Section section = Section::kYou;
  Misfit misfit = Misfit::kAnswered;
  bool members_only = true;
  bool listed = true;  // in the overview and among the forms
  // What it ends, for what cannot be undone: asked about before it is done.
  std::string_view warning = {};
  // The command that lists what can be chosen for the first field: a form offers it.
  std::string_view choices = {};

  // What follows the name, to values; false: it does not fit. Null: the fields one after the other.
  bool (*read)(std::string_view rest, Values& values) = nullptr;
  // Null: answered without the bridge. `id` makes a publication the same when it comes again.
  void (*ask)(const Values& values, std::string_view id, wire::Request& request) = nullptr;
  // What people read. Not for errors.
  std::string (*say)(const Values& values, const wire::Reply& reply) = nullptr;
};

// All commands, in the order of the overview.
std::span<const Entry* const> catalog();

// To everybody else there is no such command.
bool is_for_operators(const Entry& entry);

// By name or synonym, in lower case; null when it is none. A name may be two words.
const Entry* find(std::string_view word);

// The listed commands with a name or synonym of four letters or more one edit away from `word`.
// Shorter names are within one edit of every tenth sentence, so they are not guessed.
std::vector<const Entry*> find_near(std::string_view word);

// Not typed: what a client makes of a message that became a post (XEP-0308).
const Entry& correction();

std::string_view title(Section section);

}  // namespace gateway::command
