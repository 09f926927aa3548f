#include "gateway/web/assets/assets.h"

#include <algorithm>

#include "throttle/require.h"

namespace gateway::web {

const Asset* find_asset(std::string_view name) {
  const auto all = assets();
  const auto found = std::ranges::find(all, name, &Asset::name);
  return found == all.end() ? nullptr : &*found;
}

std::string asset_path(std::string_view name) {
  const Asset* asset = find_asset(name);
  throttle::require(asset != nullptr, "an asset that a page names is in the program");
  std::string path = "/static/";
  path += name;
  path += "?v=";
  path += asset->version;
  return path;
}

}  // namespace gateway::web
