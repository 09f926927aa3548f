#include "bridge/base/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

namespace bridge::base {

Signals::Signals(std::initializer_list<int> wanted) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : wanted) ::sigaddset(&set, signal);
  ::pthread_sigmask(SIG_BLOCK, &set, &before_);
  std::signal(SIGPIPE, SIG_IGN);
  fd_ = must_open(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd");
}

Signals::~Signals() {
  while (take()) {
  }
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> Signals::take() {
  signalfd_siginfo info{};
  if (::read(fd_.get(), &info, sizeof info) != sizeof info) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

}  // namespace bridge::base
