// What a line was taken for, as a short text that tests can compare:
//
//   taken_for("follow @alice")   "follow nick=alice"
//   taken_for("good morning")    "post! text=good morning"      posted; the ! says: without `post`
//   taken_for("follow the sun")  "? follow"                     asked, about follow
//   taken_for("?OTRv2?")         "encrypted"
#pragma once

#include <string>
#include <string_view>

#include "gateway/command/overloaded.h"
#include "gateway/command/parse.h"

namespace gateway::command {

inline std::string taken_for(const Parsed& parsed) {
  const auto question = [](const Entry* entry) {
    return entry ? "? " + std::string(entry->name) : std::string("?");
  };
  return std::visit(
      overloaded{[](const Command& command) {
                   std::string text(command.entry->name);
                   if (command.values.has("plain"))
                     text += command.values.has("began_with") ? "!!" : "!";
                   for (const auto& [name, value] : command.values.all())
                     if (name != "plain" && name != "began_with")
                       text += " " + std::string(name) + "=" + value;
                   return text;
                 },
                 [&](const WrongArguments& wrong) { return question(wrong.entry); },
                 [&](const Suspicious& suspicious) { return question(suspicious.meant); },
                 [](const Encrypted&) { return std::string("encrypted"); },
                 [](const Automatic&) { return std::string("automatic"); },
                 [](const Ignored&) { return std::string("nothing"); }},
      parsed);
}

inline std::string taken_for(std::string_view text) {
  return taken_for(parse(text));
}

}  // namespace gateway::command
