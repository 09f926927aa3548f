#include "bridge/client/memory_backbone.h"

namespace bridge::client {

namespace {

// One turn is a conversation until both sides have nothing to say; this many rounds is one that
// does not end, which only a listener that answers every delivery with a question could bring
// about.
constexpr int kRoundsMax = 64;

}  // namespace

std::size_t MemoryBackbone::turn(base::Time now) {
  std::size_t work = 0;
  for (int round = 0; round < kRoundsMax; ++round) {
    std::size_t moved = 0;
    if (!broken_) {
      for (const auto& message : peer_.take_out()) {
        session_.receive(message, now);
        ++moved;
      }
    }
    session_.turn(now);
    while (session_.front() != nullptr && !broken_) {
      peer_.receive(*session_.front());
      session_.pop(now);
      ++moved;
    }
    work += moved;
    if (moved == 0) break;
  }
  return work;
}

void MemoryBackbone::mend_link() {
  broken_ = false;
  peer_.forget_session();
  peer_.take_out();
}

}  // namespace bridge::client
