// ServiceManager: tells systemd that the loop turns, how it is, and once that it serves.
//
//   service.tell(now, trouble.empty() ? "serving" : trouble, trouble.empty());
//
// Does nothing where nobody listens (bridge/base/notify.h). One thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "bridge/base/time.h"

namespace gateway {

class ServiceManager {
 public:
  ServiceManager();

  // Once a turn. What has not changed is not told again; `serves` counts the first time it is true.
  void tell(bridge::base::Time now, const std::string& status, bool serves);

 private:
  const std::optional<std::chrono::milliseconds> watchdog_;
  bridge::base::Time next_watchdog_{};
  std::string status_;  // what was told last
  bool ready_ = false;
};

}  // namespace gateway
