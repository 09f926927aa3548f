// Invariants that hold in release builds too: a broken one ends the process with a sentence.
//
// For mistakes of the caller's code only; bad input from outside is a value, never this.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace throttle {

inline void require(bool holds, const char* what) {
  if (holds) [[likely]]
    return;
  std::fprintf(stderr, "broken invariant: %s\n", what);
  std::abort();
}

}  // namespace throttle
