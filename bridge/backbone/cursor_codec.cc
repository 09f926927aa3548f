#include "bridge/backbone/cursor_codec.h"

#include "bridge/backbone/require.h"

namespace bridge::backbone {
namespace {

void append_varint(std::string& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<char>(number | 0x80));
  bytes.push_back(static_cast<char>(number));
}

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return number;
  }
  return std::nullopt;
}

std::optional<Cursor> take_cursor(std::string_view& bytes) {
  Cursor cursor;
  const auto floor = take_varint(bytes);
  const auto count = take_varint(bytes);
  // Every id takes a byte at least: damaged bytes must not make us ask for the memory of millions.
  if (!floor || !count || *count > bytes.size()) return std::nullopt;
  cursor.floor = *floor;
  cursor.done.reserve(*count);
  for (RecordId id = *floor; cursor.done.size() < *count; cursor.done.push_back(id)) {
    const auto distance = take_varint(bytes);
    if (!distance) return std::nullopt;
    id += *distance;
  }
  return cursor;
}

}  // namespace

std::string encode_cursors(const Cursors& cursors) {
  std::string bytes;
  for (const auto& cursor : cursors) {
    append_varint(bytes, cursor.floor);
    append_varint(bytes, cursor.done.size());
    RecordId previous = cursor.floor;
    for (const RecordId id : cursor.done) {
      require(id > previous, "ids done above the floor ascend from it");
      append_varint(bytes, id - previous);
      previous = id;
    }
  }
  return bytes;
}

std::optional<Cursors> decode_cursors(std::string_view bytes) {
  Cursors cursors;
  for (auto& cursor : cursors) {
    auto taken = take_cursor(bytes);
    if (!taken) return std::nullopt;
    cursor = std::move(*taken);
  }
  if (!bytes.empty()) return std::nullopt;
  return cursors;
}

}  // namespace bridge::backbone
