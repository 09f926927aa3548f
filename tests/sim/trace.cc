#include "tests/sim/trace.h"

#include <cstdio>

namespace tests::sim {

void Trace::add(const std::string& text) {
  const auto ms = agenda_.elapsed().count();
  const std::string line =
      fmt::format("{:4}.{:03} {:7} {}\n", ms / 1000, ms % 1000, agenda_.steps(), text);
  for (const char c : line) sum_ = (sum_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  if (mode_ == Mode::kPrint) std::fwrite(line.data(), 1, line.size(), stdout);
}

}  // namespace tests::sim
