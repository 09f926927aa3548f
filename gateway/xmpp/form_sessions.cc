#include "gateway/xmpp/form_sessions.h"

#include <algorithm>

#include "gateway/xmpp/run_name.h"

namespace gateway::xmpp {

FormSessions::FormSessions(std::size_t sessions_max, std::chrono::milliseconds within)
    : sessions_max_(sessions_max), within_(within), id_prefix_("form-" + random_run_name() + "-") {}

void FormSessions::close(const std::string& client, const std::string& id) {
  const auto found = by_client_.find(client);
  if (found == by_client_.end()) return;
  std::vector<Session>& sessions = found->second;
  size_ -= std::erase_if(sessions, [&id](const Session& session) { return session.id == id; });
  if (sessions.empty()) by_client_.erase(found);
}

void FormSessions::drop_oldest() {
  close(expiries_.front().client, expiries_.front().id);
  expiries_.pop_front();
}

std::string FormSessions::open(const std::string& client, const command::Entry& entry,
                               bridge::base::Time now) {
  expire(now);
  while (expiries_.size() >= sessions_max_) drop_oldest();
  std::vector<Session>& sessions = by_client_[client];
  if (sessions.size() >= kPerClientMax) {
    sessions.erase(sessions.begin());
    --size_;
  }
  std::string id = id_prefix_ + std::to_string(++last_id_);
  sessions.push_back({id, &entry, now + within_});
  expiries_.push_back({now + within_, client, id});
  ++size_;
  return id;
}

const command::Entry* FormSessions::find(const std::string& client, const std::string& id,
                                         bridge::base::Time now) const {
  const auto of_client = by_client_.find(client);
  if (of_client == by_client_.end()) return nullptr;
  const auto found = std::ranges::find(of_client->second, id, &Session::id);
  return found == of_client->second.end() || found->until <= now ? nullptr : found->entry;
}

void FormSessions::expire(bridge::base::Time now) {
  while (!expiries_.empty() && expiries_.front().until <= now) drop_oldest();
}

}  // namespace gateway::xmpp
