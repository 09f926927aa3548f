#include "tests/sim/publisher.h"

#include <fmt/format.h>

#include <utility>

#include "bridge/wire/messages.h"
#include "tests/sim/person.h"

namespace tests::sim {
namespace {

constexpr std::size_t kWaitingMax = 64;
constexpr std::size_t kAskedMax = 8;
constexpr std::size_t kRememberedMax = 8;  // of what was published
constexpr double kChanges = 0.15;          // share of what is written

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
      const bool changes = !published_.empty() && stage_.dice.chance(kChanges);
      waiting_.push_back(changes ? some_change() : something_new());
      worker_.wake();
    }
    write();
  }));
}

Publisher::Post Publisher::something_new() {
  const std::string id = fmt::format("{}-{}", name_, ++written_);
  const std::string text = fmt::format("{} {} {}", some_word(stage_), stage_.dice.pick(kWords), id);
  Post made{.nick = stage_.dice.pick(nicks_), .client_id = id, .text = text};
  if (stage_.dice.chance(0.3)) {
    made.about = stage_.dice.pick(nicks_);
    made.passes_on = stage_.dice.chance(0.5);
  }
  return made;
}

// No text is written twice.
Publisher::Post Publisher::some_change() {
  Post change = something_new();
  change.passes_on = false;
  const Published& about = stage_.dice.pick(published_);
  change.nick = about.nick;
  change.changes = about.id;
  if (stage_.dice.chance(0.5)) change.text.clear();
  return change;
}

wire::Request Publisher::request_for(const Post& post) {
  wire::Request request;
  request.mutable_actor()->set_nick(post.nick);
  if (post.erases) {
    request.mutable_erase();
  } else if (post.passes_on) {
    request.mutable_repost()->mutable_post()->set_nick(post.about);
  } else if (post.changes == 0) {
    request.mutable_publish()->set_client_id(post.client_id);
    request.mutable_publish()->set_text(post.text);
    if (!post.about.empty()) request.mutable_publish()->mutable_in_reply_to()->set_nick(post.about);
  } else if (post.text.empty()) {
    request.mutable_retract()->set_post(post.changes);
  } else {
    request.mutable_correct()->set_post(post.changes);
    request.mutable_correct()->set_text(post.text);
  }
  return request;
}

void Publisher::erase(const std::string& nick) {
  Post erasure{.nick = nick, .client_id = {}, .text = {}};
  erasure.erases = true;
  waiting_.push_back(std::move(erasure));
  worker_.wake();
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
    asked_.emplace(backbone_.ask(request_for(post), now), std::move(post));
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
  if (node.empty()) return;
  if (reply.has_published()) {
    published_.push_back({node.mapped().nick, reply.published().id()});
    if (published_.size() > kRememberedMax) published_.erase(published_.begin());
  }
  if (node.mapped().changes != 0 && node.mapped().text.empty() && reply.has_done())
    stage_.laws.acknowledged_gone(node.mapped().changes);
  if (!worth_a_retry(reply.error().code())) return;
  Post post = std::move(node.mapped());
  post.not_before = stage_.agenda.now() + stage_.dice.between(milliseconds(20), milliseconds(500));
  waiting_.push_back(std::move(post));
}

void Publisher::on_batch(std::uint64_t sequence, const wire::Batch& batch) {
  for (const auto& item : batch.items()) {
    stage_.laws.in_feed(name_, {.id = item.id(),
                                .author = item.author(),
                                .text = item.text(),
                                .changes = item.changes(),
                                .retracted = item.retracted(),
                                .erased = item.erased()});
    last_seen_ = item.id();
  }
  const wire::Cost cost = wire::cost_of(batch);
  backbone_.ack(sequence);
  backbone_.grant(cost.deliveries, cost.bytes);
}

void Publisher::on_gap(const wire::Gap& gap) {
  // Between what it has seen and the gap there may be records that are in no feed.
  if (gap.from() > last_seen_ && stage_.laws.has_expired(gap.to())) {
    stage_.laws.gap_in_feed(name_, gap.from(), gap.to());
    last_seen_ = gap.to();
    return;
  }
  stage_.laws.broken(fmt::format("law 1: {} has seen #{}, and now there is a gap from #{} to #{}",
                                 name_, last_seen_, gap.from(), gap.to()));
}

}  // namespace tests::sim
