// Signals: SIGTERM and SIGINT as something to poll for; SIGPIPE ignored.
//
//   Signals signals;                       // first thing in main: threads inherit what is blocked
//   poll(signals.fd()) ... if (signals.take()) leave_the_loop();
//
// No handler runs, so nothing has to be safe inside one. One per process; the descriptor belongs to
// the thread that polls it.
#pragma once

#include <csignal>
#include <initializer_list>
#include <optional>

#include "bridge/base/fd.h"

namespace bridge::base {

class Signals {
 public:
  explicit Signals(std::initializer_list<int> wanted = {SIGTERM, SIGINT});
  ~Signals();  // takes what is left and unblocks
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Readable while a signal waits.
  int fd() const { return fd_.get(); }

  // The next signal that came, without waiting; nullopt when there is none.
  std::optional<int> take();

 private:
  sigset_t before_{};
  Fd fd_;
};

}  // namespace bridge::base
