// Requests and answers of HTTP as plain values, and who answers them.
//
//   router.add("GET", "/posts/{id}", [&](const HttpRequest& request, Respond respond) {
//     respond({.content_type = kHtml, .body = page(request.part("id"))});
//   });
//
// A handler answers exactly once, at once or later (posting waits for the bridge), on the server's
// thread; when the asker has gone meanwhile, the answer is dropped. The request is valid during the
// call only: what is needed later is copied. Everything in a request comes from outside and is
// bounded by the server's settings; it is decoded, not trusted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/base/time.h"

namespace gateway::web {

// Names and values, percent-decoded where they travel encoded, in the order they came.
using Fields = std::vector<std::pair<std::string, std::string>>;

// The first of that name, empty when absent.
inline std::string_view field(const Fields& fields, std::string_view name) {
  for (const auto& [key, value] : fields)
    if (key == name) return value;
  return {};
}

struct HttpRequest {
  std::string method;  // GET, POST, …
  std::string target;  // as sent: path and query
  std::string path;    // decoded, begins with '/', has no "." or ".." part
  Fields query;
  Fields parts;    // what the router's pattern caught
  Fields headers;  // names in lower case
  Fields cookies;
  std::string body;
  std::string peer;     // the address of the asker (of the proxy's client, if the proxy is trusted)
  bool secure = false;  // it came over TLS: a trusted proxy says so
  bridge::base::Now now;

  std::string_view header(std::string_view name) const { return field(headers, name); }
  std::string_view cookie(std::string_view name) const { return field(cookies, name); }
  std::string_view argument(std::string_view name) const { return field(query, name); }
  std::string_view part(std::string_view name) const { return field(parts, name); }
};

using SharedText = std::shared_ptr<const std::string>;

// An answer that goes on (server-sent events, a download). Whoever writes shares it with the
// server; the server lets go of it when the reader leaves.
class Stream {
 public:
  virtual ~Stream() = default;
  // Goes out in order, one write at a time. Beyond the cap of bytes that the reader has not taken
  // the stream is cut: the reader comes back and resumes.
  virtual void write(SharedText text) = 0;
  virtual std::size_t waiting_bytes() const = 0;
  virtual bool open() const = 0;
  // Cuts it: its reader can tell that this is not all.
  virtual void close() = 0;
  // Ends it in good order once all that was written has gone out.
  virtual void finish() = 0;
};

inline constexpr std::string_view kHtml = "text/html; charset=utf-8";
inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kPlain = "text/plain; charset=utf-8";
inline constexpr std::string_view kEventStream = "text/event-stream";

struct HttpResponse {
  unsigned status = 200;
  std::string content_type{kPlain};
  Fields headers = {};  // more of them; line breaks in them are refused by the server
  std::string body = {};
  SharedText shared = {};  // instead of `body`, for what is answered to many
  // A GET that is answered 200 with an etag becomes 304 when the asker has it. Quotes included.
  std::string etag = {};
  // Set: after head and body the answer goes on.
  std::function<void(std::shared_ptr<Stream>)> stream = {};
};

using Respond = std::function<void(HttpResponse)>;
using HandlerFunction = std::function<void(const HttpRequest&, Respond)>;

class Handler {
 public:
  virtual ~Handler() = default;
  virtual void handle(const HttpRequest& request, Respond respond) = 0;
};

inline HttpResponse redirect(std::string_view path) {
  return {.status = 303, .headers = {{"Location", std::string(path)}}};
}

}  // namespace gateway::web
