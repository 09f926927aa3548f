// SessionJournal: where sessions survive a restart: changes in the order in which they were made.
//
// An interface, so that tests can keep them in memory (MemoryJournal, below). FileJournal is the
// real one.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bridge/base/result.h"

namespace gateway::web {

class SessionJournal {
 public:
  virtual ~SessionJournal() = default;
  // All lines, oldest first.
  virtual bridge::base::Result<std::vector<std::string>> read() = 0;
  // Adds a line. `durable`: survives a power failure, too, when this returns. What cannot be
  // written is logged: the change holds until the next start.
  virtual void append(const std::string& line, bool durable) = 0;
  // These lines take the place of all.
  virtual void replace(const std::vector<std::string>& lines) = 0;
  virtual std::size_t lines() const = 0;
};

class MemoryJournal final : public SessionJournal {
 public:
  bridge::base::Result<std::vector<std::string>> read() override { return lines_; }
  void append(const std::string& line, bool) override { lines_.push_back(line); }
  void replace(const std::vector<std::string>& lines) override { lines_ = lines; }
  std::size_t lines() const override { return lines_.size(); }

 private:
  std::vector<std::string> lines_;
};

}  // namespace gateway::web
