#include "bridge/health.h"

#include <fmt/format.h>

namespace bridge::health {

std::string stuck(std::span<const Loop> loops, base::Time now) {
  for (const Loop& loop : loops) {
    const auto busy = loop.meter->busy_for(now);
    if (busy >= base::LoopMeter::kStuck)
      return fmt::format("The thread {} has been in one turn for {} seconds.", loop.name,
                         std::chrono::duration_cast<std::chrono::seconds>(busy).count());
  }
  return {};
}

std::string trouble(std::span<const Loop> loops, const state::CommitterCounters& committer,
                    base::Time now) {
  if (std::string sentence = stuck(loops, now); !sentence.empty()) return sentence;
  if (committer.read_only.value() != 0) return "The log cannot be written: is the disk full?";
  return {};
}

}  // namespace bridge::health
