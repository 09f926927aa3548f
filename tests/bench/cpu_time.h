// The CPU time another process, or the whole machine, has used so far.
#pragma once

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace bench {

// All threads together, in seconds; the system's clock tick (10 ms) is the resolution. Throws when
// there is no such process.
inline double cpu_seconds_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) throw std::runtime_error("no process " + std::to_string(pid));
  std::istringstream fields(line.substr(line.rfind(')') + 1));  // a name may hold spaces
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  long user = 0;
  long system = 0;
  fields >> user >> system;
  return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// In seconds, all CPUs together.
struct MachineTime {
  double used = 0;    // by everybody on this machine
  double stolen = 0;  // wanted, but given to another machine by the host
};

inline MachineTime machine_time() {
  std::ifstream file("/proc/stat");
  std::string name;
  double user = 0;
  double nice = 0;
  double system = 0;
  double idle = 0;
  double waiting = 0;
  double hard_irq = 0;
  double soft_irq = 0;
  double stolen = 0;
  file >> name >> user >> nice >> system >> idle >> waiting >> hard_irq >> soft_irq >> stolen;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  return {.used = (user + nice + system + hard_irq + soft_irq) / ticks, .stolen = stolen / ticks};
}

}  // namespace bench
