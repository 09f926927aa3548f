// An answer as the bytes of its head. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bridge/base/time.h"
#include "gateway/web/http.h"

namespace gateway::web {

struct HeadOptions {
  bool keep_alive = true;
  bool old_version = false;  // HTTP/1.0: keep-alive has to be said
  bridge::base::WallMs now_ms = 0;
};

std::string_view reason_of(unsigned status);

// "Thu, 26 Nov 2026 08:37:40 GMT"
std::string http_date(bridge::base::WallMs ms);

// Status line and headers, up to and with the empty line. A header whose name or value could break
// out of its line is left out.
std::string response_head(const HttpResponse& response, const HeadOptions& options);

// Whether an If-None-Match header names this etag.
bool has_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace gateway::web
