#include "gateway/common/watch.h"

#include <fmt/format.h>

#include <utility>

#include "bridge/base/log.h"
#include "bridge/base/loop_meter.h"

namespace gateway {

namespace base = bridge::base;

base::Result<std::unique_ptr<base::Exporter>> Watch::open(const std::string& listen) const {
  if (listen.empty()) return nullptr;
  auto exporter = base::Exporter::open(
      listen, {.metrics = [this](base::Metrics& metrics) { describe(metrics); },
               .trouble = [this] { return trouble(base::read_clocks().mono); }});
  if (exporter) base::log::info("metrics are on http://{}/metrics", (*exporter)->address());
  return exporter;
}

void Watch::show(base::Time now, std::string trouble,
                 const std::function<base::Metrics()>& numbers) {
  const bool due = now >= next_;
  base::Metrics metrics = due ? numbers() : base::Metrics();
  const std::lock_guard lock(mutex_);
  shown_ = now;
  trouble_ = std::move(trouble);
  if (!due) return;
  next_ = now + every_;
  metrics_ = std::move(metrics);
}

void Watch::describe(base::Metrics& metrics) const {
  const std::lock_guard lock(mutex_);
  metrics = metrics_;
}

std::string Watch::trouble(base::Time now) const {
  const std::lock_guard lock(mutex_);
  if (shown_ != base::Time{} && now - shown_ >= base::LoopMeter::kStuck)
    return fmt::format("The loop has been in one turn for {} seconds.",
                       std::chrono::duration_cast<std::chrono::seconds>(now - shown_).count());
  return trouble_;
}

}  // namespace gateway
