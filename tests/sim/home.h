// home_of: a person of the simulation has an address in each of two domains and moves between
// them. Who got what is written down under the first, wherever they were just then.
#pragma once

#include <string>

namespace tests::sim {

inline std::string home_of(const std::string& address) {
  return address.substr(0, address.find('@')) + "@example.org";
}

}  // namespace tests::sim
