// StageLine: how far a long reading of a store has come, on one line that is written over.
//
//   StageLine line(std::cerr);   verify(path, line.progress());   line.end();
//
// At most once a second, and nothing at all for work that takes less. Reads the clock.
#pragma once

#include <ostream>
#include <string_view>

#include "bridge/backbone/verify.h"
#include "bridge/base/time.h"

namespace bridge::ctl {

class StageLine {
 public:
  explicit StageLine(std::ostream& out);

  // Refers to this object.
  backbone::VerifyProgress progress();
  // Leaves the line.
  void end();

 private:
  void show(std::string_view stage, std::uint64_t done, std::uint64_t of);

  std::ostream& out_;
  base::Time next_;
  bool shown_ = false;
};

}  // namespace bridge::ctl
