// Shown: a value that its owner shows now and then, and others look at.
//
//   Shown<Top> top;   top.show(latest);   ...   const Top seen = top.look();
//
// The owner never waits: when somebody looks at that very moment, this time is left out. So what it
// shows has to be something that it will show again.
#pragma once

#include <mutex>
#include <utility>

namespace bridge::base {

template <class T>
class Shown {
 public:
  // The owning thread.
  void show(T value) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (lock.owns_lock()) value_ = std::move(value);
  }
  // Any thread.
  T look() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  T value_{};
};

}  // namespace bridge::base
