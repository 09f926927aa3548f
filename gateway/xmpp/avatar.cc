#include "gateway/xmpp/avatar.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "gateway/command/words.h"
#include "gateway/xmpp/digest.h"
#include "gateway/xmpp/png.h"

namespace gateway::xmpp {
namespace {

constexpr std::size_t kCells = 5;  // in a row
constexpr std::size_t kCellPixels = 16;
constexpr std::size_t kMarginPixels = 8;  // on each side
constexpr Colour kGround{0xf0, 0xf0, 0xf0};

// Of that hue, 0 to 255 once around, and dark enough to stand out from the ground.
Colour strong(std::uint8_t hue) {
  const auto part = [hue](int third) {
    constexpr double kLight = 0.45, kSaturation = 0.55, kTurn = 6.0;
    const double at = std::fmod(hue / 256.0 * kTurn + third * 2.0, kTurn);
    const double ramp = std::clamp(std::abs(at - 3.0) - 1.0, 0.0, 1.0);
    return static_cast<std::uint8_t>(
        std::lround(255 * kLight * (1.0 + kSaturation * (2.0 * ramp - 1.0))));
  };
  return {part(0), part(2), part(1)};
}

Picture drawn_from(std::string_view dice) {
  Picture picture;
  picture.side = kCells * kCellPixels + 2 * kMarginPixels;
  picture.ground = kGround;
  picture.figure = strong(static_cast<std::uint8_t>(dice[0]));
  picture.inked.resize(picture.side * picture.side);
  for (std::size_t y = 0; y < kCells * kCellPixels; ++y)
    for (std::size_t x = 0; x < kCells * kCellPixels; ++x) {
      const std::size_t column = std::min(x / kCellPixels, kCells - 1 - x / kCellPixels);
      const std::size_t cell = y / kCellPixels * (kCells / 2 + 1) + column;
      const bool inked = (static_cast<unsigned char>(dice[1 + cell]) & 1) != 0;
      picture.inked[(y + kMarginPixels) * picture.side + x + kMarginPixels] = inked;
    }
  return picture;
}

}  // namespace

Avatar avatar_of(std::string_view name) {
  // One byte for the colour, one for each of the 15 cells that differ: SHA-1 has 20.
  Avatar avatar{.png = png(drawn_from(sha1(command::lower(name)))), .id = {}};
  avatar.id = hex(sha1(avatar.png));
  return avatar;
}

std::string avatar_id(std::string_view name) {
  constexpr std::size_t kKnownMax = 10'000;  // some 150 bytes each
  thread_local std::unordered_map<std::string, std::string> known;
  std::string key = command::lower(name);
  if (const auto it = known.find(key); it != known.end()) return it->second;
  if (known.size() >= kKnownMax) known.clear();
  std::string id = avatar_of(key).id;
  known.emplace(std::move(key), id);
  return id;
}

}  // namespace gateway::xmpp
