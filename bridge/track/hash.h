// The hash under which words are looked up. Keyed with a secret that this process made up when it
// began: people choose the words, and nobody can choose them so that they fall together.
#pragma once

#include <cstdint>
#include <string_view>

namespace bridge::track {

// Another one in every process: never to be stored or sent. Any thread.
std::uint64_t hash_of(std::string_view word);

}  // namespace bridge::track
