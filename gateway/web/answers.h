// Answers in JSON: what every resource of the API says alike, and what the pages' script is told.
//
//   return respond(json_error(reply.error()));   return respond(own_json(json.take()));
//
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"
#include "gateway/web/http.h"
#include "throttle/gcra.h"

namespace gateway::web {

namespace wire = bridge::wire;

// The status that fits a refusal by the bridge; `otherwise` for what is wrong with the request.
unsigned status_of(wire::ErrorCode code, unsigned otherwise = 400);

// {"error":{"code":"RATE_LIMITED","text":"…","retry_after_ms":1200}} with the status that fits.
HttpResponse json_error(const wire::Error& error);
HttpResponse json_error(unsigned status, std::string_view code, std::string_view text,
                        std::uint64_t retry_after_ms = 0);
// Over a limit.
HttpResponse json_error(const throttle::Decision& decision, bridge::base::Time now);

std::string etag_of(std::string_view body);
// What everybody sees alike.
HttpResponse open_json(std::string body);
// What one person sees; kept by nobody else.
HttpResponse own_json(std::string body, unsigned status = 200);

}  // namespace gateway::web
