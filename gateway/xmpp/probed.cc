#include "gateway/xmpp/probed.h"

namespace gateway::xmpp {

void Probed::drop_oldest() {
  const Entry& oldest = in_order_.front();
  const auto found = probed_.find(oldest.bare);
  if (found != probed_.end() && found->second == oldest.when) probed_.erase(found);
  in_order_.pop_front();
}

void Probed::add(const std::string& bare, bridge::base::Time now) {
  while (!in_order_.empty() &&
         (in_order_.size() >= kProbedMax || in_order_.front().when + kWithin <= now)) {
    drop_oldest();
  }
  probed_[bare] = now;
  in_order_.push_back(Entry{now, bare});
}

bool Probed::take(const std::string& bare, bridge::base::Time now) {
  const auto found = probed_.find(bare);
  if (found == probed_.end()) return false;
  const bool lately = now < found->second + kWithin;
  probed_.erase(found);
  return lately;
}

}  // namespace gateway::xmpp
