#include "bridge/base/time_zone.h"

#include <absl/time/time.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace bridge::base {
namespace {

constexpr std::size_t kNameBytesMax = 64;

// The database's own names begin with a capital letter: so `localtime`, `posix/…` and whatever else
// lies in its folder are none, and no name leads out of it.
bool looks_like_a_zone(std::string_view name) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_fine = [&](char c) {
    return is_capital(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  return !name.empty() && name.size() <= kNameBytesMax && is_capital(name.front()) &&
         std::ranges::all_of(name, is_fine);
}

bool has_file(const std::string& name) {
  const char* chosen = std::getenv("TZDIR");
  const std::filesystem::path folder = chosen ? chosen : "/usr/share/zoneinfo";
  std::error_code error;
  return std::filesystem::is_regular_file(folder / name, error);
}

// The library remembers every name it was ever asked for, wrong ones too: it is asked only for
// those that there is a file for.
bool load(std::string_view zone, absl::TimeZone& into) {
  if (!looks_like_a_zone(zone)) return false;
  const std::string name(zone);
  return has_file(name) && absl::LoadTimeZone(name, &into);
}

}  // namespace

bool known_zone(std::string_view zone) {
  absl::TimeZone loaded;
  return load(zone, loaded);
}

std::optional<std::chrono::seconds> utc_offset(std::string_view zone, WallMs at) {
  absl::TimeZone loaded;
  if (!load(zone, loaded)) return std::nullopt;
  return std::chrono::seconds(loaded.At(absl::FromUnixMillis(at)).offset);
}

}  // namespace bridge::base
