// The requests lapwingctl makes, and the client ids that make repeating them harmless.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bridge/base/result.h"
#include "bridge/wire/messages.h"

namespace bridge::ctl {

inline constexpr std::size_t kClientIdBytesMax = 128;  // wire.proto, Publish

// 1 to 20 of A-Z a-z 0-9 _; kBadRequest with a sentence otherwise.
base::Result<void> check_nick(std::string_view nick);

// Whoever is at the keyboard, for the audit trail.
std::string operator_name();

// An author the bridge does not know becomes an account without an address.
wire::Request publish_request(std::string_view author, std::string_view text,
                              std::string_view client_id);

// Different each time.
std::string random_client_id();

}  // namespace bridge::ctl
