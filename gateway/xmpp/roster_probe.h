// RosterProbe: after a (re)connect everybody is unknown; asks the bridge for its addresses, page by
// page, and says whom to probe, paced, so that a restart is no flood.
//
//   probe.start();                                  // both connections are up
//   if (auto request = probe.next_request()) ask(*request) -> probe.on_page(page) / on_failure(now)
//   while (auto address = probe.due(now)) send_probe(*address);
//
// Pure. Those with something waiting come first: the bridge orders the pages.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "bridge/client/backbone.h"
#include "throttle/limiter.h"

namespace gateway::xmpp {

class RosterProbe {
 public:
  explicit RosterProbe(throttle::Policy pace) : pace_(pace) {}

  void start();
  void stop();
  // One person out of the order, such as one who has just joined.
  void add(std::string address);

  // The next page, when one is needed and none is under way. The caller must answer it.
  std::optional<bridge::wire::Request> next_request(bridge::base::Time now);
  void on_page(const bridge::wire::RosterPage& page);
  void on_failure(bridge::base::Time now);  // asks the same page again, later

  std::optional<std::string> due(bridge::base::Time now);
  bool finished() const { return state_ == State::kFinished && addresses_.empty(); }

 private:
  enum class State { kStopped, kWantsPage, kAsked, kFinished };

  throttle::Policy pace_;
  throttle::Limiter limiter_;
  State state_ = State::kStopped;
  bool forget_answer_ = false;  // an answer is under way that belongs to an earlier start
  std::uint64_t after_ = 0;
  bridge::base::Time not_before_{};
  std::deque<std::string> addresses_;  // at most a page, and those added
};

}  // namespace gateway::xmpp
