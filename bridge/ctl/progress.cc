#include "bridge/ctl/progress.h"

#include <fmt/format.h>

#include <cmath>

#include "bridge/ctl/report.h"

namespace bridge::ctl {
namespace {

std::uint64_t rounded(double number) {
  return static_cast<std::uint64_t>(std::llround(number));
}

}  // namespace

std::string progress_line(const ImportCounts& counts, std::chrono::duration<double> elapsed,
                          std::optional<double> fraction) {
  const double seconds = elapsed.count();
  const double rate = seconds > 0 ? static_cast<double>(counts.done()) / seconds : 0;
  std::string line =
      fmt::format("{} posts, {}/s", with_commas(counts.done()), with_commas(rounded(rate)));
  if (!fraction) return line;
  line += fmt::format(", {} %", rounded(*fraction * 100));
  if (*fraction > 0 && *fraction < 1) {
    line += ", " + duration_text(rounded(seconds / *fraction * (1 - *fraction))) + " left";
  }
  return line;
}

std::string summary_line(const ImportCounts& counts) {
  return fmt::format("published {}, already there {}, refused {}", counts.published,
                     counts.already_there, counts.refused);
}

}  // namespace bridge::ctl
