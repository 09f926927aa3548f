// The manual of the language, made from the catalog. scripts/document writes it to
// docs/commands.md.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <iterator>

#include "gateway/command/texts.h"

namespace gateway::command {
namespace {

constexpr std::string_view kIntroduction =
    R"(# Commands

What people say to `lapwing@im.example.org`, or to the bare domain, in a chat. This page is made from the table of commands
(`gateway/command/commands_*.cc`) by `scripts/document`; do not edit it.

Clients that show forms (XEP-0050) list the same commands, each with its fields to fill in; what they answer is what is said here.

Verbs may be written in any case, and spaces do not matter. A `NICK` is 1 to 20 of A–Z a–z 0–9 _, compared without case, and may be written `@NICK`.
A post is meant by `#N`, the number that stands at its end, or by a `NICK`: the newest post of that person. In the usage, `[...]` may be left out, and `|` is "or".

**Nobody posts by accident.** Text that begins with no command is a post; a newcomer's first one asks for a `yes`. A line that begins with a command, or with a
word one letter away from a command of four letters or more, and does not fit it, is answered with how it is written, and not posted: `post TEXT` posts
whatever TEXT is. Only when the first word is an ordinary one too ({}) and more than {} words make it a sentence, it is posted, and the answer says so.
Encrypted texts and automatic replies are never posted; why is said once.
)";

std::string other_names(const Entry& entry) {
  if (entry.synonyms.empty()) return {};
  return fmt::format(" Also `{}`.", fmt::join(entry.synonyms, "`, `"));
}

// A bar would end the cell.
std::string in_cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string ordinary_words() {
  std::vector<std::string_view> words;
  for (const Entry* entry : catalog())
    if (entry->misfit == Misfit::kMaySpeak) words.push_back(entry->name);
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

std::string manual() {
  std::string text =
      fmt::format(fmt::runtime(kIntroduction), ordinary_words(), kQuestionedWordsMax);
  constexpr std::array kSections = {Section::kPosts, Section::kPeople, Section::kWords,
                                    Section::kYou, Section::kOperators};
  for (const Section section : kSections) {
    std::string rows;
    for (const Entry* entry : catalog()) {
      if (!entry->listed || entry->section != section) continue;
      fmt::format_to(std::back_inserter(rows), "| `{}` | {}{}{}{} |\n", in_cell(entry->usage),
                     in_cell(entry->help), entry->manual.empty() ? "" : " ", in_cell(entry->manual),
                     other_names(*entry));
    }
    if (rows.empty()) continue;
    fmt::format_to(std::back_inserter(text), "\n## {}\n| say | and this happens |\n|---|---|\n{}",
                   title(section), rows);
  }
  return text;
}

}  // namespace gateway::command
