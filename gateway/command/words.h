// Words: how a line of chat falls apart. Pure functions over UTF-8 that need not be valid.
//
// What looks like a space to a person is one here: no-break and other Unicode spaces, the
// zero-width space and the byte order mark too. Otherwise `d<no-break space>alice secret` would be
// one word, not a command, and published.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gateway::command {

std::string_view trim(std::string_view text);

// The first word and what follows it, both trimmed. Both empty when there is no word.
struct Split {
  std::string_view first;
  std::string_view rest;
};
Split split_first(std::string_view text);

std::vector<std::string_view> split_words(std::string_view text);

// Every run of spaces and newlines becomes one space; none at the ends.
std::string single_spaced(std::string_view text);

// ASCII only: the verbs are.
std::string lower(std::string_view text);

// At most one insertion, deletion, substitution or swap of neighbours apart, and not equal.
bool one_edit_apart(std::string_view a, std::string_view b);

}  // namespace gateway::command
