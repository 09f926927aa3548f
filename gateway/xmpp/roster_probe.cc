#include "gateway/xmpp/roster_probe.h"

#include <chrono>
#include <utility>

namespace gateway::xmpp {
namespace {

constexpr std::uint32_t kPageSize = 500;
constexpr std::size_t kAddedMax = 4096;  // beyond it an added person waits for their own presence
constexpr std::chrono::seconds kRetryAfter{2};

}  // namespace

void RosterProbe::start() {
  stop();
  state_ = State::kWantsPage;
}

void RosterProbe::stop() {
  if (state_ == State::kAsked) forget_answer_ = true;
  state_ = State::kStopped;
  after_ = 0;
  not_before_ = {};
  addresses_.clear();
}

void RosterProbe::add(std::string address) {
  if (addresses_.size() < kAddedMax) addresses_.push_front(std::move(address));
}

std::optional<bridge::wire::Request> RosterProbe::next_request(bridge::base::Time now) {
  if (state_ != State::kWantsPage || forget_answer_ || !addresses_.empty() || now < not_before_) {
    return std::nullopt;
  }
  state_ = State::kAsked;
  bridge::wire::Request request;
  request.mutable_roster()->set_after(after_);
  request.mutable_roster()->set_limit(kPageSize);
  return request;
}

void RosterProbe::on_page(const bridge::wire::RosterPage& page) {
  if (std::exchange(forget_answer_, false) || state_ != State::kAsked) return;
  addresses_.insert(addresses_.end(), page.addresses().begin(), page.addresses().end());
  after_ = page.next();
  state_ = after_ == 0 ? State::kFinished : State::kWantsPage;
}

void RosterProbe::on_failure(bridge::base::Time now) {
  if (std::exchange(forget_answer_, false) || state_ != State::kAsked) return;
  not_before_ = now + kRetryAfter;
  state_ = State::kWantsPage;
}

std::optional<std::string> RosterProbe::due(bridge::base::Time now) {
  if (addresses_.empty() || !limiter_.decide(pace_, now).admitted()) return std::nullopt;
  std::string address = std::move(addresses_.front());
  addresses_.pop_front();
  return address;
}

}  // namespace gateway::xmpp
