// audit: law 2 as a sum. Whatever was ever owed to somebody is delivered, waiting, in a digest,
// expired or withdrawn, each of it once, and `lapwingctl owed` says the same.
//
// Asked of a bridge that reads what the last one has left on its disk, and sends nothing: so it is
// the log and the cursors alone that answer. What is owed, and what was withdrawn, the oracle finds
// out from the log; what was delivered, the clients and their server know. (What is refused is not
// in the log: nobody was promised anything.)
#pragma once

#include "tests/sim/disk.h"
#include "tests/sim/xmpp_server.h"

namespace tests::sim {

// No bridge is running. Throws a Violation; says nothing while the disk cannot be read.
void audit(Stage& stage, Disk& disk, const XmppServer& server);

}  // namespace tests::sim
