// How an import goes, in a line for a person. Pure but for what the caller gives.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "bridge/ctl/importer.h"

namespace bridge::ctl {

// "12,345 posts, 4,100/s, 37 %, 12 s left". The share and the rest only when `fraction` is known.
std::string progress_line(const ImportCounts& counts, std::chrono::duration<double> elapsed,
                          std::optional<double> fraction);

// "published 9990, already there 0, refused 10": the last line of an import, for scripts too.
std::string summary_line(const ImportCounts& counts);

}  // namespace bridge::ctl
