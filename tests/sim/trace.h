// Trace: what happened in a run, a line per event, with the virtual time and the step in front.
//
// Written to stdout, or only summed up (two runs that have the same sum went the same way), or
// left alone, which costs nothing.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>

#include "tests/sim/agenda.h"

namespace tests::sim {

class Trace {
 public:
  enum class Mode { kOff, kSum, kPrint };

  Trace(const Agenda& agenda, Mode mode) : agenda_(agenda), mode_(mode) {}

  template <class... Args>
  void say(fmt::format_string<Args...> format, Args&&... args) {
    if (mode_ != Mode::kOff) add(fmt::format(format, std::forward<Args>(args)...));
  }

  std::uint64_t sum() const { return sum_; }

 private:
  void add(const std::string& text);

  const Agenda& agenda_;
  const Mode mode_;
  std::uint64_t sum_ = 0xcbf29ce484222325;  // FNV-1a
};

}  // namespace tests::sim
