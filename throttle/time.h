// Time is an argument everywhere in this library: it has no clock, no thread and no timer.
#pragma once

#include <chrono>

namespace throttle {

using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

}  // namespace throttle
