#include "tests/sim/agenda.h"

#include <algorithm>

namespace tests::sim {
namespace {

constexpr Time kStart = Time{} + std::chrono::hours(1);
constexpr bridge::base::WallMs kStartWall = 1'164'189'600'000;  // some evening in November 2006

}  // namespace

milliseconds Agenda::elapsed() const {
  return std::chrono::duration_cast<milliseconds>(now_ - kStart);
}

bridge::base::Now Agenda::clocks() const {
  return {now_, kStartWall + (elapsed() + ahead_).count()};
}

void Agenda::at(Time when, Action action) {
  heap_.push_back({std::max(when, now_), next_order_++, std::move(action)});
  std::ranges::push_heap(heap_, later);
}

bool Agenda::step() {
  if (heap_.empty()) return false;
  std::ranges::pop_heap(heap_, later);
  const Entry entry = std::move(heap_.back());
  heap_.pop_back();
  now_ = entry.when;
  ++steps_;
  entry.action();
  return true;
}

}  // namespace tests::sim
