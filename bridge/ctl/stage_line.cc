#include "bridge/ctl/stage_line.h"

#include <chrono>

#include "bridge/ctl/report.h"

namespace bridge::ctl {
namespace {

constexpr std::chrono::seconds kEvery{1};

}  // namespace

StageLine::StageLine(std::ostream& out) : out_(out), next_(base::read_clocks().mono + kEvery) {}

backbone::VerifyProgress StageLine::progress() {
  return [this](std::string_view stage, std::uint64_t done, std::uint64_t of) {
    show(stage, done, of);
  };
}

void StageLine::show(std::string_view stage, std::uint64_t done, std::uint64_t of) {
  const base::Time now = base::read_clocks().mono;
  if (now < next_) return;
  next_ = now + kEvery;
  shown_ = true;
  out_ << '\r' << stage << ": " << with_commas(done);
  if (of > 0) out_ << " of " << with_commas(of);
  out_ << "          " << std::flush;
}

void StageLine::end() {
  if (shown_) out_ << '\n' << std::flush;
  shown_ = false;
}

}  // namespace bridge::ctl
