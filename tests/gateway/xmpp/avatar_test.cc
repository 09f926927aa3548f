#include "gateway/xmpp/avatar.h"

#include <zlib.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "gateway/xmpp/digest.h"
#include "gateway/xmpp/png.h"

namespace gateway::xmpp {
namespace {

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i)
    number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

// The content of each chunk by its name; their checksums are checked on the way.
std::map<std::string, std::string> chunks_of(std::string_view png) {
  REQUIRE(png.starts_with("\x89PNG\r\n\x1a\n"));
  std::map<std::string, std::string> chunks;
  for (std::size_t at = 8; at < png.size();) {
    const std::size_t size = number_at(png, at);
    REQUIRE(at + 12 + size <= png.size());
    const std::string_view checked = png.substr(at + 4, 4 + size);
    CHECK(::crc32(0, reinterpret_cast<const Bytef*>(checked.data()),
                  static_cast<uInt>(checked.size())) == number_at(png, at + 8 + size));
    chunks[std::string(checked.substr(0, 4))] = checked.substr(4);
    at += 12 + size;
  }
  return chunks;
}

// The rows of a picture, unpacked: one byte before each, then a bit for each pixel.
std::string rows_of(const std::string& png, std::size_t side) {
  const std::string packed = chunks_of(png)["IDAT"];
  std::string rows((side + 7) / 8 * side + side, '\0');
  uLongf size = rows.size();
  REQUIRE(::uncompress(reinterpret_cast<Bytef*>(rows.data()), &size,
                       reinterpret_cast<const Bytef*>(packed.data()), packed.size()) == Z_OK);
  REQUIRE(size == rows.size());
  return rows;
}

TEST_CASE("a picture is a PNG of its pixels and colours") {
  Picture picture{.side = 9, .ground = {1, 2, 3}, .figure = {4, 5, 6}, .inked = {}};
  picture.inked.resize(81);
  picture.inked[0] = picture.inked[8] = picture.inked[80] = true;
  const std::string bytes = png(picture);
  auto chunks = chunks_of(bytes);
  CHECK(chunks["IHDR"] == std::string("\0\0\0\x09\0\0\0\x09\x01\x03\0\0\0", 13));
  CHECK(chunks["PLTE"] == "\x01\x02\x03\x04\x05\x06");
  CHECK(chunks.contains("IEND"));
  std::string expected(27, '\0');
  expected[1] = static_cast<char>(0x80);
  expected[2] = static_cast<char>(0x80);
  expected[26] = static_cast<char>(0x80);
  CHECK(rows_of(bytes, 9) == expected);
}

TEST_CASE("a name has one picture, in whatever case, and another name another") {
  CHECK(avatar_of("alice").png == avatar_of("Alice").png);
  CHECK(avatar_of("alice").id == hex(sha1(avatar_of("alice").png)));
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(avatar_of("name" + std::to_string(i)).id);
  CHECK(ids.size() == 1000);
  CHECK(avatar_of("alice").png.size() < 1024);
}

TEST_CASE("an avatar is the same left and right") {
  const std::string rows = rows_of(avatar_of("alice").png, 96);
  for (std::size_t y = 0; y < 96; ++y)
    for (std::size_t x = 0; x < 96; ++x) {
      const auto bit = [&](std::size_t column) {
        return static_cast<unsigned char>(rows[y * 13 + 1 + column / 8]) >> (7 - column % 8) & 1;
      };
      REQUIRE(bit(x) == bit(95 - x));
    }
}

TEST_CASE("digests are what they are elsewhere") {
  CHECK(hex(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(base64("").empty());
  CHECK(base64("a") == "YQ==");
  CHECK(base64("abc") == "YWJj");
  CHECK(base64(std::string(100, 'x')).size() == 136);
}

}  // namespace
}  // namespace gateway::xmpp
