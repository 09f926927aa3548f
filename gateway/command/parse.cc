#include "gateway/command/parse.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

#include "gateway/command/fields.h"
#include "gateway/command/words.h"

namespace gateway::command {
namespace {

// A mistyped `track` is assumed only before so few words; more of them are a sentence.
constexpr std::size_t kGuessedPhraseWordsMax = 3;

bool takes(const Entry& entry, Kind kind) {
  return std::ranges::any_of(entry.fields, [&](const Field& field) { return field.kind == kind; });
}

bool is_sentence(std::string_view written) {
  return split_words(written).size() > kQuestionedWordsMax;
}

// Would these be the arguments of a mistyped command, or is this rather a sentence?
bool plausible(const Entry& entry, std::string_view rest, std::string_view written) {
  if (is_sentence(written)) return false;
  if (takes(entry, Kind::kPhrases) && rest.find(',') == std::string_view::npos &&
      split_words(rest).size() > kGuessedPhraseWordsMax)
    return false;
  return read_fields(entry, rest).has_value();
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> beginnings) {
  return std::ranges::any_of(beginnings, [text](auto b) { return text.starts_with(b); });
}

bool is_encrypted(std::string_view text) {
  return starts_with_any(
      text, {"?OTR", "-----BEGIN PGP MESSAGE-----", "I sent you an OMEMO encrypted message",
             "[This message is OTR encrypted]", "This message is encrypted"});
}

bool is_automatic(std::string_view folded) {
  while (folded.starts_with('[') || folded.starts_with('(') || folded.starts_with('*'))
    folded.remove_prefix(1);
  return starts_with_any(folded,
                         {"auto-reply", "auto reply", "autoreply", "auto-response", "auto response",
                          "autoresponse", "automatic reply", "automatic response",
                          "out of office:", "offline storage size was exceeded"});
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

// What a line names, if it names anything. A name of two words comes before the first of them
// alone: `op audit` before `op`.
struct Named {
  const Entry* entry = nullptr;
  std::string name;       // as it was written, in lower case
  std::string_view rest;  // behind it
};

Named named(std::string_view text) {
  const auto [first, rest] = split_first(text);
  const auto [second, after] = split_first(rest);
  const std::string one = lower(first);
  const std::string two = one + " " + lower(second);
  if (const Entry* longer = second.empty() ? nullptr : find(two)) return {longer, two, after};
  return {find(one), one, rest};
}

// Commands of other systems are written /so or !so, and ours may be copied with the `marks` of an
// answer. Null entry in the result: it is not one of ours.
std::optional<Suspicious> marked_command(std::string_view first, std::string_view written) {
  if (first.find_first_of("/!`") != 0) return std::nullopt;
  std::string_view inside = written.substr(1);
  while (inside.starts_with('`')) inside.remove_prefix(1);
  while (inside.ends_with('`')) inside.remove_suffix(1);
  if (const Entry* entry = named(inside).entry; entry && entry->listed)
    return Suspicious{entry, std::string(written)};
  const std::string_view word = first.substr(1);
  if (first.starts_with('/') && is_word(word) && word != "me")
    return Suspicious{nullptr, std::string(written)};
  return std::nullopt;
}

Parsed read_command(const Entry& entry, std::string_view name, std::string_view rest,
                    std::string_view written) {
  if (auto values = read_fields(entry, rest))
    return Command{&entry, std::move(*values), std::string(written)};
  if (entry.misfit == Misfit::kMaySpeak && is_sentence(written)) {
    Command post = plain_post(written);
    post.values.set("began_with", std::string(name));
    return post;
  }
  return WrongArguments{&entry, std::string(written)};
}

}  // namespace

Command plain_post(std::string_view text) {
  return {find("post"), {{"text", std::string(text)}, {"plain", "1"}}, std::string(text)};
}

Parsed as_said_by(bool is_operator, Parsed parsed) {
  auto* command = std::get_if<Command>(&parsed);
  const bool helps = command && command->is("help");
  if (is_operator) {
    if (helps) command->values.set("operator", "1");
    return parsed;
  }
  const auto is_unknown = [](const Entry* entry) { return entry && is_for_operators(*entry); };
  if (helps && is_unknown(find(command->values["command"])))
    return WrongArguments{command->entry, command->written};
  if (command && is_unknown(command->entry)) return Suspicious{nullptr, command->written};
  if (const auto* wrong = std::get_if<WrongArguments>(&parsed); wrong && is_unknown(wrong->entry))
    return Suspicious{nullptr, wrong->written};
  if (const auto* guess = std::get_if<Suspicious>(&parsed); guess && is_unknown(guess->meant))
    return Suspicious{nullptr, guess->written};
  return parsed;
}

Parsed about_post(Parsed parsed, std::uint64_t post) {
  const std::string number = "#" + std::to_string(post);
  if (auto* command = std::get_if<Command>(&parsed); command && command->values.has("plain")) {
    command->entry = find("r");
    command->values.set("post", number);
  } else if (const auto* wrong = std::get_if<WrongArguments>(&parsed)) {
    const Entry& entry = *wrong->entry;
    const bool alone = split_first(wrong->written).rest.empty();
    const bool of_a_post = takes(entry, Kind::kPost) || takes(entry, Kind::kNumber);
    if (alone && of_a_post)
      if (auto values = read_fields(entry, number))
        return Command{&entry, std::move(*values), wrong->written};
  }
  return parsed;
}

Parsed parse(std::string_view text) {
  const std::string_view written = trim(text);
  if (written.empty()) return Ignored{};
  if (is_encrypted(written)) return Encrypted{};
  const auto& [entry, first, rest] = named(written);
  // What is in no list is said alone: "yes we can" is a sentence.
  if (entry && (entry->listed || rest.empty())) return read_command(*entry, first, rest, written);
  if (is_automatic(lower(written))) return Automatic{};
  if (auto marked = marked_command(first, written)) return *std::move(marked);
  for (const Entry* near : find_near(first))
    if (plausible(*near, rest, written)) return Suspicious{near, std::string(written)};
  return plain_post(written);
}

}  // namespace gateway::command
