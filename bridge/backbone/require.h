// require(): an assert that stays in release builds, for invariants whose breach would damage the
// log.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace bridge::backbone {

inline void require(bool holds, const char* invariant) {
  if (holds) return;
  std::fprintf(stderr, "lapwing: broken invariant: %s\n", invariant);
  std::abort();
}

}  // namespace bridge::backbone
