#include "bridge/base/thread.h"

#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

namespace bridge::base {

void name_thread(const char* name) {
  ::pthread_setname_np(::pthread_self(), name);
}

void lower_priority(int nice) {
  // On Linux a thread id names one thread here. Failing costs isolation, not correctness.
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice);
}

bool wait_readable(std::initializer_list<int> descriptors, std::chrono::milliseconds timeout) {
  std::vector<pollfd> entries;
  for (const int fd : descriptors) entries.push_back({fd, POLLIN, 0});
  return ::poll(entries.data(), entries.size(), static_cast<int>(timeout.count())) > 0;
}

}  // namespace bridge::base
