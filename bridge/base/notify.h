// The service manager: tells systemd, when it started this process and asked for it, how things
// stand.
//
//   notify("READY=1");   notify("STATUS=waiting for the bridge");   notify("STOPPING=1");
//
// A datagram to the socket that NOTIFY_SOCKET names, as sd_notify(3) describes the protocol; that
// is less code than linking libsystemd brings libraries. Without NOTIFY_SOCKET nothing happens.
// Never blocks, never fails: the service manager is no reason not to serve.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace bridge::base {

void notify(std::string_view state);

// How often WATCHDOG=1 is due: half of what the service manager waits; nullopt when it does not.
std::optional<std::chrono::milliseconds> watchdog_period();

}  // namespace bridge::base
