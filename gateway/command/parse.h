// parse: what a person typed, to what they meant.
//
//   std::visit(overloaded{...}, parse(body));
//
// Law 7, nobody posts by accident, lives here: text becomes a post only if its first word is
// neither a command nor nearly one, or is `post`. Pure; any bytes are welcome. DESIGN of the
// guesses: see find_near() for which names are guessed, fits() in parse.cc for plausible arguments.
#pragma once

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

// A command of the language that this release does not have yet.
struct NotAvailable {
  const Entry* entry = nullptr;
  std::string written;
};

// Encrypted for somebody else's eyes (OTR, or what OMEMO and OpenPGP put beside it): never posted.
struct Encrypted {};

// Nothing to answer: empty, or a machine's automatic reply (answering one can loop).
struct Ignored {};

using Parsed = std::variant<Command, WrongArguments, Suspicious, NotAvailable, Encrypted, Ignored>;

Parsed parse(std::string_view text);

}  // namespace gateway::command
