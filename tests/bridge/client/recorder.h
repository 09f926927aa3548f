// A listener that keeps what it hears, in words that read well in a test.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bridge/client/backbone.h"

namespace bridge::client::testing {

class Recorder : public Listener {
 public:
  void on_connected(const wire::Welcome& welcome) override {
    events.push_back("connected");
    head = welcome.head();
    if (when_connected) when_connected();
  }
  void on_lost(std::string_view reason) override {
    events.push_back("lost");
    lost_reason = std::string(reason);
  }
  void on_reply(RequestId id, const wire::Reply& reply) override {
    events.push_back("reply " + std::to_string(id));
    replies[id].push_back(reply);
    if (when_replied) when_replied(id);
  }
  void on_batch(std::uint64_t sequence, const wire::Batch& batch) override {
    events.push_back("batch " + std::to_string(sequence));
    batches.emplace_back(sequence, batch);
  }
  void on_gap(const wire::Gap&) override { events.push_back("gap"); }

  // The code of the one answer to this request; OK for a reply that is no error.
  wire::ErrorCode answer(RequestId id) const {
    const auto& all = replies.at(id);
    if (all.size() != 1) throw std::logic_error("answered more than once");
    return all[0].has_error() ? all[0].error().code() : wire::OK;
  }
  bool answered(RequestId id) const { return replies.contains(id); }
  std::vector<std::string> take_events() { return std::exchange(events, {}); }

  std::vector<std::string> events;
  std::map<RequestId, std::vector<wire::Reply>> replies;
  std::vector<std::pair<std::uint64_t, wire::Batch>> batches;
  std::string lost_reason;
  std::uint64_t head = 0;
  std::function<void()> when_connected;
  std::function<void(RequestId)> when_replied;
};

inline wire::Request whois(const std::string& nick) {
  wire::Request request;
  request.mutable_whois()->set_nick(nick);
  return request;
}

// One post for each of so many people.
inline wire::Batch batch(std::uint64_t id, int people = 1) {
  wire::Batch batch;
  wire::Item& item = *batch.add_items();
  item.set_id(id);
  item.set_author("bob");
  item.set_text("hello");
  for (int i = 0; i < people; ++i) {
    item.add_recipients()->set_address("p" + std::to_string(i) + "@example.org");
  }
  return batch;
}

}  // namespace bridge::client::testing
