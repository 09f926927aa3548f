// lapwing-sim: runs the simulation over many seeds, or one seed with its trace.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>

#include "tests/sim/world.h"

namespace {

using tests::sim::Mutant;
using tests::sim::Outcome;
using tests::sim::Trace;

struct Options {
  std::uint64_t seeds = 1;
  std::uint64_t first = 1;
  bool trace = false;
  Mutant mutant = Mutant::kNone;
};

void print(const Options& options, std::uint64_t seed, const Outcome& outcome) {
  const bool broken = !outcome.violation.empty();
  fmt::print("seed {}: {}\n", seed, broken ? outcome.violation : "the laws hold");
  if (!broken || options.trace) return;
  fmt::print("to see it again: scripts/sim --seed {} --trace", seed);
  if (options.mutant != Mutant::kNone) fmt::print(" --mutant {}", name(options.mutant));
  fmt::print("\n");
}

int run_all(const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t steps = 0, records = 0, arrivals = 0, seeds = 0;
  std::chrono::milliseconds virtual_time{0};
  bool broken = false;
  for (; seeds < options.seeds && !broken; ++seeds) {
    const std::uint64_t seed = options.first + seeds;
    const Outcome outcome =
        tests::sim::run(tests::sim::plan_for(seed, options.mutant),
                        options.trace ? Trace::Mode::kPrint : Trace::Mode::kOff);
    steps += outcome.steps;
    records += outcome.records;
    arrivals += outcome.arrivals;
    virtual_time += outcome.virtual_time;
    broken = !outcome.violation.empty();
    if (broken || options.seeds == 1) print(options, seed, outcome);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print(
      "{} seeds, {:.1f} seeds per second; {} steps, {} records, {} deliveries, {} s of "
      "virtual time in {:.1f} s\n",
      seeds, static_cast<double>(seeds) / took.count(), steps, records, arrivals,
      virtual_time.count() / 1000, took.count());
  return broken ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  std::string mutant = "none";
  CLI::App app{"Simulates the whole path under a seed and judges it by the laws."};
  app.add_option("--seeds", options.seeds, "How many, from the first on");
  app.add_option("--seed", options.first, "The first (or only) one");
  app.add_flag("--trace", options.trace, "Say what happens");
  app.add_option("--mutant", mutant, "Plants that bug: " + tests::sim::mutant_names());
  CLI11_PARSE(app, argc, argv);
  options.mutant = tests::sim::parse_mutant(mutant);
  return run_all(options);
}
