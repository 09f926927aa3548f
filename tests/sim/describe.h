// describe: a record of the log in a few words, for the trace.
#pragma once

#include <string>

#include "bridge/backbone/store.h"

namespace tests::sim {

std::string describe(const bridge::backbone::Record& record);

}  // namespace tests::sim
