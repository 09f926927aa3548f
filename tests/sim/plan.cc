#include "tests/sim/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "tests/sim/dice.h"

namespace tests::sim {
namespace {

constexpr std::array<std::pair<std::string_view, Mutant>, 12> kMutants{{
    {"none", Mutant::kNone},
    {"ack-before-fsync", Mutant::kAckBeforeFsync},
    {"cursor-off-by-one", Mutant::kCursorOffByOne},
    {"credit-off-by-one", Mutant::kCreditOffByOne},
    {"compaction-moves-job", Mutant::kCompactionMovesJob},
    {"retrack-delivers-gap", Mutant::kRetrackDeliversGap},
    {"twice-from-two-lists", Mutant::kTwiceFromTwoLists},
    {"checkpoint-before-ack", Mutant::kCheckpointBeforeAck},
    {"digest-forgets-one", Mutant::kDigestForgetsOne},
    {"returned-forgotten", Mutant::kReturnedForgotten},
    {"no-back-off", Mutant::kNoBackOff},
    {"change-misses-the-away", Mutant::kChangeMissesTheAway},
}};

}  // namespace

std::string_view name(Mutant mutant) {
  for (const auto& [text, value] : kMutants)
    if (value == mutant) return text;
  return "?";
}

std::string mutant_names() {
  std::string all;
  for (const auto& [text, value] : kMutants) all += (all.empty() ? "" : ", ") + std::string(text);
  return all;
}

Mutant parse_mutant(std::string_view text) {
  for (const auto& [known, value] : kMutants)
    if (known == text) return value;
  throw std::invalid_argument(fmt::format("There is no mutant called {}.", text));
}

Plan plan_for(std::uint64_t seed, Mutant mutant) {
  Dice dice(seed);
  Plan plan;
  plan.seed = seed;
  plan.mutant = mutant;

  plan.people = dice.between(2, 7);
  plan.publishers = dice.between(1, 2);
  plan.crowd = dice.chance(0.3) ? dice.between(60, 200) : 0;
  plan.people_think = std::chrono::milliseconds(dice.between(300, 2000));
  plan.publish_every = std::chrono::milliseconds(dice.between(60, 800));
  plan.goes_away = plan.crowd == 0 && dice.chance(0.7) ? 0.15 : 0;
  plan.bounces = dice.chance(0.5);
  plan.receipts = dice.chance(0.3);
  plan.slow_client = dice.chance(0.5) ? 0.2 : 0;

  plan.window_deliveries = dice.between(1, dice.chance(0.5) ? 8 : 128);
  plan.window_bytes = dice.between(3, 64) * 512;
  plan.send_bytes = dice.between(1, 8) * 512;
  plan.barriers = dice.between(1, 4);
  plan.pipe_capacity = dice.between(8, 64);
  plan.inbox_max = dice.between(4, 64);
  plan.checkpoint_every = std::chrono::milliseconds(dice.between(50, 2000));
  plan.quantum = dice.chance(0.7) ? dice.between(1, 3) : 256;
  plan.hot_list = dice.between(1, 5);
  plan.catch_up_max = dice.chance(0.5) ? dice.between(0, 3) : 100;
  if (plan.crowd > 0) {  // posts are mostly on their way, and often saved there, and done soon
    plan.window_deliveries = 128;
    plan.window_bytes = 32 * 1024;
    plan.receipts = plan.receipts && dice.chance(0.3);
    plan.people = dice.between(4, 10);
    plan.people_think = std::min(plan.people_think, std::chrono::milliseconds(800));
    plan.quantum = dice.chance(0.8) ? 1 : dice.between(2, 64);
    plan.hot_list = dice.between(10, 200);
    plan.publish_every = std::chrono::milliseconds(dice.between(100, 300));
    plan.checkpoint_every = std::chrono::milliseconds(dice.between(20, 300));
  }
  plan.slow_message = dice.chance(0.7) ? 0.01 : 0;
  plan.starved = dice.chance(0.7) ? 0.002 : 0;

  const auto sometimes = [&](double share) { return dice.chance(0.6) ? share : 0; };
  plan.death_per_step = dice.chance(0.7) ? 1.0 / static_cast<double>(dice.between(400, 4000)) : 0;
  plan.weather_every = std::chrono::milliseconds(dice.between(300, 3000));
  plan.cut = sometimes(0.3);
  plan.stall = sometimes(0.2);
  plan.disk = sometimes(0.1);
  plan.limits = plan.crowd > 0 ? 0 : sometimes(0.2);
  plan.stop = sometimes(0.1);
  plan.server_pause = sometimes(0.1);
  plan.burst = dice.chance(0.1) ? 0.1 : 0;
  if (plan.crowd > 0) plan.burst = 0;
  plan.clock = sometimes(0.05);
  plan.thin = plan.crowd > 0 && dice.chance(0.85) ? 0.5 : 0;
  if (plan.thin > 0) plan.weather_every = std::chrono::milliseconds(dice.between(600, 2000));
  plan.race = sometimes(0.15);
  plan.flap = sometimes(0.15);
  plan.reject = sometimes(0.1);
  plan.hang = sometimes(0.1);
  plan.unreadable = sometimes(0.05);
  if (plan.crowd > 0) plan.death_per_step = 1.0 / static_cast<double>(dice.between(300, 3000));
  plan.kill_bridge = plan.crowd > 0 || dice.chance(0.7);
  plan.kill_gateway = dice.chance(plan.crowd > 0 ? 0.2 : 0.7);
  plan.crash_server = dice.chance(0.3);
  plan.gone = plan.crowd == 0 ? sometimes(0.1) : 0;
  plan.caps = sometimes(0.2);  // last: earlier seeds stay what they were, but for this
  plan.retention = std::chrono::milliseconds(dice.chance(0.25) ? dice.between(2000, 20'000) : 0);
  plan.erase = dice.chance(0.3) ? 0.1 : 0;
  plan.move = dice.chance(0.25) ? 0.3 : 0;
  return plan;
}

std::string Plan::describe() const {
  return fmt::format(
      "{} people, {} publishers, a crowd of {}, window {} deliveries {} bytes, {} barriers, "
      "quantum {}, {}{}{}{}"
      "death per step {:.5f} of{}{}{}, weather:{}{}{}{}{}{}{}{}{}{}{}{}{}{}{}{}{}{}",
      people, publishers, crowd, window_deliveries, window_bytes, barriers, quantum,
      bounces ? "bounces, " : "", receipts ? "receipts, " : "",
      slow_client > 0 ? "slow clients, " : "",
      retention.count() > 0 ? fmt::format("retention {} ms, ", retention.count()) : "",
      death_per_step, kill_bridge ? " bridge" : "", kill_gateway ? " gateway" : "",
      crash_server ? " server" : "", cut > 0 ? " cuts" : "", stall > 0 ? " stalls" : "",
      disk > 0 ? " full disks" : "", limits > 0 ? " limits" : "", caps > 0 ? " caps" : "",
      stop > 0 ? " restarts" : "", server_pause > 0 ? " server pauses" : "",
      burst > 0 ? " bursts" : "", clock > 0 ? " clock jumps" : "", thin > 0 ? " thinning" : "",
      race > 0 ? " races" : "", flap > 0 ? " flapping" : "", reject > 0 ? " rejects" : "",
      gone > 0 ? " unreachable people" : "", hang > 0 ? " hangs" : "", erase > 0 ? " erasures" : "",
      move > 0 ? " moves" : "", unreadable > 0 ? " unreadable disks" : "");
}

}  // namespace tests::sim
