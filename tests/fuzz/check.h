// What a fuzz target states about its subject: always on, and a crash for libFuzzer when untrue.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace fuzz {

inline void check(bool holds, const char* statement) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", statement);
  std::abort();
}

}  // namespace fuzz
