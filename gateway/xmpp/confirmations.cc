#include "gateway/xmpp/confirmations.h"

#include <utility>

namespace gateway::xmpp {

void Confirmations::drop_oldest() {
  const Expiry& oldest = expiries_.front();
  const auto found = waiting_.find(oldest.bare);
  if (found != waiting_.end() && found->second.until == oldest.until) waiting_.erase(found);
  expiries_.pop_front();
}

void Confirmations::keep(const std::string& bare, WaitingCommand command, bridge::base::Time now) {
  expire(now);
  while (expiries_.size() >= people_max_) drop_oldest();
  const bridge::base::Time until = now + within_;
  waiting_[bare] = Entry{std::move(command), until};
  expiries_.push_back(Expiry{until, bare});
}

std::optional<WaitingCommand> Confirmations::find(const std::string& bare,
                                                  bridge::base::Time now) const {
  const auto found = waiting_.find(bare);
  if (found == waiting_.end() || found->second.until <= now) return std::nullopt;
  return found->second.command;
}

void Confirmations::expire(bridge::base::Time now) {
  while (!expiries_.empty() && expiries_.front().until <= now) drop_oldest();
}

}  // namespace gateway::xmpp
