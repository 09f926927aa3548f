// Texts: what people are told when no bridge is needed to answer them.
#pragma once

#include <string>
#include <string_view>

#include "gateway/command/catalog.h"
#include "gateway/command/parse.h"

namespace gateway::command {

// Null: the overview.
std::string help_text(const Entry* about, bool for_operator = false);
std::string operators_help();

// Why this was not published, how it is meant to be written, and how to post it all the same.
std::string answer(const WrongArguments& wrong);
std::string answer(const Suspicious& suspicious);
std::string answer(const Encrypted& encrypted);
std::string answer(const Automatic& automatic);
// "Nothing was posted. To post it as it is: `post ...`"
std::string post_anyway(std::string_view written);

// Before a newcomer's first plain text becomes a post.
std::string ask_for_yes(std::string_view text);
// Before what cannot be undone. Precondition: it has a warning.
std::string ask_whether_meant(const Entry& entry);
std::string nothing_to_confirm();

// To somebody who has not joined.
std::string how_to_join();

// The manual of the language, as Markdown: docs/commands.md.
std::string manual();

}  // namespace gateway::command
