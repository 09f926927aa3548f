#include "bridge/fanout/passes.h"

#include <algorithm>
#include <utility>

namespace bridge::fanout {

// Who left is forgotten now and then, so that the list grows with the members, not with the time.
void Passes::tidy(Pass& pass) {
  constexpr std::size_t kSlack = 1024;
  if (pass.members.size() < 2 * pass.size + kSlack) return;
  std::ranges::sort(pass.members);
  const auto repeats = std::ranges::unique(pass.members);
  pass.members.erase(repeats.begin(), repeats.end());
  std::erase_if(pass.members, [&](PersonNumber number) { return !in(pass, number); });
}

void Passes::enter(Pass& pass, PersonNumber number) {
  tidy(pass);
  pass.members.push_back(number);
  ++pass.size;
  roll_.set_pass(number, mark(pass));
}

bool Passes::join(PersonNumber number, RecordId behind) {
  Pass* nearest = nullptr;
  Pass* unused = nullptr;
  for (Pass& pass : passes_) {
    if (!pass.running)
      unused = &pass;
    else if (pass.at <= behind && (!nearest || pass.at > nearest->at))
      nearest = &pass;
  }
  if (nearest && (!unused || behind - nearest->at <= kNear)) {
    enter(*nearest, number);
    return true;
  }
  if (!unused) return false;
  *unused = Pass{.running = true, .at = behind, .members = {}, .size = 0};
  ++begun_;
  enter(*unused, number);
  return true;
}

void Passes::leave(PersonNumber number) {
  const std::uint8_t pass = roll_.pass(number);
  if (pass == Roll::kNoPass) return;
  --passes_[pass - 1].size;
  roll_.set_pass(number, Roll::kNoPass);
}

std::size_t Passes::running() const {
  return static_cast<std::size_t>(std::ranges::count_if(passes_, &Pass::running));
}

std::size_t Passes::members() const {
  std::size_t members = 0;
  for (const Pass& pass : passes_) members += pass.size;
  return members;
}

Pass* Passes::next() {
  for (std::size_t i = 0; i < kPassesMax; ++i) {
    turn_ = (turn_ + 1) % kPassesMax;
    if (passes_[turn_].running) return &passes_[turn_];
  }
  return nullptr;
}

bool Passes::in(const Pass& pass, PersonNumber number) const {
  return roll_.pass(number) == mark(pass);
}

RecordId Passes::meets(const Pass& pass, RecordId end) const {
  for (const Pass& other : passes_)
    if (other.running && other.at > pass.at) end = std::min(end, other.at);
  return end;
}

void Passes::merge(Pass& pass) {
  for (Pass& other : passes_) {
    if (&other == &pass || !other.running || other.at != pass.at) continue;
    for (const PersonNumber number : std::exchange(pass.members, {}))
      if (in(pass, number)) enter(other, number);
    pass = {};
    return;
  }
}

std::vector<PersonNumber> Passes::end(Pass& pass, std::size_t members_max) {
  std::vector<PersonNumber> members;
  while (pass.size > 0 && members.size() < members_max) {
    const PersonNumber number = pass.members.back();
    pass.members.pop_back();
    if (!in(pass, number)) continue;
    leave(number);
    members.push_back(number);
  }
  if (pass.size == 0) pass = {};
  return members;
}

}  // namespace bridge::fanout
