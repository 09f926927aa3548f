// fanout_meter: one case of the fan-out's bench, in one process and on stores in memory.
//
//   fanout_meter hot_word|catch_up|memory [--people SHARE] [--seconds S]
//
// Prints a line of JSON (fanout_cases.h). Anything that goes wrong ends it with 1 and a sentence on
// stderr. docs/performance.md says what is measured.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <string>

#include "tests/bench/fanout_cases.h"

int main(int argc, char** argv) {
  const std::map<std::string, std::function<void(const bench::Size&)>> cases = {
      {"hot_word", bench::hot_word}, {"catch_up", bench::catch_up}, {"memory", bench::memory}};
  std::string name;
  bench::Size size;
  CLI::App app("Measures the fan-out alone; see the head of fanout_meter.cc.");
  app.add_option("case", name, "hot_word, catch_up or memory")
      ->required()
      ->check(CLI::IsMember(cases));
  app.add_option("--people", size.people, "the share of the people: 0.01 is for a look")
      ->check(CLI::Range(0.001, 1.0));
  app.add_option("--seconds", size.seconds, "at most, of what is repeated")
      ->check(CLI::Range(0.1, 600.0));
  CLI11_PARSE(app, argc, argv);
  try {
    cases.at(name)(size);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fanout_meter: %s\n", error.what());
    return 1;
  }
  return 0;
}
