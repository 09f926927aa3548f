#include "gateway/web/json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "bridge/base/text.h"
#include "gateway/web/target.h"

namespace gateway::web {

JsonWriter& JsonWriter::open(char c) {
  separate();
  out_ += c;
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char c) {
  out_ += c;
  comma_ = true;
  return *this;
}

void JsonWriter::separate() {
  if (std::exchange(comma_, true)) out_ += ',';
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  quoted(name);
  out_ += ':';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  quoted(value);
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
  separate();
  out_ += std::to_string(value);
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  separate();
  out_ += std::to_string(value);
  return *this;
}

JsonWriter& JsonWriter::flag(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

void JsonWriter::quoted(std::string_view value) {
  out_ += '"';
  while (!value.empty()) {
    const char c = value.front();
    if (static_cast<unsigned char>(c) >= 0x80) {
      char32_t ignored = 0;
      const std::size_t length = bridge::base::decode_utf8(value, ignored);
      // U+2028 and U+2029 end a line in older scripts.
      if (length == 0 || ignored == 0x2028 || ignored == 0x2029) {
        out_ += length == 0 ? "\xEF\xBF\xBD" : ignored == 0x2028 ? "\\u2028" : "\\u2029";
      } else {
        out_ += value.substr(0, length);
      }
      value.remove_prefix(std::max<std::size_t>(length, 1));
      continue;
    }
    if (c == '"' || c == '\\') {
      out_ += {'\\', c};
    } else if (c == '\n') {
      out_ += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == '&' ||
               c == 0x7f) {
      out_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out_ += c;
    }
    value.remove_prefix(1);
  }
  out_ += '"';
}

std::optional<Fields> parse_json_object(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || json.size() > kFieldsMax) return std::nullopt;
  Fields fields;
  for (const auto& [name, value] : json.items()) {
    if (value.is_string()) {
      fields.emplace_back(name, value.get<std::string>());
    } else if (value.is_boolean()) {
      fields.emplace_back(name, value.get<bool>() ? "true" : "false");
    } else if (value.is_number_unsigned()) {
      fields.emplace_back(name, std::to_string(value.get<std::uint64_t>()));
    } else {
      return std::nullopt;
    }
  }
  return fields;
}

}  // namespace gateway::web
