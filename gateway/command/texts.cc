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

std::string post_anyway(std::string_view written) {
  return fmt::format("Nothing was posted. To post it as it is: `post {}`", shortened(written));
}

}  // namespace

std::string help_text(const Help& help) {
  if (const Entry* about = help.about) {
    std::string text = fmt::format("{}: {}", about->usage, about->help);
    if (!about->synonyms.empty()) {
      fmt::format_to(std::back_inserter(text), " Also: {}.", fmt::join(about->synonyms, ", "));
    }
    return text;
  }
  std::string text = "What you write here is posted for everybody to read, except these commands:";
  for (const Entry& entry : catalog()) {
    if (entry.verb == Verb::kLater) continue;
    fmt::format_to(std::back_inserter(text), "\n{} - {}", entry.usage, entry.help);
  }
  return text;
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

std::string answer(const NotAvailable& missing) {
  return fmt::format("`{}` is a command that is not available here yet. {}", missing.entry->name,
                     post_anyway(missing.written));
}

std::string answer(const Encrypted&) {
  return "This came encrypted, and nothing here can read it: it was not posted. What you write to "
         "this address is meant to be public, so please switch encryption off for it.";
}

std::string ask_for_yes(std::string_view text) {
  return fmt::format(
      "Shall this be posted for everybody to read? \"{}\" Say `yes`, and from then on "
      "what you write here is posted unless it is a command. Otherwise nothing "
      "happens: `help` lists the commands.",
      shortened(text));
}

std::string nothing_to_confirm() {
  return "Nothing is waiting for your yes. To post the word itself: `post yes`";
}

std::string how_to_join() {
  return "You are not a member yet. Choose a name and say: `join NICK`";
}

std::string in_seconds(std::uint64_t milliseconds) {
  const std::uint64_t seconds = (milliseconds + 999) / 1000;
  return seconds == 1 ? "in 1 second" : fmt::format("in {} seconds", seconds);
}

std::string how_long(std::uint64_t milliseconds) {
  const auto in = [milliseconds](std::uint64_t unit_ms, std::string_view unit) {
    const std::uint64_t count = (milliseconds + unit_ms - 1) / unit_ms;
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
  };
  constexpr std::uint64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
  if (milliseconds < kMinute) return in(kSecond, "second");
  if (milliseconds < kHour) return in(kMinute, "minute");
  if (milliseconds < 36 * kHour) return in(kHour, "hour");
  return in(24 * kHour, "day");
}

}  // namespace gateway::command
