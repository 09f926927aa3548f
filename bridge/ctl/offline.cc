#include "bridge/ctl/offline.h"

#include <fmt/format.h>

#include <algorithm>

#include "bridge/ctl/exit_code.h"
#include "bridge/ctl/json.h"
#include "bridge/track/phrase.h"
#include "bridge/track/post.h"
#include "bridge/track/terms.h"

namespace bridge::ctl {
namespace {

void warn_about(std::size_t line, std::ostream& err) {
  err << "lapwingctl: line " << line << " is not valid UTF-8, skipped\n";
}

}  // namespace

int match_lines(const std::vector<std::string>& arguments, std::istream& in, std::ostream& out,
                std::ostream& err) {
  const auto phrases = track::Phrase::parse_list(fmt::format("{}", fmt::join(arguments, " ")));
  if (!phrases) {
    err << "lapwingctl: " << phrases.error().text << '\n';
    return kUsage;
  }
  bool any = false;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (!track::is_utf8(line)) {
      warn_about(number, err);
      continue;
    }
    const track::Post post(line);
    const auto catches = [&](const track::Phrase& phrase) { return phrase.matches(post); };
    if (std::none_of(phrases->begin(), phrases->end(), catches)) continue;
    any = true;
    out << line << '\n';
  }
  return any ? kOk : kNo;
}

int print_tokens(std::istream& in, std::ostream& out, std::ostream& err) {
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const bool valid = track::is_utf8(line);
    if (!valid) warn_about(number, err);
    out << to_json(valid ? track::tokenize(line) : track::Tokens{}) << '\n';
  }
  return kOk;
}

}  // namespace bridge::ctl
