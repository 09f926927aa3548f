// Cursor codec: a person's cursors and the running jobs as they lie in the store. docs/log.md has
// the bytes.
//
// Pure functions. Numbers are varints, ids above the floor are written as their distances: a person
// who waits for a few posts takes about ten bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/backbone/cursor_store.h"

namespace bridge::backbone {

struct Waiting {
  Cursors cursors;
  DigestRow digest = {};
  bool operator==(const Waiting&) const = default;
};
std::string encode_cursors(const Cursors& cursors, const DigestRow& digest = {});
// Nothing when the bytes are damaged.
std::optional<Waiting> decode_cursors(std::string_view bytes);

std::string encode_jobs(const std::vector<JobRow>& jobs);
std::optional<std::vector<JobRow>> decode_jobs(std::string_view bytes);

}  // namespace bridge::backbone
