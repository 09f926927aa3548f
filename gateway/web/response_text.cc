#include "gateway/web/response_text.h"

#include <algorithm>
#include <ctime>

namespace gateway::web {
namespace {

bool fits_in_a_line(std::string_view text) {
  return std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; });
}

void add(std::string& head, std::string_view name, std::string_view value) {
  if (!fits_in_a_line(name) || !fits_in_a_line(value)) return;
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Payload Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Other";
  }
}

std::string http_date(bridge::base::WallMs ms) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text, length};
}

std::string response_head(const HttpResponse& response, const HeadOptions& options) {
  std::string head;
  head.reserve(320);
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  head.append(reason_of(response.status)).append("\r\n");
  add(head, "Date", http_date(options.now_ms));
  const bool bodiless = response.status == 304 || response.status == 204;
  if (!bodiless) add(head, "Content-Type", response.content_type);
  if (!bodiless && !response.stream)
    add(head, "Content-Length",
        std::to_string(response.shared ? response.shared->size() : response.body.size()));
  if (!response.etag.empty()) add(head, "ETag", response.etag);
  add(head, "X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.headers) add(head, name, value);
  if (response.stream || !options.keep_alive) {
    add(head, "Connection", "close");
  } else if (options.old_version) {
    add(head, "Connection", "keep-alive");
  }
  return head.append("\r\n");
}

bool has_etag(std::string_view if_none_match, std::string_view etag) {
  if (etag.empty() || if_none_match.empty()) return false;
  if (if_none_match == "*") return true;
  while (!if_none_match.empty()) {
    const auto end = std::min(if_none_match.find(','), if_none_match.size());
    std::string_view one = if_none_match.substr(0, end);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == etag) return true;
    if_none_match.remove_prefix(std::min(end + 1, if_none_match.size()));
  }
  return false;
}

}  // namespace gateway::web
