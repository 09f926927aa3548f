// CommandLine: the options of a program and, where it has them, its commands. The one adapter over
// CLI11, which takes a compiler ten seconds wherever it is included.
//
//   CommandLine line("lapwing-bridge", "Lapwing's bridge: the log, the matching and the lanes.");
//   line.option(path, {.name = "--config", .help = "the configuration", .required = true});
//   if (const auto code = line.parse(argc, argv)) return *code;
//
// Variables are filled in while parsing and must live until then. For mains and lapwingctl; one
// thread.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace bridge::base {

struct OptionText {
  std::string name;  // "--id", or "text" for what stands on the command line by itself
  std::string help;
  std::string type = {};  // what the help calls the value: "NICK"
  bool required = false;
  bool show_default = false;     // in the help: what the variable holds now
  std::string environment = {};  // taken from there when it is not on the command line
  // What is wrong with a value, in a sentence; empty: nothing.
  std::function<std::string(const std::string&)> check = {};
};

// Both ends belong to it.
template <class Number>
struct Range {
  Number min{};
  Number max = std::numeric_limits<Number>::max();
};

// A command, or the program itself. A handle: the CommandLine owns what it stands for.
class Command {
 public:
  void option(std::string& value, const OptionText& text);
  void option(std::size_t& value, const OptionText& text, Range<std::size_t> range = {});
  void option(double& value, const OptionText& text, Range<double> range = {});
  void flag(bool& value, const std::string& name, const std::string& help);
  // Below the options in the help.
  void footer(const std::string& text);
  // Called once everything is filled in, when this command was the one.
  void on_chosen(std::function<void()> call);

  // The program's options may also stand behind this command.
  void inherit_options();
  // Whatever follows is a word of `words`, even if it looks like an option; only --help is not.
  // `--` before it is not needed there; whoever types it all the same means the same.
  void take_words(std::vector<std::string>& words);

 protected:
  friend class CommandLine;
  explicit Command(CLI::App* app) : app_(app) {}
  CLI::App* app_;
};

class CommandLine : public Command {
 public:
  static constexpr int kUsage = 2;

  CommandLine(const std::string& program, const std::string& description);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  void version(const std::string& text);
  // From the first one on, the program needs exactly one.
  Command command(const std::string& name, const std::string& help);

  // Nothing: go on. Otherwise the program ends with this: 0 after --help or --version, kUsage when
  // the line is wrong, which was said on stderr.
  std::optional<int> parse(int argc, const char* const* argv);

 private:
  std::unique_ptr<CLI::App> owned_;
};

}  // namespace bridge::base
