# Writes a source file that holds the assets: cmake -DOUT=FILE -DFOLDER=DIR -DNAMES=a;b -P embed.cmake
set(types_css "text/css; charset=utf-8")
set(types_js "text/javascript; charset=utf-8")
set(types_svg "image/svg+xml")
set(types_txt "text/plain; charset=utf-8")

set(rows "")
foreach(name IN LISTS NAMES)
  file(READ ${FOLDER}/${name} bytes HEX)
  file(SHA256 ${FOLDER}/${name} version)
  string(SUBSTRING ${version} 0 12 version)
  string(LENGTH "${bytes}" length)
  math(EXPR length "${length} / 2")
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  # A literal in pieces: compilers bound the length of one.
  string(REGEX REPLACE "(\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..\\\\x..)" "\\1\"\n    \"" bytes "${bytes}")
  string(REGEX MATCH "[a-z]+$" kind ${name})
  string(APPEND rows
    "    {\"${name}\", \"${types_${kind}}\",\n     {\"${bytes}\", ${length}},\n     \"${version}\"},\n")
endforeach()
file(WRITE ${OUT} "// Made by embed.cmake.
#include \"gateway/web/assets/assets.h\"

namespace gateway::web {
namespace {
constexpr Asset kAssets[] = {
${rows}};
}  // namespace

std::span<const Asset> assets() { return kAssets; }
}  // namespace gateway::web
")
