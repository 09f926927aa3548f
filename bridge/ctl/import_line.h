// What stands in a file to import: one post a line, plain or as JSON, and the client ids that make
// importing it again harmless. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bridge/base/result.h"
#include "bridge/ctl/json.h"

namespace bridge::ctl {

// A line that begins with `{` and holds {"author", "text"} says who wrote it; every other line is
// the text of a post by `default_author` (empty: there is none, and such a line is kBadRequest). A
// carriage return at the end does not belong to the text.
base::Result<AuthoredText> read_import_line(std::string_view line, std::string_view default_author);

// Nothing but spaces: no post, and nothing wrong.
bool is_blank(std::string_view line);

// Counts how often the same author (without case) said the same in one file, so that every
// occurrence has its own client id, and the same one each time the file is read from its beginning.
// Keeps 12 bytes a distinct post, not the text; were two hashes ever the same, the ids would only
// count on.
class ClientIds {
 public:
  explicit ClientIds(std::string label) : label_(std::move(label)) {}

  // "import:<label>:<n-th occurrence>".
  std::string next(const AuthoredText& post);

 private:
  const std::string label_;
  std::unordered_map<std::uint64_t, std::uint32_t> seen_;
};

// The longest label whose client ids fit.
inline constexpr std::size_t kLabelBytesMax = 100;

}  // namespace bridge::ctl
