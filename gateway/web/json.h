// JSON of the API: written piece by piece into a string, and read from a request's body.
//
//   JsonWriter json;
//   json.begin_object().key("id").number(7).key("text").text(post.text).end_object();
//   respond({.content_type = kJson, .body = json.take()});
//
// What is written is valid whatever the texts hold: bad UTF-8 becomes U+FFFD, and < > & are
// escaped, so that it may stand in a page. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/web/http.h"

namespace gateway::web {

class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::uint64_t value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& flag(bool value);

  std::string take() { return std::move(out_); }

 private:
  JsonWriter& open(char c);
  JsonWriter& close(char c);
  void separate();
  void quoted(std::string_view value);

  std::string out_;
  bool comma_ = false;
};

// The members of a flat JSON object whose values are texts, numbers or booleans, as texts; nullopt
// when the body is anything else, or has more than kFieldsMax of them.
std::optional<Fields> parse_json_object(std::string_view body);

}  // namespace gateway::web
