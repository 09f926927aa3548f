#include "bridge/base/config_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "bridge/base/text.h"

namespace bridge::base {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t bytes;
};

constexpr std::array<Unit, 4> kUnits{
    {{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}};

// Names longer than this are never near anything: the distance below takes the product of lengths.
constexpr std::size_t kNameMax = 64;

// How many single characters to insert, drop or change, or neighbours to swap.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> far(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        far[i][j] = i + j;
        continue;
      }
      const std::size_t changed = far[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      far[i][j] = std::min({far[i - 1][j] + 1, far[i][j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        far[i][j] = std::min(far[i][j], far[i - 2][j - 2] + 1);
      }
    }
  }
  return far.back().back();
}

void append_escaped(std::string& text, std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text.append("\\x").append({kHex[value >> 4], kHex[value & 15]});
  }
}

bool is_control(char32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

}  // namespace

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || count < 0 || text.front() == '-') return std::nullopt;
  const std::string_view name(rest, static_cast<std::size_t>(end - rest));
  for (const Unit& unit : kUnits) {
    std::int64_t total = 0;
    if (unit.name != name) continue;
    if (__builtin_mul_overflow(count, unit.bytes, &total)) return std::nullopt;
    return total;
  }
  return std::nullopt;
}

std::string bytes_text(std::int64_t bytes) {
  const auto unit = std::find_if(kUnits.begin(), kUnits.end() - 1, [&](const Unit& candidate) {
    return bytes != 0 && bytes % candidate.bytes == 0;
  });
  return std::to_string(bytes / unit->bytes).append(unit->name);
}

std::optional<std::string> nearest(std::string_view name, std::span<const std::string> known) {
  if (name.size() > kNameMax) return std::nullopt;
  // A third of the letters may be wrong, at least one, at most three.
  std::size_t best = std::clamp<std::size_t>(name.size() / 3, 1, 3) + 1;
  std::optional<std::string> found;
  for (const std::string& candidate : known) {
    if (candidate.size() > kNameMax) continue;
    const std::size_t far = distance(name, candidate);
    if (far >= best) continue;
    best = far;
    found = candidate;
  }
  return found;
}

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string shown;
  while (!text.empty()) {
    if (shown.size() >= bytes_max) return shown.append("...");
    char32_t point = 0;
    const std::size_t length = decode_utf8(text, point);
    if (length == 0 || is_control(point)) {
      append_escaped(shown, text.substr(0, std::max<std::size_t>(length, 1)));
    } else {
      shown.append(text.substr(0, length));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return shown;
}

}  // namespace bridge::base
