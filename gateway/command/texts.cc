#include "gateway/command/texts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <iterator>

#include "gateway/command/words.h"

namespace gateway::command {
namespace {

constexpr std::size_t kQuotedBytesMax = 80;

// The beginning of a text on one line, cut between characters.
std::string shortened(std::string_view text) {
  std::string line = single_spaced(text);
  if (line.size() <= kQuotedBytesMax) return line;
  std::size_t end = kQuotedBytesMax;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
  line.resize(end);
  return line + "…";
}

}  // namespace

std::string help_text(const Entry* about, bool for_operator) {
  if (about) {
    std::string text = fmt::format("{}: {}", about->usage, about->help);
    if (!about->manual.empty()) fmt::format_to(std::back_inserter(text), " {}", about->manual);
    if (!about->synonyms.empty())
      fmt::format_to(std::back_inserter(text), " Also: {}.", fmt::join(about->synonyms, ", "));
    return text;
  }
  std::string text = "What you write here is posted for everybody to read, except these commands:";
  for (const Entry* entry : catalog())
    if (entry->listed && !is_for_operators(*entry))
      fmt::format_to(std::back_inserter(text), "\n{} - {}", entry->usage, entry->help);
  if (for_operator) text += "\nYou are an operator: `op` lists what else you can do.";
  return text;
}

std::string operators_help() {
  std::string text = "What operators can do:";
  for (const Entry* entry : catalog())
    if (is_for_operators(*entry) && entry->name != "op")
      fmt::format_to(std::back_inserter(text), "\n{} - {}", entry->usage, entry->help);
  return text;
}

std::string post_anyway(std::string_view written) {
  return fmt::format("Nothing was posted. To post it as it is: `post {}`", shortened(written));
}

std::string answer(const WrongArguments& wrong) {
  return fmt::format("{} is a command, written so: `{}` ({}) {}", wrong.entry->name,
                     wrong.entry->usage, wrong.entry->help, post_anyway(wrong.written));
}

std::string answer(const Suspicious& suspicious) {
  if (!suspicious.meant) {
    return fmt::format(
        "That looks like a command, but there is none of that name: `help` lists "
        "them. {}",
        post_anyway(suspicious.written));
  }
  return fmt::format("Did you mean `{}`? ({}) {}", suspicious.meant->usage, suspicious.meant->help,
                     post_anyway(suspicious.written));
}

std::string answer(const Encrypted&) {
  return "This came encrypted, and nothing here can read it: it was not posted. What you write to "
         "this address is meant to be public, so please switch encryption off for it.";
}

std::string answer(const Automatic&) {
  return "This looks like an automatic reply: it was not posted, and further ones are not "
         "answered. To post such a text: `post TEXT`";
}

std::string ask_for_yes(std::string_view text) {
  return fmt::format(
      "Shall this be posted for everybody to read? \"{}\" Say `yes`, and from then on "
      "what you write here is posted unless it is a command. Otherwise nothing "
      "happens: `help` lists the commands.",
      shortened(text));
}

std::string ask_whether_meant(const Entry& entry) {
  return fmt::format("{} Say `yes` if you mean it.", entry.warning);
}

std::string nothing_to_confirm() {
  return "Nothing is waiting for your yes. To post the word itself: `post yes`";
}

std::string how_to_join() {
  return "You are not a member yet. Choose a name and say: `join NICK`";
}

}  // namespace gateway::command
