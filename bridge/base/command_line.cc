#include "bridge/base/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace bridge::base {
namespace {

void describe(CLI::Option& option, const OptionText& text) {
  option.required(text.required);
  if (!text.type.empty()) option.type_name(text.type);
  if (text.show_default) option.capture_default_str();
  if (!text.environment.empty()) option.envname(text.environment);
  if (text.check) option.check(text.check);
}

template <class Number>
void describe_number(CLI::Option& option, const OptionText& text, const Range<Number>& range) {
  describe(option, text);
  option.check(CLI::Range(range.min, range.max));
}

// CLI11 takes `--` for the end of a command that takes words, instead of the end of its options.
void drop_separator(const CLI::App& app, std::vector<std::string>& arguments) {
  for (auto it = arguments.begin(); it != arguments.end(); ++it) {
    const auto found =
        app.get_subcommands([&](const CLI::App* command) { return command->check_name(*it); });
    if (found.empty()) continue;
    if (found.front()->get_prefix_command() && it + 1 != arguments.end() && *(it + 1) == "--")
      arguments.erase(it + 1);
    return;
  }
}

}  // namespace

// ---- a command ---------------------------------------------------------------------------------

void Command::option(std::string& value, const OptionText& text) {
  describe(*app_->add_option(text.name, value, text.help), text);
}

void Command::option(std::size_t& value, const OptionText& text, Range<std::size_t> range) {
  describe_number(*app_->add_option(text.name, value, text.help), text, range);
}

void Command::option(double& value, const OptionText& text, Range<double> range) {
  describe_number(*app_->add_option(text.name, value, text.help), text, range);
}

void Command::flag(bool& value, const std::string& name, const std::string& help) {
  app_->add_flag(name, value, help);
}

void Command::footer(const std::string& text) {
  app_->footer(text);
}

void Command::on_chosen(std::function<void()> call) {
  app_->callback(std::move(call));
}

void Command::inherit_options() {
  app_->fallthrough();
}

void Command::take_words(std::vector<std::string>& words) {
  app_->set_help_flag("--help", "Print this help message and exit");  // `-happy` is a word
  app_->prefix_command();
  app_->parse_complete_callback([app = app_, &words] { words = app->remaining(); });
}

// ---- the program -------------------------------------------------------------------------------

CommandLine::CommandLine(const std::string& program, const std::string& description)
    : Command(nullptr), owned_(std::make_unique<CLI::App>(description, program)) {
  app_ = owned_.get();
}
CommandLine::~CommandLine() = default;

void CommandLine::version(const std::string& text) {
  app_->set_version_flag("--version", text);
}

Command CommandLine::command(const std::string& name, const std::string& help) {
  app_->require_subcommand(1);
  return Command(app_->add_subcommand(name, help));
}

std::optional<int> CommandLine::parse(int argc, const char* const* argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  drop_separator(*app_, arguments);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  try {
    app_->parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return app_->exit(error) == 0 ? 0 : kUsage;
  }
  return std::nullopt;
}

}  // namespace bridge::base
