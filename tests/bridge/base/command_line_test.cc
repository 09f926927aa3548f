#include "bridge/base/command_line.h"

#include <catch2/catch.hpp>

namespace bridge::base {
namespace {

using Words = std::vector<std::string>;

// A program with a command of each kind.
struct Program {
  Program() {
    line.option(place, {.name = "--place", .help = "where"});
    Command make = line.command("make", "Makes things.");
    make.inherit_options();
    make.option(what, {.name = "what", .help = "the thing", .required = true});
    make.option(count, {.name = "--count", .help = "how many"}, {.min = 1, .max = 9});
    make.option(weight, {.name = "--weight", .help = "how heavy"}, {.min = 0, .max = 1});
    make.flag(loud, "--loud", "say so");
    make.on_chosen([this] { chosen = "make"; });
    Command say = line.command("say", "Says words.");
    say.take_words(words);
    say.on_chosen([this] { chosen = "say"; });
  }
  std::optional<int> run(const Words& arguments) {
    std::vector<const char*> argv{"program"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    return line.parse(static_cast<int>(argv.size()), argv.data());
  }

  CommandLine line{"program", "Does things."};
  std::string place, what, chosen;
  std::size_t count = 3;
  double weight = 0.5;
  bool loud = false;
  Words words;
};

}  // namespace

TEST_CASE("a command's options and the program's are filled in, in any order") {
  Program program;
  CHECK_FALSE(program.run({"make", "--loud", "nests", "--count", "9", "--place", "meadow"}));
  CHECK(program.chosen == "make");
  CHECK(program.what == "nests");
  CHECK(program.count == 9);
  CHECK(program.weight == 0.5);
  CHECK(program.loud);
  CHECK(program.place == "meadow");
}

TEST_CASE("a wrong line is a matter of usage") {
  const auto lines = {Words{},
                      {"fly"},
                      {"make"},
                      {"make", "nests", "--count", "10"},
                      {"make", "nests", "--count", "-1"},
                      {"make", "nests", "--weight", "1.5"},
                      {"make", "nests", "--shout"}};
  for (const Words& line : lines) CHECK(Program().run(line) == CommandLine::kUsage);
}

TEST_CASE("a check says what is wrong with a value") {
  std::string value;
  CommandLine line("program", "Does things.");
  line.option(value, {.name = "--value", .help = "even", .check = [](const std::string& text) {
                        return text.size() % 2 == 0 ? "" : "That is odd.";
                      }});
  const char* odd[] = {"program", "--value", "abc"};
  CHECK(line.parse(3, odd) == CommandLine::kUsage);
  const char* even[] = {"program", "--value", "abcd"};
  CHECK_FALSE(line.parse(3, even));
  CHECK(value == "abcd");
}

TEST_CASE("help is no failure") {
  CHECK(Program().run({"--help"}) == 0);
  CHECK(Program().run({"say", "--help"}) == 0);
}

TEST_CASE("words are taken as they are, behind a -- or not") {
  for (const Words& before : {Words{"say"}, Words{"say", "--"}}) {
    Program program;
    Words line = before;
    for (const char* word : {"tea", "-happy", "--place", "x"}) line.emplace_back(word);
    CHECK_FALSE(program.run(line));
    CHECK(program.chosen == "say");
    CHECK(program.words == Words{"tea", "-happy", "--place", "x"});
    CHECK(program.place.empty());
  }
}

}  // namespace bridge::base
