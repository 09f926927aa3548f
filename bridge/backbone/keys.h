// Keys of the stores: fixed-width big-endian numbers, so that the order of bytes is the order of
// numbers. docs/log.md lists every key. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bridge::backbone {

inline constexpr std::size_t kKeyNumberBytes = 8;

void append_be64(std::string& key, std::uint64_t number);
std::string be64(std::uint64_t number);
// The number in the first 8 bytes; nothing when there are fewer.
std::optional<std::uint64_t> read_be64(std::string_view bytes);

// Key of the index of directs: everything for one recipient stands together, by id.
std::string direct_key(std::uint64_t recipient, std::uint64_t id);

}  // namespace bridge::backbone
