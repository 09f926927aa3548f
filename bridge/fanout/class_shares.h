// ClassShares: how the classes of deliveries share what may be sent when there is more to send.
//
// They take turns in rounds (throttle/fair_queue.h). In each round a class sends its weight, or its
// reserve where that is more, counted in deliveries. A class that had nothing to send may make up
// for at most `idle_rounds` of the rounds it missed, at once when it has something again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bridge/fanout/pending.h"
#include "throttle/fair_queue.h"

namespace bridge::fanout {

struct ClassShare {
  std::uint32_t weight = 1;   // at least 1
  std::uint32_t reserve = 0;  // whatever the weight
};

struct ClassShares {
  ClassShare direct = {8};
  ClassShare reply = {6};
  ClassShare follow = {4};
  ClassShare track = {2};
  ClassShare backlog = {1};
  std::uint32_t idle_rounds = 0;
};

// Of deliveries, by Kind.
std::array<throttle::ClassOptions, kKinds> class_options(const ClassShares& shares,
                                                         std::size_t capacity);

// Of jobs, by the list they are in: followers, track, hot track.
inline constexpr std::size_t kJobClasses = 3;
std::array<throttle::ClassOptions, kJobClasses> job_class_options(const ClassShares& shares,
                                                                  std::size_t capacity);

}  // namespace bridge::fanout
