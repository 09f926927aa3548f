// Settings: everything about the gateway that an operator may want otherwise, with its default.
// conf/gateway.toml says the same in prose; config.cc reads it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bridge/base/time.h"
#include "throttle/policy.h"

namespace gateway::xmpp {

// Policies in the tables of defaults are literals: they always parse.
inline throttle::Policy policy(const char* text) {
  return throttle::Policy::parse(text).value();
}

// How much may be on the way to the XMPP server. The bridge holds everything beyond it. What is
// sent and not confirmed follows the server: see Deliveries.
struct WindowSettings {
  std::uint64_t deliveries = 1024;           // granted to the bridge, beyond what was acked
  std::uint64_t bytes = 512 * 1024;          // likewise, in rendered bytes
  std::size_t send_bytes = 16 * 1024;        // stanzas handed over in one go
  std::size_t in_flight_bytes = 256 * 1024;  // sent, but not yet confirmed by a barrier; at most
  std::size_t barriers = 16;                 // unanswered at a time
};

struct LimitSettings {
  throttle::Policy person = policy("20/10s burst 30");      // commands of one bare address
  throttle::Policy domain = policy("1000/10s burst 2000");  // commands of all addresses of a domain
  throttle::Policy queries = policy("100/10s burst 200");   // other stanzas of one bare address
  std::size_t keys = 100'000;                               // addresses (or domains) told apart
};

// Who may become a member through this gateway (admission.h).
struct RegistrationSettings {
  bool open = true;
  std::vector<std::string> domains;                           // only of these; empty: of any
  throttle::Policy newcomers = policy("1000/1h burst 1000");  // of one domain

  bool operator==(const RegistrationSettings&) const = default;
};

struct Settings {
  std::string domain = "im.localhost";  // ours, the component's
  std::string bot = "lapwing";          // local part of the address people talk to
  std::string software = "lapwing-gateway";
  std::string version = "0.1.0";

  WindowSettings window;
  LimitSettings limits;
  RegistrationSettings registration;

  std::size_t people_max = 200'000;        // whose presence is known; others count as away
  std::size_t requests_max = 4096;         // asked of the bridge and not answered yet
  std::size_t outbox_bytes = 1024 * 1024;  // answers waiting for the XMPP server
  throttle::Policy probes = policy("200/s burst 20");  // presence probes after a (re)connect
  std::chrono::milliseconds confirm_within{
      300'000};                            // how long a newcomer's first text waits for a yes
  std::size_t confirmations_max = 10'000;  // newcomers that may be waiting at a time
  std::size_t forms_max = 10'000;          // half filled in (XEP-0050) at a time
  std::chrono::milliseconds form_within{600'000};  // how long one waits to be sent back
  bool request_receipts = true;                    // ask clients to confirm deliveries (XEP-0184)

  // For people and their clients only (XEP-0202).
  std::function<bridge::base::WallMs()> wall_clock = [] {
    return bridge::base::read_clocks().wall_ms;
  };

  std::string bot_jid() const { return bot + "@" + domain; }
};

}  // namespace gateway::xmpp
