#include "gateway/common/service_manager.h"

#include <utility>

#include "bridge/base/notify.h"

namespace gateway {

namespace base = bridge::base;

ServiceManager::ServiceManager() : watchdog_(base::watchdog_period()) {}

void ServiceManager::tell(base::Time now, const std::string& status, bool serves) {
  if (watchdog_ && now >= next_watchdog_) {
    base::notify("WATCHDOG=1");
    next_watchdog_ = now + *watchdog_;
  }
  if (status == status_) return;
  status_ = status;
  const bool first = serves && !std::exchange(ready_, true);
  base::notify("STATUS=" + status + (first ? "\nREADY=1" : ""));
}

}  // namespace gateway
