// Measures the throttle alone: nanoseconds a decision and bytes a key, beside what one would write
// first: a token bucket for each key in a std::unordered_map behind a mutex.
//
//   throttle_meter hot|cold_10m [--keys N] [--rounds N]
//
// hot        one person again and again through all five levels. Beside it, five looks into such
// maps. cold_10m   decisions for random ones of N people (10 million) in 1,000 domains, through the
// same
//            five levels, in batches whose keys are brought near first. Beside it, the map with
//            as many.
// Both take turns; printed is the median round. One line of JSON.
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/bench/heap.h"
#include "throttle/gate.h"

namespace {

using namespace throttle;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 32;
constexpr std::size_t kDomains = 1000;

// A fast generator of our own, so that making keys costs little and both sides pay the same.
struct Keys {
  std::uint64_t state = 0x243F6A8885A308D3u;
  std::uint64_t next() {
    state += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
  }
};

// The n-th person's key, as a hash would spread it.
KeyId key_of(std::uint64_t person) {
  Keys keys{person * 0xD1B54A32D192ED03u};
  return keys.next();
}

// What one would write first.
class MapLimiter {
 public:
  bool decide(KeyId key, double rate, double burst, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    Bucket& bucket = buckets_.try_emplace(key, Bucket{burst, now}).first->second;
    const double passed = std::chrono::duration<double>(now - bucket.at).count();
    bucket.tokens = std::min(burst, bucket.tokens + passed * rate);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
  void reserve(std::size_t keys) { buckets_.reserve(keys); }

 private:
  struct Bucket {
    double tokens;
    Clock::time_point at;
  };
  std::mutex mutex_;
  std::unordered_map<KeyId, Bucket> buckets_;
};

struct Gate {
  explicit Gate(std::size_t people) : persons(people), domains(kDomains) {}

  KeyedLimiter persons, domains;
  Limiter command, client, lane;
  // Wide, so that everything is admitted: an admission checks and charges all levels.
  KeyedRule person_rule{{.policy = *Policy::parse("1000000/s burst 100000000")}};
  KeyedRule domain_rule = person_rule;
  Rule single{.policy = *Policy::parse("900000000/s burst 900000000")};

  bool decide(KeyId person, KeyId domain, Time now) {
    const Level levels[] = {{"person", persons, person, person_rule},
                            {"domain", domains, domain, domain_rule},
                            {"command", command, single},
                            {"client", client, single},
                            {"lane", lane, single}};
    return pass(levels, now).admitted();
  }
};

struct Maps {
  MapLimiter persons, domains, command, client, lane;
  bool decide(KeyId person, KeyId domain, Clock::time_point now) {
    return persons.decide(person, 1e6, 1e8, now) && domains.decide(domain, 1e6, 1e8, now) &&
           command.decide(1, 9e8, 9e8, now) && client.decide(1, 9e8, 9e8, now) &&
           lane.decide(1, 9e8, 9e8, now);
  }
};

// CPU time of this thread: a busy machine disturbs it less than the clock.
double thread_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

// Nanoseconds for each of `count` calls of the body.
template <class Body>
double ns_each(std::uint64_t count, Body&& body) {
  const double start = thread_ns();
  std::uint64_t admitted = 0;
  body(admitted);
  const double took = thread_ns() - start;
  if (admitted != count) {
    std::fprintf(stderr, "throttle_meter: %llu of %llu were admitted\n",
                 static_cast<unsigned long long>(admitted), static_cast<unsigned long long>(count));
    std::exit(1);
  }
  return took / static_cast<double>(count);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Line {
  std::vector<double> ours, maps;
  double bytes_per_key = 0, map_bytes_per_key = 0;
  std::uint64_t overflowed = 0;
};

// A moment later for each decision, as if there were a million a second.
constexpr Duration kStep = std::chrono::microseconds(1);

Line hot(std::uint64_t decisions, int rounds) {
  Line line;
  Gate gate(1000);
  Maps maps;
  Time now = Clock::now();
  const KeyId person = key_of(1), domain = key_of(2);
  for (int round = 0; round < rounds; ++round) {
    line.ours.push_back(ns_each(decisions, [&](std::uint64_t& admitted) {
      for (std::uint64_t i = 0; i < decisions; ++i)
        admitted += gate.decide(person, domain, now += kStep);
    }));
    line.maps.push_back(ns_each(decisions, [&](std::uint64_t& admitted) {
      for (std::uint64_t i = 0; i < decisions; ++i)
        admitted += maps.decide(person, domain, now += kStep);
    }));
  }
  return line;
}

Line cold(std::uint64_t people, std::uint64_t decisions, int rounds) {
  Line line;
  Gate gate(people);
  Time now = Clock::now();
  // Everybody is busy for all of the measurement.
  gate.person_rule.policy = *Policy::parse("1/m burst 100");
  for (std::uint64_t i = 0; i < people; ++i) gate.decide(key_of(i), key_of(i % kDomains), now);
  // What it has asked for; jemalloc rounds a block of this size up by as much as a quarter, of
  // pages that are never touched.
  line.bytes_per_key = static_cast<double>(gate.persons.bytes() + gate.domains.bytes()) /
                       static_cast<double>(people);
  line.overflowed = gate.persons.overflow_charges();
  const bench::Heap map_heap;
  Maps maps;
  maps.persons.reserve(people);
  for (std::uint64_t i = 0; i < people; ++i) maps.decide(key_of(i), key_of(i % kDomains), now);
  line.map_bytes_per_key = static_cast<double>(map_heap.grown()) / static_cast<double>(people);
  Keys random;
  for (int round = 0; round < rounds; ++round) {
    now += std::chrono::minutes(100);  // nobody's burst is used up
    line.ours.push_back(ns_each(decisions, [&](std::uint64_t& admitted) {
      KeyId batch[kBatch];
      KeyId domain[kBatch];
      for (std::uint64_t i = 0; i < decisions; i += kBatch) {
        for (std::size_t j = 0; j < kBatch; ++j) {
          const std::uint64_t who = random.next() % people;
          batch[j] = key_of(who);
          domain[j] = key_of(who % kDomains);
          gate.persons.prefetch(batch[j]);
        }
        for (std::size_t j = 0; j < kBatch; ++j)
          admitted += gate.decide(batch[j], domain[j], now += kStep);
      }
    }));
    line.maps.push_back(ns_each(decisions, [&](std::uint64_t& admitted) {
      for (std::uint64_t i = 0; i < decisions; ++i) {
        const std::uint64_t who = random.next() % people;
        admitted += maps.decide(key_of(who), key_of(who % kDomains), now += kStep);
      }
    }));
  }
  return line;
}

// The hash that a request's address goes through once, of a usual length.
double ns_per_hash() {
  const KeyedLimiter limiter(1);
  std::string address = "alice0000@jabber.example.org";
  std::uint64_t sum = 0;
  constexpr std::uint64_t kTimes = 1'000'000;
  const double start = thread_ns();
  for (std::uint64_t i = 0; i < kTimes; ++i) {
    address[6] = static_cast<char>('0' + i % 10);
    sum += limiter.id(address);
  }
  const double took = thread_ns() - start;
  return sum == 0 ? 0 : took / static_cast<double>(kTimes);
}

// O(1): a new policy for a table, whatever is in it.
double ns_per_switch(std::uint64_t people) {
  KeyedLimiter limiter(people);
  Time now = Clock::now();
  const Policy policies[] = {*Policy::parse("1/m burst 100"), *Policy::parse("2/m burst 50")};
  for (std::uint64_t i = 0; i < people; ++i) {
    KeyedLimiter::Place place;
    limiter.find(key_of(i), policies[0], nullptr, now, place);
    limiter.charge(place, now, 1);
  }
  constexpr std::uint64_t kTimes = 60;  // fewer than a table lets its lines lag behind
  const double start = thread_ns();
  for (std::uint64_t i = 1; i <= kTimes; ++i)
    limiter.check("somebody", policies[i % 2], now += kStep);
  return (thread_ns() - start) / static_cast<double>(kTimes);
}

int usage() {
  std::fprintf(stderr, "usage: throttle_meter hot|cold_10m [--keys N] [--rounds N]\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return usage();
  const std::string_view name = argv[1];
  std::uint64_t keys = 10'000'000;
  int rounds = 5;
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    if (option == "--keys") keys = std::strtoull(argv[i + 1], nullptr, 10);
    if (option == "--rounds") rounds = std::atoi(argv[i + 1]);
  }
  if ((name != "hot" && name != "cold_10m") || keys < kDomains || rounds < 1) return usage();
  const std::uint64_t decisions =
      std::max<std::uint64_t>(std::min<std::uint64_t>(keys, 2'000'000) / kBatch, 1) * kBatch;
  const bool is_hot = name == "hot";
  const Line line = is_hot ? hot(decisions, rounds) : cold(keys, decisions, rounds);
  const double ours = median(line.ours), maps = median(line.maps);
  std::printf(
      "{\"bench\":\"throttle\",\"case\":\"%s\",\"ns_per_decision\":%.1f,\"bytes_per_key\":%.1f,"
      "\"ratio_to_map\":%.3f,\"map_ns\":%.1f,\"map_bytes_per_key\":%.1f,\"keys\":%llu,"
      "\"overflowed\":%llu,\"ns_fastest\":%.1f,\"ns_per_hash\":%.1f,\"ns_per_switch\":%.0f}\n",
      argv[1], ours, line.bytes_per_key, ours / maps, maps, line.map_bytes_per_key,
      static_cast<unsigned long long>(is_hot ? 1 : keys),
      static_cast<unsigned long long>(line.overflowed), *std::ranges::min_element(line.ours),
      ns_per_hash(), ns_per_switch(is_hot ? 1000 : keys));
}
