// Moments of a measurement, and what was used between two of them.
//
//   const Moment from = moment(pids);   ...   print_spent(from, moment(pids), "\"posts\":17");
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

#include "bridge/base/time.h"
#include "tests/bench/cpu_time.h"

namespace bench {

using bridge::base::Time;
using Seconds = std::chrono::duration<double>;

inline Time clock_now() {
  return std::chrono::steady_clock::now();
}

inline Time after(Time from, double seconds) {
  return from + std::chrono::duration_cast<Time::duration>(Seconds(seconds));
}

// The value below which so large a share lies; 0 without any. Reorders them.
inline double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

struct Moment {
  Time at;
  MachineTime machine;
  std::vector<double> cpu;  // of this process, and each asked about
};

inline Moment moment(const std::vector<int>& pids) {
  Moment moment{.at = clock_now(), .machine = machine_time(), .cpu = {cpu_seconds_of(::getpid())}};
  for (const int pid : pids) moment.cpu.push_back(cpu_seconds_of(pid));
  return moment;
}

// How many CPUs strangers used between the two.
inline double others_busy(const Moment& from, const Moment& to) {
  double others = to.machine.used - from.machine.used;
  for (std::size_t i = 0; i < to.cpu.size(); ++i) others -= to.cpu[i] - from.cpu[i];
  return std::max(0.0, others / Seconds(to.at - from.at).count());
}

// A line of JSON; `counted` is what else belongs into it.
inline void print_spent(const Moment& from, const Moment& to, std::string_view counted) {
  std::vector<double> cpu = to.cpu;
  for (std::size_t i = 0; i < cpu.size(); ++i) cpu[i] -= from.cpu[i];
  fmt::print(
      "{{\"seconds\":{:.4f},{},\"machine_cpu\":{:.3f},\"stolen\":{:.3f},\"cpu\":[{:.3f}]}}\n",
      Seconds(to.at - from.at).count(), counted, to.machine.used - from.machine.used,
      to.machine.stolen - from.machine.stolen, fmt::join(cpu, ","));
}

}  // namespace bench
