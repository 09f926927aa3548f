#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "bridge/state/snapshot.h"
#include "bridge/state/state.h"
#include "tests/bench/fanout_cases.h"
#include "tests/bench/fanout_world.h"
#include "tests/bench/heap.h"

namespace bench {
namespace {

constexpr double kPeople = 100'000;
constexpr std::size_t kTracksEach = 3;
constexpr std::size_t kFollowsEach = 2;
constexpr std::size_t kAuthors = 100;
constexpr std::size_t kWords = 1000;  // that people track

struct Town {
  Log log;
  AccountId herald = log.person("herald");  // whom nobody follows
  std::vector<std::string> nicks;
};

// Nicks and addresses as long as people's are.
std::unique_ptr<Town> build(std::size_t people, bool with_subscriptions) {
  auto town = std::make_unique<Town>();
  std::vector<AccountId> authors;
  for (std::size_t n = 0; n < kAuthors; ++n)
    authors.push_back(town->log.person(fmt::format("author{}", n)));
  for (std::size_t n = 0; n < people; ++n) {
    town->nicks.push_back(fmt::format("person{}", n));
    const AccountId account = town->log.person(town->nicks.back());
    if (!with_subscriptions) continue;
    for (std::size_t i = 0; i < kTracksEach; ++i)
      town->log.track(account, fmt::format("word{}", (n * kTracksEach + i) % kWords));
    for (std::size_t i = 0; i < kFollowsEach; ++i)
      town->log.follow(account, authors[(n + i) % kAuthors]);
  }
  return town;
}

// Of a whole town.
struct Bytes {
  double state = 0;
  double both = 0;  // a fan-out, which has a State of its own
  double fanout() const { return both - state; }
  friend Bytes operator-(Bytes a, Bytes b) { return {a.state - b.state, a.both - b.both}; }
  friend Bytes operator/(Bytes a, double b) { return {a.state / b, a.both / b}; }
};

bridge::state::State state_of(const Town& town) {
  const auto snapshot = bridge::state::Snapshot::read(town.log.store());
  if (!snapshot) throw std::runtime_error(snapshot.error().text);
  return bridge::state::State(*snapshot);
}

double bytes_of_state(const Town& town) {
  const Heap heap;
  const bridge::state::State state = state_of(town);
  return static_cast<double>(heap.grown());
}

Bytes bytes_at_rest(const Town& town) {
  Bytes bytes{.state = bytes_of_state(town)};
  const Heap heap;
  ForgetfulCursors cursors;
  Engine engine(town.log.store(), cursors);
  engine.settle();
  engine.checkpoint();
  bytes.both = static_cast<double>(heap.grown());
  return bytes;
}

struct Online {
  double arrived = 0;  // the bytes that being online adds
  double served = 0;   // likewise, after everybody was sent something and has it
};

Online bytes_online(Town& town) {
  ForgetfulCursors cursors;
  Engine engine(town.log.store(), cursors);
  engine.settle();
  engine.checkpoint();
  const auto each = static_cast<double>(town.nicks.size());
  // The newest posts are kept for those who have to read them: as many as there may be, already.
  for (std::size_t n = 0; n < fanout::PostCache::kRecordsMax; ++n)
    engine.feed(town.log.post(town.herald, "nothing of interest"));
  engine.settle();
  Online online;
  const Heap heap;
  engine.online(town.nicks);
  engine.settle();
  engine.checkpoint();
  online.arrived = static_cast<double>(heap.grown()) / each;
  for (std::size_t n = 0; n < kWords; ++n) {
    engine.feed(town.log.post(town.herald, fmt::format("what a word{}", n)));
    engine.settle();
  }
  engine.checkpoint();
  online.served = static_cast<double>(heap.grown()) / each;
  return online;
}

}  // namespace

void memory(const Size& size) {
  const auto people = static_cast<std::size_t>(kPeople * size.people);
  const auto each = static_cast<double>(people);
  const Bytes nobody = bytes_at_rest(*build(0, false));  // what is there whoever comes
  const Bytes bare = (bytes_at_rest(*build(people, false)) - nobody) / each;
  const auto with_interests = build(people, true);
  const Bytes interested = (bytes_at_rest(*with_interests) - nobody) / each;
  const Online online = bytes_online(*with_interests);
  constexpr auto kSubscriptions = static_cast<double>(kTracksEach + kFollowsEach);
  fmt::print(
      "{{\"bench\":\"fanout\",\"case\":\"memory\",\"people\":{},\"bytes_of_nobody\":{:.0f},"
      "\"bytes_per_offline_person\":{:.0f},"
      "\"state_per_person\":{:.0f},\"fanout_per_person\":{:.0f},\"bytes_per_subscription\":{:.0f},"
      "\"state_per_subscription\":{:.0f},\"fanout_per_subscription\":{:.0f},"
      "\"bytes_per_online_idle_person\":{:.0f},\"online_adds\":{:.0f},\"served_adds\":{:.0f}}}\n",
      people, nobody.both, bare.both, bare.state, bare.fanout(),
      (interested.both - bare.both) / kSubscriptions,
      (interested.state - bare.state) / kSubscriptions,
      (interested.fanout() - bare.fanout()) / kSubscriptions, bare.both + online.served,
      online.arrived, online.served);
  std::fflush(stdout);
}

}  // namespace bench
