// The log: one line of text per event, to stderr (which systemd hands to the journal).
//
//   log::Session session({.level = log::Level::kInfo});            // main, before the threads
//   log::info("{} of {} lanes are up", up, all);                   // anywhere, any thread
//
// Logging never blocks its caller: lines go to a bounded queue that a thread of the session writes
// out. When stderr is slower than the program the oldest lines waiting are dropped and counted.
// Whatever a message quotes, it stays one line: control characters are written as \xNN.
// Without a session nothing is written, which keeps unit tests quiet.
//
// Never log a direct message, a JID or a secret (law 10). For what strangers can cause at will, ask
// a log::Sparingly (sparingly.h) first. This header brings only fmt's core; spdlog stays in log.cc.
#pragma once

#include <fmt/core.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bridge::base::log {

enum class Level : int { kDebug, kInfo, kWarning, kError, kOff };

// "debug", "info", "warning", "error", "off".
std::optional<Level> parse_level(std::string_view text);

struct Options {
  Level level = Level::kInfo;
  // For tests: takes each finished line (no newline) on the session's thread. Empty: stderr.
  std::function<void(std::string_view)> sink = {};
};

// Logging is on while one lives; at most one per process. It outlives the threads that log.
class Session {
 public:
  // Lines waiting to be written; beyond this the oldest is dropped.
  static constexpr std::size_t kQueueMax = 8192;
  // A longer message is cut.
  static constexpr std::size_t kLineBytesMax = 4096;

  explicit Session(Options options);
  ~Session();  // writes out what waits
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  std::uint64_t dropped() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Takes effect at the next message. Any thread.
void set_level(Level level);

namespace detail {

extern std::atomic<int> threshold;  // kOff while there is no session

void write(Level level, fmt::string_view format, fmt::format_args arguments);

template <class... Args>
void write_if(Level level, fmt::format_string<Args...> format, Args&&... args) {
  if (static_cast<int>(level) < threshold.load(std::memory_order_relaxed)) return;
  write(level, format, fmt::make_format_args(args...));
}

}  // namespace detail

// Whether a message would be written: for one that takes work to put together. Any thread.
inline bool enabled(Level level) {
  return static_cast<int>(level) >= detail::threshold.load(std::memory_order_relaxed);
}

// What only somebody looking for a defect wants to see.
template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  detail::write_if<Args...>(Level::kDebug, format, std::forward<Args>(args)...);
}

// Life of the process: started, connected, reloaded. A handful per hour.
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  detail::write_if<Args...>(Level::kInfo, format, std::forward<Args>(args)...);
}

// Something an operator may want to change; the process copes.
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  detail::write_if<Args...>(Level::kWarning, format, std::forward<Args>(args)...);
}

// Something is not done that should have been.
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  detail::write_if<Args...>(Level::kError, format, std::forward<Args>(args)...);
}

}  // namespace bridge::base::log
