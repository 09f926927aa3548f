#include "gateway/xmpp/png.h"

#include <zlib.h>

#include <new>
#include <string_view>

namespace gateway::xmpp {
namespace {

void append_number(std::string& out, std::uint32_t number) {
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(number >> shift);
}

const Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<const Bytef*>(text.data());
}

// Length, name, content, and the checksum of the last two.
void append_chunk(std::string& out, std::string_view name, std::string_view content) {
  append_number(out, static_cast<std::uint32_t>(content.size()));
  const std::size_t start = out.size();
  out.append(name).append(content);
  const std::string_view checked = std::string_view(out).substr(start);
  append_number(out, static_cast<std::uint32_t>(
                         ::crc32(0, bytes_of(checked), static_cast<uInt>(checked.size()))));
}

std::string compressed(const std::string& bytes) {
  uLongf size = ::compressBound(bytes.size());
  std::string out(size, '\0');
  const int result = ::compress2(reinterpret_cast<Bytef*>(out.data()), &size, bytes_of(bytes),
                                 bytes.size(), Z_BEST_COMPRESSION);
  if (result != Z_OK) throw std::bad_alloc();  // there is room enough by compressBound()
  out.resize(size);
  return out;
}

// A bit for each pixel, the first one in the highest; before each row the filter, which is none.
std::string rows_of(const Picture& picture) {
  std::string rows;
  for (std::size_t y = 0; y < picture.side; ++y) {
    rows += '\0';
    for (std::size_t x = 0; x < picture.side; x += 8) {
      unsigned bits = 0;
      for (std::size_t i = 0; i < 8; ++i) {
        const bool inked = x + i < picture.side && picture.inked[y * picture.side + x + i];
        bits = bits << 1 | (inked ? 1U : 0U);
      }
      rows += static_cast<char>(bits);
    }
  }
  return rows;
}

std::string header_of(const Picture& picture) {
  std::string header;
  append_number(header, static_cast<std::uint32_t>(picture.side));
  append_number(header, static_cast<std::uint32_t>(picture.side));
  // One bit deep, with a palette; deflate, the usual filters, not interlaced.
  constexpr std::string_view kRest("\x01\x03\x00\x00\x00", 5);
  return header.append(kRest);
}

}  // namespace

std::string png(const Picture& picture) {
  std::string palette;
  for (const Colour& colour : {picture.ground, picture.figure})
    for (const std::uint8_t part : {colour.red, colour.green, colour.blue})
      palette += static_cast<char>(part);
  std::string out = "\x89PNG\r\n\x1a\n";
  append_chunk(out, "IHDR", header_of(picture));
  append_chunk(out, "PLTE", palette);
  append_chunk(out, "IDAT", compressed(rows_of(picture)));
  append_chunk(out, "IEND", {});
  return out;
}

}  // namespace gateway::xmpp
