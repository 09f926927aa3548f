#include "gateway/command/catalog.h"

#include <algorithm>
#include <cstddef>

#include "gateway/command/commands.h"
#include "gateway/command/words.h"

namespace gateway::command {
namespace {

constexpr std::size_t kGuessedLengthMin = 4;

template <class Matches>
bool any_name(const Entry& entry, Matches matches) {
  return matches(entry.name) || std::ranges::any_of(entry.synonyms, matches);
}

std::vector<const Entry*> all_entries() {
  std::vector<const Entry*> all;
  for (const auto part : {post_commands(), people_commands(), word_commands(), account_commands(),
                          operator_commands()})
    for (const Entry& entry : part) all.push_back(&entry);
  return all;
}

}  // namespace

std::span<const Entry* const> catalog() {
  static const std::vector<const Entry*> all = all_entries();
  return all;
}

const Entry* find(std::string_view word) {
  const auto same = [word](std::string_view name) { return name == word; };
  const auto found =
      std::ranges::find_if(catalog(), [&](const Entry* entry) { return any_name(*entry, same); });
  return found == catalog().end() ? nullptr : *found;
}

std::vector<const Entry*> find_near(std::string_view word) {
  const auto near = [word](std::string_view name) {
    return name.size() >= kGuessedLengthMin && one_edit_apart(name, word);
  };
  std::vector<const Entry*> found;
  for (const Entry* entry : catalog())
    if (entry->listed && any_name(*entry, near)) found.push_back(entry);
  return found;
}

bool is_for_operators(const Entry& entry) {
  return entry.section == Section::kOperators;
}

std::string_view title(Section section) {
  switch (section) {
    case Section::kPosts:
      return "Posts";
    case Section::kPeople:
      return "People";
    case Section::kWords:
      return "Words";
    case Section::kYou:
      return "You";
    case Section::kOperators:
      return "Operators";
  }
  return {};
}

}  // namespace gateway::command
