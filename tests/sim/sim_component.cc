#include "tests/sim/sim_component.h"

#include <fmt/format.h>

#include <utility>

namespace tests::sim {

using gateway::xmpp::BarrierId;

namespace {

constexpr milliseconds kPingTimeout{3000};
constexpr milliseconds kQuietPing{2000};

}  // namespace

SimComponent::SimComponent(Stage& stage, XmppServer& server,
                           gateway::xmpp::ComponentListener& listener,
                           std::function<void()> readable)
    : stage_(stage),
      server_(server),
      listener_(listener),
      readable_(std::move(readable)),
      up_(stage, stage.plan.pipe_capacity,
          [this](ToServer item) { server_.arrive(*this, std::move(item)); }),
      down_(stage, 512, [this](FromServer item) {
        received_.push_back(std::move(item));
        readable_();
      }) {}

SimComponent::~SimComponent() {
  if (attached_) server_.closed(*this);
}

bool SimComponent::send(std::string_view stanzas) {
  if (!online_) return false;
  if (dead_) return true;
  return up_.send({.stanzas = std::string(stanzas), .ping = 0});
}

BarrierId SimComponent::barrier(Time now) {
  return online_ ? ping(now, false) : 0;
}

BarrierId SimComponent::ping(Time now, bool own) {
  if (!dead_ && !up_.send({.stanzas = {}, .ping = last_barrier_ + 1})) return 0;
  outstanding_.push_back({++last_barrier_, now, own});
  return last_barrier_;
}

std::size_t SimComponent::turn(Time now) {
  std::size_t work = 0;
  while (!received_.empty()) {
    const FromServer item = std::move(received_.front());
    received_.pop_front();
    ++work;
    heard_at_ = now;
    if (item.stanza) {
      listener_.on_stanza(*item.stanza, now);
    } else if (item.pong == 0) {
      online_ = true;
      stage_.trace.say("the gateway's stream is open");
      listener_.on_online(now);
    } else {
      while (!outstanding_.empty() && outstanding_.front().id <= item.pong) {
        const Outstanding answered = outstanding_.front();
        outstanding_.pop_front();
        if (!answered.own) listener_.on_barrier(answered.id, now - answered.sent_at, now);
      }
    }
  }
  if (std::exchange(gone_, false)) lose("the server closed it", now);
  check(now);
  return work;
}

void SimComponent::check(Time now) {
  if (attached_) {
    if (!outstanding_.empty() && now - outstanding_.front().sent_at > kPingTimeout)
      return lose("a ping was not answered", now);
    if (!online_ && now - heard_at_ > kPingTimeout) return lose("it does not open", now);
    if (online_ && outstanding_.empty() && now - heard_at_ > kQuietPing) ping(now, true);
    return;
  }
  if (closing_ || now < retry_at_) return;
  retry_at_ = now + stage_.dice.between(milliseconds(50), milliseconds(700));
  heard_at_ = now;
  attached_ = true;  // the answer comes through push()
  attached_ = server_.open(*this);
}

void SimComponent::lose(std::string_view reason, Time now) {
  stage_.trace.say("the gateway's stream is gone: {}", reason);
  stage_.laws.breaks();
  if (std::exchange(attached_, false)) server_.closed(*this);
  up_.cut();
  down_.cut();
  received_.clear();
  outstanding_.clear();
  dead_ = closing_ = gone_ = false;
  lifetime_.renew();
  retry_at_ = now + stage_.dice.between(milliseconds(20), milliseconds(700));
  if (std::exchange(online_, false)) listener_.on_offline(reason, now);
}

bool SimComponent::push(FromServer item) {
  if (!attached_) return false;
  return dead_ || down_.send(std::move(item));
}

// What the server wrote before it went may still be under way.
void SimComponent::server_gone() {
  attached_ = false;
  closing_ = true;
  up_.cut();
  stage_.agenda.after(stage_.dice.between(microseconds(100), microseconds(30'000)),
                      lifetime_.while_alive([this] {
                        gone_ = true;
                        readable_();
                      }));
}

void SimComponent::cut() {
  if (!attached_ || dead_) return;
  stage_.trace.say("the gateway's stream breaks");
  stage_.laws.breaks();
  dead_ = true;
  up_.cut();
  down_.cut();
  const auto eventually = [&] {
    return stage_.dice.between(milliseconds(1), milliseconds(stage_.dice.chance(0.5) ? 50 : 8000));
  };
  // Each end learns of it in its own time; the pings may be faster.
  stage_.agenda.after(eventually(), lifetime_.while_alive([this] {
    if (dead_) gone_ = true;
  }));
  stage_.agenda.after(eventually(), lifetime_.while_alive([this] {
    if (dead_ && attached_) server_.closed(*this);
  }));
}

void SimComponent::stall(Time until) {
  stage_.trace.say("the gateway's stream is stuck for a while");
  stage_.laws.breaks();
  up_.stall(until);
  down_.stall(until);
}

void SimComponent::flow() {
  up_.flow();
  down_.flow();
}

}  // namespace tests::sim
