// The definitions of commands, by subject: what catalog() puts together. For catalog.cc alone.
#pragma once

#include <span>

#include "gateway/command/catalog.h"

namespace gateway::command {

std::span<const Entry> post_commands();      // commands_posts.cc
std::span<const Entry> people_commands();    // commands_people.cc
std::span<const Entry> word_commands();      // commands_words.cc
std::span<const Entry> account_commands();   // commands_account.cc
std::span<const Entry> operator_commands();  // commands_operators.cc

}  // namespace gateway::command
