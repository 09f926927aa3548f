// ClientRule: who a client of a lane is and for whom it may speak (law 11).
//
// A CURVE client is known by its key, which it cannot borrow. On an ipc socket, or plain loopback,
// the file permission (or the machine) has decided who may connect at all; a rule then goes by the
// name the client gives, which tells friends apart and keeps nobody out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bridge::lane {

struct ClientRule {
  std::string name;                     // of the session; "*" for any
  std::string key;                      // Z85 public key; empty: known by name only
  std::vector<std::string> speaks_for;  // "*", "*@example.org" (addresses of a domain), or a nick

  bool may_speak_for_address(std::string_view address) const;
  bool may_speak_for_nick(std::string_view nick) const;
};

// The rule for a client with this key (empty: none) and this name; nullptr: it may not come in.
const ClientRule* find_rule(const std::vector<ClientRule>& rules, std::string_view key,
                            std::string_view name);

}  // namespace bridge::lane
