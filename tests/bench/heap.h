// Heap: what all threads have on the heap, as jemalloc counts it: bytes asked for, rounded up to
// its size classes; neither fragmentation nor what the allocator keeps for later. (Of threads that
// run, what they keep for themselves is counted, some KiB each; of one that ended, nothing is.)
//
//   const Heap heap;   ...   heap.grown();   heap.peak();
//
// Only for a program that is linked with jemalloc, as the bridge is.
#pragma once

#include <cstdint>

namespace bench {

// From its making on.
class Heap {
 public:
  Heap();
  std::int64_t grown() const;  // allocated and not freed since, less what was there and is freed
  // The most that this thread had grown it at any moment, to within what jemalloc checks at (some
  // KiB).
  std::int64_t peak() const;

 private:
  std::int64_t at_start_;
};

}  // namespace bench
