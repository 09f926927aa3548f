// Bodies in and out of bytes, errors in and out of replies, and names for the log.
//
//   auto request = parse<Request>(message.body);
//   if (!request) return error_reply(request.error());
//
// Pure helpers over the generated code, for lanes and clients alike. They check sizes and that the
// bytes are a body of that kind; texts inside are checked by whoever understands them
// (bridge/base/text.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bridge/base/result.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"

namespace bridge::wire {

// kBadRequest when the bytes are too many or no such body.
template <class Body>
base::Result<Body> parse(std::string_view bytes) {
  if (bytes.size() > kBodyBytesMax) {
    return base::fail(base::ErrorCode::kBadRequest, "The body is too long.");
  }
  Body body;
  if (!body.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return base::fail(base::ErrorCode::kBadRequest, "The body cannot be read.");
  }
  return body;
}

// The caller keeps bodies within kBodyBytesMax; for replies, whose size follows the data, use
// serialize_reply.
template <class Body>
std::string serialize(const Body& body) {
  return body.SerializeAsString();
}

// A reply over kBodyBytesMax becomes an error reply that says so.
std::string serialize_reply(const Reply& reply);

Reply error_reply(const base::Error& error);
base::Error to_error(const Error& error);

// What deliveries take from the credit, on both sides: one per recipient, one for an item of a
// feed, which has none, and one for a digest.
struct Cost {
  std::uint64_t deliveries = 0;
  std::uint64_t bytes = 0;
};
Cost cost_of(const Item& item);
Cost cost_of(const Digest& digest);
Cost cost_of(const Batch& batch);

// "HELLO", "BATCH", …
std::string_view name(Type type);
// "publish", "follow", …; "nothing" for a request without an action this version knows.
std::string_view action_name(const Request& request);
// "closing", "unknown session", …
std::string_view name(Bye::Reason reason);

}  // namespace bridge::wire
