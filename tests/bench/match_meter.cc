// match_meter: one matcher with its subscriptions, measured at the command of match.py on stdin:
//
//   posts S       matches posts for S seconds, but at least so many as the checksum needs
//   updates N     adds a phrase, finds it, removes it, N times
//
// Each command is answered with one line of JSON; a line that says what was built comes first. One
// thread; rates are by its CPU time. Anything that goes wrong ends it with 1 and a sentence on
// stderr. docs/performance.md says what is measured.
#include <fmt/format.h>
#include <time.h>
#include <xxhash.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/heap.h"
#include "tests/bench/match_input.h"
#include "tests/bench/matcher.h"
#include "tests/bench/stopwatch.h"

namespace bench {
namespace {

struct Options {
  std::string matcher;
  std::string posts;  // a file; empty: made up
  InputOptions input;
  std::size_t checked = 20'000;
};

double cpu_now() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

class Meter {
 public:
  explicit Meter(const Options& options)
      : input_(make_input(options.input,
                          options.posts.empty() ? make_posts(20'000) : read_lines(options.posts))),
        checked_(std::min(options.checked, input_.posts().size())) {
    const Heap heap;
    matcher_ = kinds().at(options.matcher)();
    if (!matcher_) throw std::runtime_error(options.matcher + " is not installed");
    const double began = cpu_now();
    for (std::size_t n = 0; n < input_.subscriptions(); ++n) matcher_->add(input_.phrase(n), n + 1);
    matcher_->ready();
    const double seconds = cpu_now() - began;
    say(fmt::format("{{\"subscriptions\":{},\"build_s\":{:.3f},\"bytes_per_subscription\":{:.1f}}}",
                    input_.subscriptions(), seconds,
                    static_cast<double>(heap.grown()) /
                        static_cast<double>(std::max<std::size_t>(1, input_.subscriptions()))));
  }

  static const std::map<std::string, std::function<std::unique_ptr<Matcher>()>>& kinds() {
    static const std::map<std::string, std::function<std::unique_ptr<Matcher>()>> all = {
        {"engine", make_engine},
        {"hash_map", make_hash_map},
        {"substring", make_substring},
        {"vectorscan", make_vectorscan}};
    return all;
  }

  void obey(const std::string& line) {
    std::istringstream words(line);
    std::string what;
    double amount = 0;
    words >> what >> amount;
    if (what == "posts") return match_posts(amount);
    if (what == "updates") return update(static_cast<std::size_t>(amount));
    throw std::runtime_error("what is '" + line + "'?");
  }

 private:
  static void say(const std::string& line) {
    std::puts(line.c_str());
    std::fflush(stdout);
  }

  // The checksum is of the sets found for the first `checked` posts: any order gives the same.
  void match_posts(double seconds) {
    const double began = cpu_now();
    std::size_t posts = 0, found = 0;
    std::uint64_t checksum = 0;
    while (posts < checked_ || cpu_now() - began < seconds) {
      const std::size_t number = posts % input_.posts().size();
      matcher_->match(input_.posts()[number], [&](std::string_view phrase) {
        ++found;
        const std::uint64_t key = XXH3_64bits_withSeed(phrase.data(), phrase.size(), number);
        if (posts < checked_) checksum += key;
      });
      ++posts;
    }
    const double spent = cpu_now() - began;
    say(
        fmt::format("{{\"seconds\":{:.4f},\"posts\":{},\"matched\":{},\"checked\":{},\"checksum\":"
                    "\"{:016x}\"}}",
                    spent, posts, found, checked_, checksum));
  }

  // From before it is added until a post has found it.
  void update(std::size_t count) {
    std::vector<double> visible_us;
    for (std::size_t n = 0; n < count; ++n) {
      const std::string word = fmt::format("zzq{}", n);
      const std::string phrase = n % 3 == 0 ? "love " + word : word;
      const std::uint64_t number = ++updates_ + input_.subscriptions();
      const Time began = clock_now();
      matcher_->add(phrase, number);
      bool seen = false;
      matcher_->match("love to you, " + word, [&](std::string_view it) { seen |= it == phrase; });
      visible_us.push_back(1e6 * Seconds(clock_now() - began).count());
      if (!seen) throw std::logic_error("what was added is not found");
      if (n % 2 == 0) matcher_->remove(phrase, number);
    }
    say(fmt::format("{{\"p50_us\":{:.2f},\"p99_us\":{:.2f},\"max_us\":{:.2f}}}",
                    percentile(visible_us, 0.5), percentile(visible_us, 0.99),
                    percentile(visible_us, 1)));
  }

  const Input input_;
  const std::size_t checked_;
  std::unique_ptr<Matcher> matcher_;
  std::uint64_t updates_ = 0;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options;
  CLI::App app("Measures one matcher; see the head of match_meter.cc.");
  app.add_option("matcher", options.matcher, "engine, hash_map, substring or vectorscan")
      ->required()
      ->check(CLI::IsMember(bench::Meter::kinds()));
  app.add_option("--subscriptions", options.input.subscriptions)
      ->required()
      ->check(CLI::Range(1, 100'000'000));
  app.add_flag("--all-distinct", options.input.all_distinct, "nobody shares a phrase");
  app.add_option("--posts", options.posts, "a file of posts, one a line");
  app.add_option("--checked", options.checked, "so many posts go into the checksum")
      ->check(CLI::Range(1, 1'000'000));
  CLI11_PARSE(app, argc, argv);
  try {
    bench::Meter meter(options);
    for (std::string line; std::getline(std::cin, line);) meter.obey(line);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "match_meter: %s\n", error.what());
    return 1;
  }
  return 0;
}
