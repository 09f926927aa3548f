// restart_store: makes the store of a service that many people use, for restart.py to start a
// bridge on: accounts person0, person1, ... at example.org, and what they track, drawn as for the
// bench of matching, person after person in turns. person0 also tracks `lapwingwatch`, which nobody
// else does. One line of JSON at the end; how far it is, on stderr.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bridge/backbone/embedded_store.h"
#include "bridge/base/time.h"
#include "tests/bench/match_input.h"
#include "tests/bench/stopwatch.h"

namespace bench {
namespace {

namespace backbone = bridge::backbone;
using backbone::Record;

struct Options {
  std::string folder;
  std::string posts;  // a file; empty: made up
  std::size_t subscriptions = 0;
  std::size_t accounts = 0;
};

// Appends in large batches.
class Log {
 public:
  Log(const std::string& folder, std::size_t expected) : expected_(expected) {
    backbone::EmbeddedOptions options;
    options.path = folder;
    options.now_ms = now_ms_;
    auto opened = backbone::EmbeddedStore::open(std::move(options));
    if (!opened) throw std::runtime_error(opened.error().text);
    store_ = std::move(*opened);
  }

  // The next record, to be filled in before the one after it is asked for.
  Record& add() {
    if (batch_.size() == kBatch) flush();
    auto& record = *batch_.emplace_back(std::make_shared<Record>());
    record.set_id(++records_);
    record.set_time_ms(now_ms_);
    return record;
  }
  void flush() {
    const std::vector<backbone::RecordPtr> records(batch_.begin(), batch_.end());
    if (auto appended = store_->append(records); !appended)
      throw std::runtime_error(appended.error().text);
    batch_.clear();
    if (records_ * 10 / expected_ == told_) return;
    told_ = records_ * 10 / expected_;
    fmt::print(stderr, "restart_store: {} records\n", records_);
  }
  std::uint64_t records() const { return records_; }

 private:
  static constexpr std::size_t kBatch = 8192;

  const std::size_t expected_;
  const bridge::base::WallMs now_ms_ = bridge::base::read_clocks().wall_ms;
  std::unique_ptr<backbone::EmbeddedStore> store_;
  std::vector<std::shared_ptr<Record>> batch_;
  std::uint64_t records_ = 0;
  std::uint64_t told_ = 0;
};

std::vector<std::uint64_t> sign_up(Log& log, std::size_t count) {
  std::vector<std::uint64_t> accounts;
  for (std::size_t n = 0; n < count; ++n) {
    Record& created = log.add();
    created.mutable_account_created()->set_nick(fmt::format("person{}", n));
    accounts.push_back(created.id());
    auto& bound = *log.add().mutable_address_bound();
    bound.set_account(accounts.back());
    bound.set_address(fmt::format("person{}@example.org", n));
  }
  return accounts;
}

void track(Log& log, std::uint64_t account, std::string_view phrase) {
  auto& tracked = *log.add().mutable_tracked();
  tracked.set_account(account);
  tracked.set_phrase(std::string(phrase));
}

void run(const Options& options) {
  const Time began = clock_now();
  InputOptions wanted;
  wanted.subscriptions = options.subscriptions - 1;
  const Input input =
      make_input(wanted, options.posts.empty() ? make_posts(20'000) : read_lines(options.posts));
  Log log(options.folder, 2 * options.accounts + options.subscriptions);
  const auto accounts = sign_up(log, options.accounts);
  track(log, accounts[0], "lapwingwatch");
  for (std::size_t n = 0; n < input.subscriptions(); ++n) {
    // Nobody tracks a phrase twice.
    bool known = false;
    for (std::size_t before = n; before >= accounts.size() && !known;)
      known = input.phrase(before -= accounts.size()) == input.phrase(n);
    const std::uint64_t account = accounts[n % accounts.size()];
    if (known)
      track(log, account, fmt::format("again{}", n));
    else
      track(log, account, input.phrase(n));
  }
  log.flush();
  fmt::print("{{\"records\":{},\"seconds\":{:.1f}}}\n", log.records(),
             Seconds(clock_now() - began).count());
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options;
  CLI::App app("Makes a store with many subscriptions; see the head of restart_store.cc.");
  app.add_option("folder", options.folder, "the data folder")->required();
  app.add_option("--subscriptions", options.subscriptions)
      ->required()
      ->check(CLI::Range(2, 100'000'000));
  app.add_option("--accounts", options.accounts)->required()->check(CLI::Range(1, 10'000'000));
  app.add_option("--posts", options.posts, "a file of posts, one a line, to draw words from");
  CLI11_PARSE(app, argc, argv);
  try {
    bench::run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "restart_store: %s\n", error.what());
    return 1;
  }
  return 0;
}
