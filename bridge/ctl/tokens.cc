// lapwingctl tokens: what each line is made of.
#include <iostream>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/offline.h"

namespace bridge::ctl {

void add_tokens(base::CommandLine& line, Action& action) {
  base::Command command =
      line.command("tokens", "Print what each line of standard input is made of, as JSON.");
  command.footer(
      "An object per line: {\"words\":[...],\"hashtags\":[...],\"mentions\":[...],\"urls\":[...]}\n"
      "Words, tags and names are folded as for matching, urls are as written (docs/track.md).\n"
      "A line that is not UTF-8 gives empty lists and a warning. Needs no bridge.");
  command.on_chosen(
      [&action] { action = [] { return print_tokens(std::cin, std::cout, std::cerr); }; });
}

}  // namespace bridge::ctl
