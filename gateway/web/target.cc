#include "gateway/web/target.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace gateway::web {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// The next piece up to `separator`, taken off the text.
std::string_view take(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The path, decoded part by part, so that an encoded slash cannot make a new part.
std::optional<std::string> parse_path(std::string_view raw) {
  if (raw.empty() || raw.front() != '/') return std::nullopt;
  std::string path;
  raw.remove_prefix(1);
  for (;;) {
    const auto end = std::min(raw.find('/'), raw.size());
    const auto part = percent_decode(raw.substr(0, end), false);
    if (!part || *part == "." || *part == ".." || part->find('/') != std::string::npos)
      return std::nullopt;
    path += '/';
    path += *part;
    if (end == raw.size()) return path;
    raw.remove_prefix(end + 1);
  }
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      decoded += ' ';
    } else if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex(text[i + 1]);
      const int low = hex(text[i + 2]);
      if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (text[i] == '\0') {
      return std::nullopt;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (unreserved(c)) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return encoded;
}

std::optional<Fields> parse_form(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    std::string_view value = take(text, '&');
    if (value.empty()) continue;
    if (fields.size() >= kFieldsMax) return std::nullopt;
    const std::string_view name = take(value, '=');
    auto decoded_name = percent_decode(name, true);
    auto decoded_value = percent_decode(value, true);
    if (!decoded_name || !decoded_value) return std::nullopt;
    fields.emplace_back(std::move(*decoded_name), std::move(*decoded_value));
  }
  return fields;
}

std::optional<Target> parse_target(std::string_view target) {
  target = target.substr(0, target.find('#'));
  const auto question = std::min(target.find('?'), target.size());
  auto path = parse_path(target.substr(0, question));
  if (!path) return std::nullopt;
  auto query = parse_form(target.substr(std::min(question + 1, target.size())));
  if (!query) return std::nullopt;
  return Target{std::move(*path), std::move(*query)};
}

Fields parse_cookies(std::string_view header) {
  Fields cookies;
  while (!header.empty() && cookies.size() < kFieldsMax) {
    std::string_view value = take(header, ';');
    const std::string_view name = trimmed(take(value, '='));
    value = trimmed(value);
    if (name.empty()) continue;
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    cookies.emplace_back(name, value);
  }
  return cookies;
}

std::uint64_t id_in(std::string_view text) {
  std::uint64_t id = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), id);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? id : 0;
}

}  // namespace gateway::web
