// The start-up self-test of the XMPP stream: does the installed libstrophe still work the way
// strophe_link.cc relies on?
//
//     if (auto sound = self_test(); !sound) { …say sound.error().text and exit… }
//
// Every released libstrophe crashes in component mode without the work-around there, so a
// distribution's upgrade may break it without an error. This runs a StropheComponent against a
// server of a few lines on a loopback socket, in a child process, so that a crash becomes a
// sentence: handshake, a message each way, a lost connection, and all of it again. Takes some
// milliseconds.
//
// Call it from main() before any thread is started (it forks). It never touches the network beyond
// loopback, nor the real server.
#pragma once

#include <string>

#include "bridge/base/result.h"

namespace gateway::xmpp {

bridge::base::Result<void> self_test();

// Runs `test` in a child process with `seconds` to live; what it returns is what went wrong, empty
// for nothing. A crash, an exception or a child that hangs is an error too.
bridge::base::Result<void> run_in_child(std::string (*test)(), unsigned seconds);

}  // namespace gateway::xmpp
