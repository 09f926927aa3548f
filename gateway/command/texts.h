// Texts: what people are told when no bridge is needed to answer them.
#pragma once

#include <string>
#include <string_view>

#include "gateway/command/catalog.h"
#include "gateway/command/parse.h"

namespace gateway::command {

std::string help_text(const Help& help);

// Why this was not published, how it is meant to be written, and how to post it all the same.
std::string answer(const WrongArguments& wrong);
std::string answer(const Suspicious& suspicious);
std::string answer(const NotAvailable& missing);
std::string answer(const Encrypted& encrypted);

// Before a newcomer's first plain text becomes a post.
std::string ask_for_yes(std::string_view text);
std::string nothing_to_confirm();

// To somebody who has not joined.
std::string how_to_join();

// "in 1 second", "in 90 seconds": rounded up, so that following it is never too early.
std::string in_seconds(std::uint64_t milliseconds);

// "90 seconds", "2 hours", "3 days": rounded up, in the unit that suits it.
std::string how_long(std::uint64_t milliseconds);

}  // namespace gateway::command
