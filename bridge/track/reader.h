// Reading a `track` line into alternatives and terms: docs/track.md, section 7, "Reading". Knows
// quotes, commas and the minus sign; what the terms mean is Phrase's business.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridge/base/result.h"

namespace bridge::track {

struct Term {
  bool excluded = false;
  bool quoted = false;
  std::string text;  // a bare word, or what stood between the quotes

  bool operator==(const Term&) const = default;
};

using Alternative = std::vector<Term>;  // never empty

// `folded` is a folded line. Empty alternatives are skipped, so there may be none at all; an
// unclosed quote is kBadRequest.
base::Result<std::vector<Alternative>> read_line(std::string_view folded);

}  // namespace bridge::track
