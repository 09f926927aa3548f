#include "bridge/backbone/keys.h"

namespace bridge::backbone {

void append_be64(std::string& key, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(number >> shift));
}

std::string be64(std::uint64_t number) {
  std::string key;
  append_be64(key, number);
  return key;
}

std::optional<std::uint64_t> read_be64(std::string_view bytes) {
  if (bytes.size() < kKeyNumberBytes) return std::nullopt;
  std::uint64_t number = 0;
  for (const char byte : bytes.substr(0, kKeyNumberBytes))
    number = number << 8 | static_cast<std::uint8_t>(byte);
  return number;
}

std::string direct_key(std::uint64_t recipient, std::uint64_t id) {
  std::string key;
  key.reserve(2 * kKeyNumberBytes);
  append_be64(key, recipient);
  append_be64(key, id);
  return key;
}

}  // namespace bridge::backbone
