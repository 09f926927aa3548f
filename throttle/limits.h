// Published<T>: an immutable value that is replaced whole, such as all limits of a daemon.
//
//   Published<Limits> published(first);          // main
//   Published<Limits>::Reader limits(published);  // one per thread
//   const Limits& now_in_force = limits.get();    // once a turn
//   published.publish(next);                      // whoever reloads the configuration
//
// A decision sees either all of the old limits or all of the new ones. Reading costs one atomic
// load; the mutex is taken only in the turn after a change, to copy a pointer.
// (std::atomic<shared_ptr> locks on every load in libstdc++ 12, and its load's unlock is too weak
// for the thread sanitizer.)
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace throttle {

template <class T>
class Published {
 public:
  explicit Published(T first) : value_(std::make_shared<const T>(std::move(first))) {}

  // Any thread. Takes effect at each reader's next get().
  void publish(T next) {
    auto value = std::make_shared<const T>(std::move(next));
    const std::lock_guard lock(mutex_);
    value_.swap(value);
    version_.fetch_add(1, std::memory_order_release);
  }

  // Any thread; the snapshot lives as long as somebody holds it.
  std::shared_ptr<const T> snapshot() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

  // One thread's view. The Published outlives it.
  class Reader {
   public:
    explicit Reader(const Published& source) : source_(source) { refresh(); }

    // The value in force; the reference holds until the next get().
    const T& get() {
      if (source_.version_.load(std::memory_order_acquire) != version_) refresh();
      return *value_;
    }

   private:
    void refresh() {
      const std::lock_guard lock(source_.mutex_);
      value_ = source_.value_;
      version_ = source_.version_.load(std::memory_order_relaxed);
    }

    const Published& source_;
    std::shared_ptr<const T> value_;
    std::uint64_t version_ = 0;
  };

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;  // guarded by mutex_
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace throttle
