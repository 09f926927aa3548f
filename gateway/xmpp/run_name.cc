#include "gateway/xmpp/run_name.h"

#include <fmt/format.h>

#include <random>

namespace gateway::xmpp {

std::string random_run_name() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

}  // namespace gateway::xmpp
