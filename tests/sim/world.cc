#include "tests/sim/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/sim/audit.h"
#include "tests/sim/home.h"
#include "tests/sim/oracle.h"

namespace tests::sim {
namespace {

// Virtual time after which what has not come will not come.
constexpr milliseconds kCalmMax{90'000};
constexpr milliseconds kLook{200};
// And then a little more, in which nothing may come twice.
constexpr milliseconds kAfterwards{3'000};

}  // namespace

Outcome run(const Plan& plan, Trace::Mode mode) {
  World world(plan, mode);
  std::string violation;
  try {
    world.live();
  } catch (const Violation& broken) {
    violation = broken.what();
  }
  Outcome outcome = world.outcome();
  outcome.violation = violation;
  return outcome;
}

World::World(const Plan& plan, Trace::Mode mode)
    : stage_(plan, mode),
      bridge_(stage_),
      server_(stage_),
      gateway_(stage_, bridge_.port(bridge::state::kImLane), server_),
      crowd_(stage_, bridge_.port(bridge::state::kAdminLane), plan.crowd) {
  stage_.trace.say("seed {}: {}", plan.seed, plan.describe());
  for (std::size_t i = 0; i < plan.people; ++i) nicks_.push_back(fmt::format("p{}", i));
  bridge_.start();
  gateway_.start();
  for (const std::string& nick : nicks_)
    people_.push_back(std::make_unique<Person>(stage_, server_, nick, nicks_));
  for (std::size_t i = 0; i < plan.publishers; ++i)
    publishers_.push_back(std::make_unique<Publisher>(stage_, bridge_.port(bridge::state::kWebLane),
                                                      fmt::format("web{}", i), nicks_));
}

Outcome World::outcome() const {
  Outcome outcome;
  outcome.steps = stage_.agenda.steps();
  outcome.records = bridge_.disk().head();
  outcome.arrivals = stage_.laws.arrivals();
  outcome.sum = stage_.trace.sum();
  outcome.virtual_time = stage_.agenda.elapsed();
  return outcome;
}

void World::live() {
  storm();
  calm();
  stage_.laws.judge(bridge_.disk().all());
  bridge_.disk().judge_erasures();
  kill_bridge();
}

void World::kill_bridge() {
  bridge_.kill();
  audit(stage_, bridge_.disk(), server_);
}

void World::step() {
  if (!stage_.agenda.step()) stage_.laws.broken("nothing is going to happen any more");
}

void World::storm() {
  const Time end = stage_.agenda.now() + stage_.plan.storm;
  weather();
  while (stage_.agenda.now() < end) {
    step();
    fate();
  }
}

void World::calm() {
  stage_.trace.say("the storm is over");
  stage_.calm = true;
  if (!server_.up()) server_.start();
  if (bridge_.process() && bridge_.process()->gave_up()) kill_bridge();
  bridge_.calm();
  gateway_.calm();
  for (auto& publisher : publishers_) {
    publisher->line().flow();
    publisher->settle();
  }
  crowd_.line().flow();
  crowd_.settle();
  for (auto& person : people_) person->settle();

  const Time end = stage_.agenda.now() + kCalmMax;
  while (stage_.agenda.now() < end) {
    const Time look = stage_.agenda.now() + kLook;
    while (stage_.agenda.now() < look) step();
    if (quiet()) break;
  }
  const Time last = stage_.agenda.now() + kAfterwards;
  while (stage_.agenda.now() < last) step();
  stage_.trace.say("all is quiet");
}

bool World::quiet() {
  if (!std::ranges::all_of(people_, [](const auto& person) { return person->settled(); }))
    return false;
  if (!std::ranges::all_of(publishers_, [](const auto& p) { return p->settled(); })) return false;
  if (!crowd_.settled() || !server_.all_answered() || bridge_.disk().log().to_erase() > 0)
    return false;
  const auto log = bridge_.disk().all();
  return stage_.laws.feeds_complete(log) && stage_.laws.missing(log, owed_by(log)).empty();
}

// ---- faults ------------------------------------------------------------------------------------

void World::fate() {
  if (bridge_.process() && bridge_.process()->gave_up()) {
    kill_bridge();
    come_back(&World::start_bridge);
  }
  if (stage_.plan.death_per_step > 0 && stage_.dice.chance(stage_.plan.death_per_step))
    kill_something();
}

void World::kill_something() {
  const Plan& plan = stage_.plan;
  switch (stage_.dice.below(3)) {
    case 0:
      if (!plan.kill_bridge || !bridge_.process()) return;
      kill_bridge();
      return come_back(&World::start_bridge);
    case 1:
      if (!plan.kill_gateway || !gateway_.running()) return;
      gateway_.kill();
      return come_back(&World::start_gateway);
    default:
      if (!plan.crash_server || !server_.up()) return;
      server_.crash();
      return come_back(&World::start_server);
  }
}

void World::stop_something() {
  if (stage_.dice.chance(0.5)) {
    if (!bridge_.process()) return;
    bridge_.stop();
    server_.believe();
    return come_back(&World::start_bridge);
  }
  if (gateway_.running()) gateway_.restart();
}

void World::come_back(void (World::*start)()) {
  const bool soon = stage_.dice.chance(0.6);
  stage_.agenda.after(stage_.dice.between(milliseconds(5), milliseconds(soon ? 200 : 5000)),
                      [this, start] { (this->*start)(); });
}

// A bridge that cannot read its log ends at once, and is started again by its machine.
void World::start_bridge() {
  if (bridge_.process()) return;
  if (bridge_.disk().readable() || stage_.calm) return bridge_.start();
  stage_.agenda.after(milliseconds(300), [this] { start_bridge(); });
}
void World::start_gateway() {
  if (!gateway_.running()) gateway_.start();
}
void World::start_server() {
  if (!server_.up()) server_.start();
}

void World::weather() {
  const auto every = stage_.plan.weather_every;
  stage_.agenda.after(stage_.dice.between(every / 4, every * 2), [this] {
    if (stage_.calm) return;
    one_fault();
    weather();
  });
}

LaneLine& World::some_line() {
  if (gateway_.running() && stage_.dice.chance(0.6)) return gateway_.line();
  if (stage_.plan.crowd > 0 && stage_.dice.chance(0.2)) return crowd_.line();
  return stage_.dice.pick(publishers_)->line();
}

Time World::a_while(std::size_t longest_ms) {
  return stage_.agenda.now() + milliseconds(stage_.dice.between(20, longest_ms));
}

void World::one_fault() {
  Dice& dice = stage_.dice;
  const Plan& plan = stage_.plan;
  fault_of_connections();
  fault_of_disks();
  fault_of_people();
  if (dice.chance(plan.limits)) change_limits();
  if (dice.chance(plan.caps)) change_cap();
  if (dice.chance(plan.stop)) stop_something();
  if (dice.chance(plan.burst)) dice.pick(publishers_)->burst(dice.between(100, 700), "");
  if (dice.chance(plan.clock)) {
    const milliseconds ahead(static_cast<long>(dice.below(1'200'000)) - 600'000);
    stage_.trace.say("the wall clock is set {} ms ahead", ahead.count());
    stage_.agenda.set_wall_clock(ahead);
  }
}

void World::fault_of_connections() {
  Dice& dice = stage_.dice;
  const Plan& plan = stage_.plan;
  if (dice.chance(plan.cut)) {
    if (gateway_.running() && dice.chance(0.5))
      gateway_.component().cut();
    else
      some_line().cut();
  }
  if (dice.chance(plan.stall)) {
    if (gateway_.running() && dice.chance(0.5))
      gateway_.component().stall(a_while(5000));
    else
      some_line().stall(a_while(5000));
  }
  if (dice.chance(plan.server_pause)) {
    stage_.trace.say("the XMPP server does nothing for a while");
    server_.pause(a_while(4000));
    stage_.laws.slow();
  }
}

void World::fault_of_disks() {
  Dice& dice = stage_.dice;
  const auto mended = [&](const char* news) {
    stage_.agenda.at(a_while(3000), [this, news] {
      stage_.trace.say("{}", news);
      bridge_.disk().mend();
    });
  };
  if (dice.chance(stage_.plan.disk)) {
    stage_.trace.say("a disk is full");
    if (dice.chance(0.3))
      bridge_.disk().fill_cursors();
    else
      bridge_.disk().fill(dice.chance(0.5) ? bridge::backbone::RefusedBatch::kGone
                                           : bridge::backbone::RefusedBatch::kOnDisk);
    mended("the disks have room");
  }
  if (dice.chance(stage_.plan.unreadable)) {
    stage_.trace.say("the log cannot be read");
    bridge_.disk().set_readable(false);
    mended("the log can be read again");
  }
}

void World::fault_of_people() {
  Dice& dice = stage_.dice;
  const Plan& plan = stage_.plan;
  if (dice.chance(plan.thin)) thin_out();
  if (plan.erase > 0 && dice.chance(plan.erase)) erase_somebody();
  if (plan.move > 0 && dice.chance(plan.move)) dice.pick(people_)->move();
  if (dice.chance(plan.flap)) dice.pick(people_)->flap();
  if (dice.chance(plan.reject)) {
    const std::string& address = dice.pick(people_)->address();
    stage_.trace.say("what is sent to {} comes back for a while", address);
    server_.reject(address, a_while(4000));
  }
  if (dice.chance(plan.hang)) {
    const std::string& address = dice.pick(people_)->address();
    stage_.trace.say("the client of {} reads nothing for a while", address);
    server_.hang(address, a_while(4000));
  }
  if (dice.chance(plan.race)) {
    const std::string& word = some_word(stage_);
    for (auto& person : people_)
      if (dice.chance(0.5)) person->rush(word);
    dice.pick(publishers_)->burst(dice.between(1, 8), word);
  }
  if (plan.gone > 0 && dice.chance(plan.gone)) {
    Person& person = *dice.pick(people_);
    stage_.trace.say("nothing can be sent to {} for a while", person.address());
    const Time until = a_while(15'000);
    server_.cut_off(person.address(), until);
    stage_.laws.cut_off(home_of(person.address()), until);
    person.insist(until);
  }
}

void World::erase_somebody() {
  if (std::exchange(erased_, true)) return;
  const std::string& nick = stage_.dice.pick(nicks_);
  stage_.trace.say("{} is erased", nick);
  stage_.dice.pick(publishers_)->erase(nick);
}

// Whoever dies just then comes back to lists that are not those it knew.
void World::thin_out() {
  crowd_.ebb_and_flow();
  if (!stage_.plan.kill_bridge || stage_.dice.chance(0.4)) return;
  stage_.agenda.after(stage_.dice.between(milliseconds(20), milliseconds(200)), [this] {
    if (stage_.calm || !bridge_.process()) return;
    kill_bridge();
    come_back(&World::start_bridge);
  });
}

void World::change_cap() {
  Dice& dice = stage_.dice;
  const std::string& word = some_word(stage_);
  const std::size_t most = stage_.plan.crowd > 0 ? stage_.plan.crowd : stage_.plan.people;
  if (dice.chance(0.3)) return crowd_.cap(word, std::nullopt);
  crowd_.cap(word, static_cast<std::uint32_t>(dice.between(0, most)));
}

void World::change_limits() {
  static constexpr const char* kPolicies[] = {"unlimited", "5/s", "2/s burst 1", "0/s",
                                              "30/s burst 3"};
  Dice& dice = stage_.dice;
  const auto policy = [&] { return *throttle::Policy::parse(kPolicies[dice.below(5)]); };
  Limits limits;
  limits.deliveries_per_person = policy();
  limits.lanes.publishes_per_person = dice.chance(0.5) ? policy() : throttle::Policy::unlimited();
  stage_.trace.say("limits: {} deliveries, {} publishes", limits.deliveries_per_person.text(),
                   limits.lanes.publishes_per_person.policy.text());
  bridge_.set_limits(limits);
}

}  // namespace tests::sim
