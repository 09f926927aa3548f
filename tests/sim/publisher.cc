#include "tests/sim/publisher.h"

#include <fmt/format.h>

#include <utility>

#include "bridge/wire/messages.h"
#include "tests/sim/person.h"

namespace tests::sim {
namespace {

constexpr std::size_t kWaitingMax = 64;
constexpr std::size_t kAskedMax = 8;

bool worth_a_retry(wire::ErrorCode code) {
  return code == wire::UNAVAILABLE || code == wire::BUSY || code == wire::RATE_LIMITED;
}

}  // namespace

Publisher::Publisher(Stage& stage, LanePort& web, std::string name,
                     const std::vector<std::string>& nicks)
    : stage_(stage),
      name_(std::move(name)),
      nicks_(nicks),
      worker_(stage, milliseconds(50), [this] { return turn(); }),
      backbone_(stage, web, name_, *this, [this] { worker_.wake(); }) {
  write();
}

void Publisher::write() {
  const auto every = stage_.plan.publish_every;
  stage_.agenda.after(stage_.dice.between(every / 4, every * 2), lifetime_.while_alive([this] {
    if (settling_) return;
    if (waiting_.size() < kWaitingMax) {
      const std::string id = fmt::format("{}-{}", name_, ++written_);
      const std::string text =
          fmt::format("{} {} {}", some_word(stage_), stage_.dice.pick(kWords), id);
      waiting_.push_back({stage_.dice.pick(nicks_), id, text, {}});
      if (stage_.dice.chance(0.3)) {
        waiting_.back().about = stage_.dice.pick(nicks_);
        waiting_.back().passes_on = stage_.dice.chance(0.5);
      }
      worker_.wake();
    }
    write();
  }));
}

void Publisher::burst(std::size_t posts, const std::string& about) {
  stage_.trace.say("{} has {} posts at once", name_, posts);
  const std::string& nick = stage_.dice.pick(nicks_);
  const std::string& word = about.empty() ? stage_.dice.pick(kWords) : about;
  for (; posts > 0; --posts) {
    const std::string id = fmt::format("{}-{}", name_, ++written_);
    waiting_.push_back({nick, id, word + " " + id, {}});
  }
  worker_.wake();
}

std::size_t Publisher::turn() {
  const Time now = stage_.agenda.now();
  std::size_t work = backbone_.turn(now);
  if (backbone_.connected() && !subscribed_ && subscribe_id_ == 0) {
    wire::Request request;
    request.mutable_subscribe()->set_feed("public");
    request.mutable_subscribe()->set_after(last_seen_);
    subscribe_id_ = backbone_.ask(request, now);
    ++work;
  }
  for (std::size_t n = waiting_.size(); n > 0 && asked_.size() < kAskedMax; --n) {
    Post post = std::move(waiting_.front());
    waiting_.pop_front();
    if (!backbone_.connected() || now < post.not_before) {
      waiting_.push_back(std::move(post));
      continue;
    }
    wire::Request request;
    request.mutable_actor()->set_nick(post.nick);
    if (post.passes_on) {
      request.mutable_repost()->mutable_post()->set_nick(post.about);
    } else {
      request.mutable_publish()->set_client_id(post.client_id);
      request.mutable_publish()->set_text(post.text);
      if (!post.about.empty())
        request.mutable_publish()->mutable_in_reply_to()->set_nick(post.about);
    }
    asked_.emplace(backbone_.ask(request, now), std::move(post));
    ++work;
  }
  return work;
}

void Publisher::on_connected(const wire::Welcome&) {
  subscribed_ = false;
  subscribe_id_ = 0;
  backbone_.grant(stage_.plan.window_deliveries, 4096);
}

void Publisher::on_lost(std::string_view) {
  subscribed_ = false;
  subscribe_id_ = 0;
}

void Publisher::on_reply(bridge::client::RequestId id, const wire::Reply& reply) {
  if (id == subscribe_id_) {
    subscribed_ = reply.has_subscribed();
    subscribe_id_ = 0;
    return;
  }
  auto node = asked_.extract(id);
  if (node.empty() || !worth_a_retry(reply.error().code())) return;
  Post post = std::move(node.mapped());
  post.not_before = stage_.agenda.now() + stage_.dice.between(milliseconds(20), milliseconds(500));
  waiting_.push_back(std::move(post));
}

void Publisher::on_batch(std::uint64_t sequence, const wire::Batch& batch) {
  for (const auto& item : batch.items()) {
    stage_.laws.in_feed(name_, item.id(), item.author(), item.text());
    last_seen_ = item.id();
  }
  const wire::Cost cost = wire::cost_of(batch);
  backbone_.ack(sequence);
  backbone_.grant(cost.deliveries, cost.bytes);
}

void Publisher::on_gap(const wire::Gap& gap) {
  stage_.laws.broken(
      fmt::format("law 1: {} has seen #{}, and now the log ends before it", name_, gap.to()));
}

}  // namespace tests::sim
