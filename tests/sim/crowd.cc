#include "tests/sim/crowd.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/sim/person.h"

namespace tests::sim {
namespace {

constexpr std::size_t kAskedMax = 32;

std::string nick_of(std::size_t member) {
  return fmt::format("crowd{}", member);
}

// Most of them listen to the same word.
const std::string& word_of(std::size_t member) {
  return kWords[member % 4 == 0 ? 1 : 0];
}

bool worth_a_retry(wire::ErrorCode code) {
  return code == wire::UNAVAILABLE || code == wire::BUSY || code == wire::RATE_LIMITED;
}

}  // namespace

Crowd::Crowd(Stage& stage, LanePort& admin, std::size_t people)
    : stage_(stage),
      worker_(stage, milliseconds(50), [this] { return turn(); }),
      backbone_(stage, admin, "crowd", *this, [this] { worker_.wake(); }),
      listening_(people) {
  for (std::size_t member = 0; member < people; ++member) {
    wire::Request request;
    request.mutable_actor()->set_nick(nick_of(member));
    request.mutable_publish()->set_client_id("hello");
    request.mutable_publish()->set_text("hello");
    request.mutable_publish()->set_create_author(true);
    waiting_.push_back({std::move(request)});
    turn_to(member, true);
  }
  if (people > 0) live();
}

void Crowd::live() {
  stage_.agenda.after(stage_.dice.between(milliseconds(10), milliseconds(300)),
                      lifetime_.while_alive([this] {
                        if (settling_) return;
                        const std::size_t member = stage_.dice.below(listening_.size());
                        turn_to(member, !listening_[member]);
                        live();
                      }));
}

void Crowd::turn_to(std::size_t member, bool listening) {
  listening_[member] = listening;
  wire::Request request;
  request.mutable_actor()->set_nick(nick_of(member));
  if (listening)
    request.mutable_track()->set_phrases(word_of(member));
  else
    request.mutable_untrack()->set_phrases(word_of(member));
  waiting_.push_back({std::move(request)});
  worker_.wake();
}

void Crowd::ebb_and_flow() {
  const auto listeners = static_cast<std::size_t>(std::ranges::count(listening_, true));
  const bool ebb = listeners > listening_.size() / 2;
  stage_.trace.say("the crowd {}", ebb ? "thins out" : "is back");
  for (std::size_t member = 0; member < listening_.size(); ++member)
    if (listening_[member] == ebb && stage_.dice.chance(ebb ? 0.6 : 0.9)) turn_to(member, !ebb);
}

void Crowd::cap(const std::string& word, std::optional<std::uint32_t> listeners) {
  stage_.trace.say("the cap of {} is {}", word,
                   listeners ? fmt::format("{}", *listeners) : "lifted");
  wire::Request request;
  request.mutable_cap_listeners()->set_phrase(word);
  request.mutable_cap_listeners()->set_lifted(!listeners);
  request.mutable_cap_listeners()->set_listeners(listeners.value_or(0));
  waiting_.push_back({std::move(request)});
  worker_.wake();
}

std::size_t Crowd::turn() {
  const Time now = stage_.agenda.now();
  std::size_t work = backbone_.turn(now);
  if (!backbone_.connected()) return work;
  for (std::size_t n = waiting_.size(); n > 0 && asked_.size() < kAskedMax; --n) {
    Wish wish = std::move(waiting_.front());
    waiting_.pop_front();
    if (now < wish.not_before) {
      waiting_.push_back(std::move(wish));
      continue;
    }
    const auto id = backbone_.ask(wish.request, now);
    asked_.emplace(id, std::move(wish));
    ++work;
  }
  return work;
}

void Crowd::on_reply(bridge::client::RequestId id, const wire::Reply& reply) {
  auto node = asked_.extract(id);
  if (node.empty() || !worth_a_retry(reply.error().code())) return;
  Wish wish = std::move(node.mapped());
  wish.not_before = stage_.agenda.now() + stage_.dice.between(milliseconds(20), milliseconds(300));
  waiting_.push_back(std::move(wish));
}

}  // namespace tests::sim
