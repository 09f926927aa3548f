// Samples: named numbers over the last while, so that a page opened now has its last hour at once.
//
//   samples.add(now_ms, {{"posts", rate.of("posts", report.head(), now)}, …});
//   respond(samples.json(after));
//
// A ring of `rows_max` rows (1,800: an hour at two seconds); the oldest row gives way. Columns come
// into being with the first number of their name, `kColumnsMax` at most: further ones are left out.
// One thread.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/base/time.h"

namespace gateway::web {

class Samples {
 public:
  static constexpr std::size_t kColumnsMax = 64;
  using Row = std::vector<std::pair<std::string, std::optional<double>>>;

  explicit Samples(std::size_t rows_max = 1800) : rows_max_(rows_max) {}

  // Later than the row before it, or it is left out. nullopt: nobody knows.
  void add(bridge::base::WallMs at_ms, const Row& row);

  // {"names":["posts",…],"complete":true,"rows":[[at_ms,1.5,null,…],…]}: the rows after that time.
  // Complete: they are all there are, so whoever asked should forget what it had.
  std::string json(bridge::base::WallMs after_ms) const;
  std::size_t size() const { return rows_.size(); }

 private:
  struct Kept {
    bridge::base::WallMs at_ms = 0;
    std::vector<std::optional<double>> values;
  };
  std::size_t rows_max_;
  std::vector<std::string> names_;
  std::deque<Kept> rows_;
};

// Rates from counters that only grow. A counter that fell has begun anew: nothing is known then.
class Rates {
 public:
  // Per second, since the last time; nullopt the first time.
  std::optional<double> of(std::string_view name, std::uint64_t value, bridge::base::Time now);

 private:
  struct Last {
    std::uint64_t value = 0;
    bridge::base::Time at{};
  };
  std::map<std::string, Last, std::less<>> last_;
};

}  // namespace gateway::web
