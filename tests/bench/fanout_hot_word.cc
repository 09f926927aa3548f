#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/fanout_cases.h"
#include "tests/bench/fanout_world.h"
#include "tests/bench/heap.h"
#include "tests/bench/post_maker.h"
#include "tests/bench/stopwatch.h"

namespace bench {
namespace {

constexpr double kListeners = 1'000'000;
constexpr double kOnline = 10'000;
constexpr std::uint64_t kFollowersEach = 5;   // of each of kAuthors authors
constexpr double kArrivalsPerSecond = 1000;   // half directs, half posts for followers
constexpr double kQuietSeconds = 0.05;        // before each hot post
constexpr std::size_t kRecordsPerTurn = 512;  // as FanoutThread
// Directs that came in during an expansion: at least so many, if time allows.
constexpr std::size_t kDirectsMin = 2000;
const std::string kHotText = "nobody expected the kingfisher";    // everybody tracks kingfisher
const std::string kKnownText = "nobody expected the curlew now";  // those online track curlew

class HotWord {
 public:
  explicit HotWord(const Size& size)
      : seconds_max_(size.seconds),
        listeners_(static_cast<std::size_t>(kListeners * size.people)),
        online_count_(static_cast<std::size_t>(kOnline * size.people)) {
    populate();
  }

  void run() {
    ForgetfulCursors cursors;
    Engine engine(log_.store(), cursors);
    engine_ = &engine;
    engine.on_delivery = [this](const bridge::wire::Item& item) { on_delivery(item); };
    std::vector<std::string> nicks;
    for (const Listener& listener : online_) nicks.push_back(listener.nick);
    engine.online(nicks);
    engine.settle();
    engine.checkpoint();
    measure_heap();
    measure_time();
    print();
  }

 private:
  struct Listener {
    AccountId account = 0;
    std::string nick;
  };
  struct Direct {
    RecordId id = 0;
    Time arrived_at{};
    Time applied_at{};
  };
  struct Latencies {
    std::vector<double> since_arrival;  // microseconds
    std::vector<double> since_apply;
  };

  void populate();
  void measure_heap();
  std::int64_t growth_of(const std::string& text);
  void measure_time();
  void run_flow(const std::function<bool()>& until);
  void take_arrivals(Time now);
  void expand_one();
  void on_delivery(const bridge::wire::Item& item);
  void print();

  const double seconds_max_;
  const std::size_t listeners_;
  const std::size_t online_count_;
  Log log_;
  AccountId herald_ = log_.person("herald");  // whom nobody follows
  std::vector<AccountId> authors_;
  std::vector<Listener> online_;
  Engine* engine_ = nullptr;

  // The flow.
  std::uint64_t arrivals_ = 0;
  Time next_arrival_{};
  std::vector<Direct> on_the_way_;  // very few
  Latencies* latencies_ = nullptr;
  Latencies quiet_, hot_;

  // Hot posts.
  RecordId hot_post_ = 0;
  std::size_t hot_deliveries_ = 0;
  std::vector<double> expansion_us_;
  std::vector<double> turn_us_;  // while one went on
  std::int64_t peak_extra_ = 0;
  double others_busy_ = 0;
};

void HotWord::populate() {
  for (std::uint64_t n = 0; n < kAuthors; ++n) authors_.push_back(log_.person(nick_of(n)));
  const std::size_t every = listeners_ / online_count_;
  for (std::size_t n = 0; n < listeners_; ++n) {
    const std::string nick = fmt::format("listener{}", n);
    const AccountId account = log_.person(nick);
    log_.track(account, "kingfisher");
    if (n % every != 0 || online_.size() == online_count_) continue;
    log_.track(account, "curlew");
    if (const std::size_t author = online_.size() / kFollowersEach; author < kAuthors)
      log_.follow(account, authors_[author]);
    online_.push_back({account, nick});
  }
}

// ---- bytes -------------------------------------------------------------------------------------

// Nothing is acknowledged meanwhile, so at its end all deliveries are in flight.
std::int64_t HotWord::growth_of(const std::string& text) {
  const RecordPtr post = log_.post(herald_, text);
  hot_post_ = post->id();
  hot_deliveries_ = 0;
  engine_->acknowledges = false;
  const Heap heap;
  engine_->feed(post);
  engine_->settle();
  const std::int64_t peak = heap.peak();
  engine_->acknowledges = true;
  engine_->settle();
  if (hot_deliveries_ != online_.size())
    throw std::runtime_error(fmt::format("{} deliveries, not {}", hot_deliveries_, online_.size()));
  return peak;
}

// A post that only those online listen to tells what their deliveries need.
void HotWord::measure_heap() {
  growth_of(kKnownText);
  std::int64_t known = 0;
  for (int i = 0; i < 3; ++i) known = std::max(known, growth_of(kKnownText));
  for (int i = 0; i < 3; ++i) peak_extra_ = std::max(peak_extra_, growth_of(kHotText) - known);
}

// ---- time --------------------------------------------------------------------------------------

void HotWord::measure_time() {
  next_arrival_ = clock_now();
  engine_->take_checkpoint_us();
  Latencies warm_up;
  latencies_ = &warm_up;
  const Time warm = after(clock_now(), kQuietSeconds);
  run_flow([&] { return clock_now() >= warm; });
  const Moment from = moment({});
  const Time end = after(from.at, seconds_max_);
  do {
    engine_->settle();
    latencies_ = &quiet_;
    next_arrival_ = clock_now();
    const Time until = after(clock_now(), kQuietSeconds);
    run_flow([&] { return clock_now() >= until; });
    latencies_ = &hot_;
    expand_one();
  } while (hot_.since_apply.size() < kDirectsMin && clock_now() < end);
  others_busy_ = others_busy(from, moment({}));
}

void HotWord::expand_one() {
  const RecordPtr post = log_.post(herald_, kHotText);
  hot_post_ = post->id();
  hot_deliveries_ = 0;
  const Time began = clock_now();
  engine_->feed(post);
  Time before = began;
  run_flow([&] {
    const Time now = clock_now();
    turn_us_.push_back(Seconds(now - before).count() * 1e6);
    before = now;
    return engine_->counters().jobs.value() == 0 && hot_deliveries_ >= online_.size();
  });
  expansion_us_.push_back(Seconds(clock_now() - began).count() * 1e6);
}

// Turns as FanoutThread's until `until` says so after one of them; never rests, as waking up is not
// what is measured.
void HotWord::run_flow(const std::function<bool()>& until) {
  do {
    take_arrivals(clock_now());
    engine_->turn();
  } while (!until());
}

void HotWord::take_arrivals(Time now) {
  for (std::size_t n = 0; n < kRecordsPerTurn && engine_->room() > 0 && next_arrival_ <= now; ++n) {
    const Post text = make_post(arrivals_++);
    const AccountId author = authors_[text.author];
    if (arrivals_ % 2 == 0) {
      engine_->feed(log_.post(author, text.text));
    } else {
      const Listener& to = online_[arrivals_ * 7919 % online_.size()];
      const RecordPtr direct = log_.direct(author, to.account, text.text);
      on_the_way_.push_back({direct->id(), next_arrival_, clock_now()});
      engine_->feed(direct);
    }
    next_arrival_ = after(next_arrival_, 1 / kArrivalsPerSecond);
  }
}

void HotWord::on_delivery(const bridge::wire::Item& item) {
  if (item.id() == hot_post_) {
    hot_deliveries_ += static_cast<std::size_t>(item.recipients_size());
    return;
  }
  if (item.recipients(0).class_() != bridge::wire::DIRECT) return;
  const auto found = std::ranges::find(on_the_way_, item.id(), &Direct::id);
  if (found == on_the_way_.end()) throw std::runtime_error("a direct came that nobody sent");
  const Time now = clock_now();
  latencies_->since_arrival.push_back(Seconds(now - found->arrived_at).count() * 1e6);
  latencies_->since_apply.push_back(Seconds(now - found->applied_at).count() * 1e6);
  on_the_way_.erase(found);
}

void HotWord::print() {
  const double expansion_s = percentile(expansion_us_, 0.5) / 1e6;
  const auto turns = static_cast<double>(turn_us_.size());
  fmt::print(
      "{{\"bench\":\"fanout\",\"case\":\"hot_word\",\"listeners\":{},\"online\":{},"
      "\"direct_p99_us\":{:.0f},\"direct_p99_quiet_us\":{:.0f},\"direct_p50_us\":{:.0f},"
      "\"direct_p50_quiet_us\":{:.0f},\"arrival_p99_us\":{:.0f},\"arrival_p99_quiet_us\":{:.0f},",
      listeners_, online_.size(), percentile(hot_.since_apply, 0.99),
      percentile(quiet_.since_apply, 0.99), percentile(hot_.since_apply, 0.5),
      percentile(quiet_.since_apply, 0.5), percentile(hot_.since_arrival, 0.99),
      percentile(quiet_.since_arrival, 0.99));
  fmt::print(
      "\"peak_extra_bytes\":{},\"expanded_per_second\":{:.0f},\"expansion_ms\":{:.1f},"
      "\"turns_per_expansion\":{:.0f},\"turn_p50_us\":{:.0f},\"turn_p99_us\":{:.0f},"
      "\"turn_max_us\":{:.0f},\"checkpoint_max_us\":{:.0f},\"hot_posts\":{},\"directs\":{},"
      "\"directs_quiet\":{},\"others_busy\":{:.2f}}}\n",
      peak_extra_, static_cast<double>(listeners_) / expansion_s, expansion_s * 1e3,
      turns / static_cast<double>(expansion_us_.size()), percentile(turn_us_, 0.5),
      percentile(turn_us_, 0.99), percentile(turn_us_, 1), engine_->take_checkpoint_us(),
      expansion_us_.size(), hot_.since_apply.size(), quiet_.since_apply.size(), others_busy_);
  std::fflush(stdout);
}

}  // namespace

void hot_word(const Size& size) {
  HotWord(size).run();
}

}  // namespace bench
