// A PNG picture of two colours, as bytes. The one adapter to zlib. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gateway::xmpp {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
};

struct Picture {
  std::size_t side = 0;  // pixels: it is a square
  Colour ground, figure;
  std::vector<bool> inked;  // side x side, row by row: true has the colour of the figure
};

std::string png(const Picture& picture);

}  // namespace gateway::xmpp
