// Assets: the style sheet, scripts and pictures of the pages, inside the program.
//
//   <link rel="stylesheet" href="/static/lapwing.css?v=0a1b2c3d4e5f">
//
// One file to install, no folder to be found, and pages and scripts that always fit each other. An
// address carries the beginning of the content's SHA-256, so it may be cached for ever. The files
// beside this one are what the build takes in, as they are (embed.cmake): there is no bundler and
// nothing to install.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gateway::web {

struct Asset {
  std::string_view name;  // "lapwing.css"
  std::string_view type;  // the media type
  std::string_view bytes;
  std::string_view version;
};

std::span<const Asset> assets();
// nullptr when there is none of that name: names are compared, never looked for on a disk.
const Asset* find_asset(std::string_view name);
// The address of one that exists.
std::string asset_path(std::string_view name);

}  // namespace gateway::web
