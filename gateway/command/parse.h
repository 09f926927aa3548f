// parse: what a person typed, to what they meant.
//
//   std::visit(overloaded{...}, parse(body));
//
// Law 7, nobody posts by accident, lives here. A first word that is a command, or nearly one, makes
// the line a command, or a question to its writer. It is a post only when it begins with `post`, or
// when its first word is an ordinary word too (on, get, last) and what follows is so long that it
// can only be a sentence; then the answer says so. Pure; any bytes are welcome.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/command/catalog.h"
#include "gateway/command/command.h"

namespace gateway::command {

// A command's name, but what follows does not fit: answered with its usage.
struct WrongArguments {
  const Entry* entry = nullptr;
  std::string written;  // the whole text, trimmed: the answer says how to post it anyway
};

// Nearly a command, with arguments that would fit: answered with a question.
struct Suspicious {
  const Entry* meant = nullptr;  // null: it looks like a command ("/msg ...") but none of ours
  std::string written;
};

// Encrypted for somebody else's eyes (OTR, or what OMEMO and OpenPGP put beside it): never posted.
struct Encrypted {};

// A machine's automatic reply: never posted. Answering each of them could loop.
struct Automatic {};

// Nothing to answer.
struct Ignored {};

using Parsed = std::variant<Command, WrongArguments, Suspicious, Encrypted, Automatic, Ignored>;

// A line of more words than this is a sentence, whatever command it nearly is.
inline constexpr std::size_t kQuestionedWordsMax = 8;

Parsed parse(std::string_view text);

// Plain text as the post it is.
Command plain_post(std::string_view text);

// As somebody said it who is an operator, or is not: to them there are no commands of operators,
// and nearly one is answered like any other that is unknown.
Parsed as_said_by(bool is_operator, Parsed parsed);

// What was said in answer to a post: plain text is a reply to it, and the name of a command that
// needs nothing but a post is that command about it.
Parsed about_post(Parsed parsed, std::uint64_t post);

}  // namespace gateway::command
