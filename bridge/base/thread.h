// What every thread of a daemon does at its start, and how it waits without a ZeroMQ socket.
#pragma once

#include <chrono>
#include <initializer_list>

namespace bridge::base {

// For top and gdb: at most 15 characters.
void name_thread(const char* name);

// Lowers the calling thread's share of the CPU (nice 0 to 19); threads it starts inherit that. An
// unprivileged process cannot take it back.
void lower_priority(int nice);

// True as soon as one of the descriptors is readable; false after the timeout or a signal.
bool wait_readable(std::initializer_list<int> descriptors, std::chrono::milliseconds timeout);

}  // namespace bridge::base
