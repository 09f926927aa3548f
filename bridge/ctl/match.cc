// lapwingctl match: the lines a track would catch.
#include <iostream>
#include <memory>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/exit_code.h"
#include "bridge/ctl/offline.h"

namespace bridge::ctl {

void add_match(base::CommandLine& line, Action& action) {
  base::Command command =
      line.command("match", "Print the lines of standard input that a track would catch.");
  command.footer(
      "  lapwingctl match PHRASE...\n\n"
      "The phrases are as one would type them after `track`: commas separate alternatives,\n"
      "\"quoted words\" stand side by side, -word must not be there (docs/track.md).\n"
      "Needs no bridge. Ends with 0 when a line was caught, 1 when none was, 2 for a bad phrase.\n"
      "Lines that are not UTF-8 are skipped with a warning.\n\n"
      "  lapwingctl match nyc food, '\"drinking tea\"' -coffee < posts.txt");
  // An exclusion looks like an option, so whatever follows the command's name is the phrase.
  const auto words = std::make_shared<std::vector<std::string>>();
  command.take_words(*words);
  command.on_chosen([words, &action] {
    action = [words] { return match_lines(*words, std::cin, std::cout, std::cerr); };
  });
}

}  // namespace bridge::ctl
