#include "gateway/web/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "gateway/web/json.h"

namespace gateway::web {
namespace {

std::string_view code_name(wire::ErrorCode code) {
  switch (code) {
    case wire::FORBIDDEN:
      return "FORBIDDEN";
    case wire::NOT_JOINED:
      return "NOT_JOINED";
    case wire::UNKNOWN:
      return "UNKNOWN";
    case wire::CONFLICT:
      return "CONFLICT";
    case wire::RATE_LIMITED:
      return "RATE_LIMITED";
    case wire::BUSY:
      return "BUSY";
    case wire::UNAVAILABLE:
      return "UNAVAILABLE";
    default:
      return "BAD_REQUEST";
  }
}

}  // namespace

unsigned status_of(wire::ErrorCode code, unsigned otherwise) {
  switch (code) {
    case wire::FORBIDDEN:
    case wire::NOT_JOINED:
      return 403;
    case wire::UNKNOWN:
      return 404;
    case wire::CONFLICT:
      return 409;
    case wire::RATE_LIMITED:
      return 429;
    case wire::BUSY:
    case wire::UNAVAILABLE:
      return 503;
    default:
      return otherwise;
  }
}

HttpResponse json_error(unsigned status, std::string_view code, std::string_view text,
                        std::uint64_t retry_after_ms) {
  JsonWriter json;
  json.begin_object().key("error").begin_object().key("code").text(code).key("text").text(text);
  if (retry_after_ms != 0) json.key("retry_after_ms").number(retry_after_ms);
  json.end_object().end_object();
  HttpResponse response{.status = status, .content_type = std::string(kJson)};
  response.headers = {{"Cache-Control", "no-store"}};
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (retry_after_ms != 0)
    response.headers.emplace_back("Retry-After", std::to_string((retry_after_ms + 999) / 1000));
  response.body = json.take();
  return response;
}

HttpResponse json_error(const wire::Error& error) {
  return json_error(status_of(error.code()), code_name(error.code()), error.text(),
                    error.retry_after_ms());
}

HttpResponse json_error(const throttle::Decision& decision, bridge::base::Time now) {
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(decision.not_before - now);
  return json_error(429, "RATE_LIMITED", "That is too much at once.",
                    decision.kind == throttle::Decision::Kind::kNever
                        ? 0
                        : static_cast<std::uint64_t>(std::max<std::int64_t>(1, wait.count())));
}

std::string etag_of(std::string_view body) {
  return fmt::format("\"{:016x}\"", std::hash<std::string_view>()(body));
}

HttpResponse open_json(std::string body) {
  HttpResponse response{.content_type = std::string(kJson)};
  response.headers = {{"Cache-Control", "no-cache"}};
  response.etag = etag_of(body);
  response.body = std::move(body);
  return response;
}

HttpResponse own_json(std::string body, unsigned status) {
  HttpResponse response{.status = status, .content_type = std::string(kJson)};
  response.headers = {{"Cache-Control", "private, no-cache"}, {"Vary", "Cookie, Authorization"}};
  if (status == 200) response.etag = etag_of(body);
  response.body = std::move(body);
  return response;
}

}  // namespace gateway::web
