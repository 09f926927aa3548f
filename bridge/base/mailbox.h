// Mailbox<T>: how threads hand each other work: many producers, one consumer, bounded.
//
//   if (!mailbox.push(std::move(request))) answer_busy(request);   // any thread, never blocks
//   poll(mailbox.fd()) ... mailbox.drain(batch, 256);              // the consumer's loop
//
// At the bound push() says no and leaves the item with its caller. The descriptor is readable
// exactly while something waits: it is written when the mailbox goes from empty to not empty and
// read when it goes back, so a busy mailbox costs no system calls. The mutex is held for a few
// moves of pointers (a lock-free queue would save little beside the wake-up, and could not keep
// "exactly").
#pragma once

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "bridge/base/fd.h"

namespace bridge::base {

template <class T>
class Mailbox {
 public:
  explicit Mailbox(std::size_t capacity)
      : capacity_(capacity),
        event_(must_open(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd for a mailbox")) {}

  // False when full: then `item` was not moved from. Any thread.
  bool push(T&& item) {
    const std::lock_guard lock(mutex_);
    if (items_.size() >= capacity_) return false;
    items_.push_back(std::move(item));
    if (items_.size() == 1) ::eventfd_write(event_.get(), 1);
    return true;
  }
  bool push(const T& item) { return push(T(item)); }

  // Appends up to `max` items, oldest first; returns how many. The consumer's thread.
  std::size_t drain(std::vector<T>& into, std::size_t max) {
    const std::lock_guard lock(mutex_);
    const std::size_t count = std::min(max, items_.size());
    if (count == 0) return 0;
    for (std::size_t i = 0; i < count; ++i) {
      into.push_back(std::move(items_.front()));
      items_.pop_front();
    }
    if (items_.empty()) {
      eventfd_t ignored = 0;
      ::eventfd_read(event_.get(), &ignored);
    }
    return count;
  }

  // Readable while something waits; for poll() only.
  int fd() const { return event_.get(); }

  // For a consumer without a poller of its own: true as soon as something waits, false after the
  // timeout or when a signal came first.
  bool wait(std::chrono::milliseconds timeout) const {
    pollfd entry{fd(), POLLIN, 0};
    return ::poll(&entry, 1, static_cast<int>(timeout.count())) > 0;
  }

  // Any thread; already old when it returns.
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }
  std::size_t capacity() const { return capacity_; }

 private:
  const std::size_t capacity_;
  const Fd event_;
  mutable std::mutex mutex_;
  std::deque<T> items_;  // guarded by mutex_
};

}  // namespace bridge::base
