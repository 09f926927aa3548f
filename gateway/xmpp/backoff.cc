#include "gateway/xmpp/backoff.h"

#include <algorithm>

namespace gateway::xmpp {

Backoff::Duration Backoff::next() {
  const Duration full = next_;
  next_ = std::min(longest_, 2 * next_);
  std::uniform_int_distribution<Duration::rep> delay(full.count() / 2, full.count());
  return Duration(delay(random_));
}

}  // namespace gateway::xmpp
