// StropheLink: libstrophe as a parser and handshaker that never touches the network.
//
//     Fd socket = *link.connect("127.0.0.1", 5347);   // ours to read, write and close
//     link.feed(bytes);                               // what the server sent, filtered
//     link.drain(out);                                // what libstrophe wants to send
//
// libstrophe insists on connecting by itself and on reading its own descriptor. So it may connect;
// then its descriptor is replaced by one end of a socket pair (dup2), and the TCP socket is handed
// to the caller, who relays. That is what lets the gateway bound every stanza before it is parsed
// and count every byte it sends.
//
// The one file that knows strophe.h. It holds the work-around without which libstrophe 0.12 to 0.14
// crashes in component mode (strophe_link.cc, prepare()). libstrophe's callbacks only fill the
// inbox: no caller's code ever runs inside its frames. One thread, the same for the whole life.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/base/fd.h"
#include "bridge/base/result.h"
#include "gateway/xmpp/stanza.h"

namespace gateway::xmpp {

// How a stream ended.
struct StreamEnd {
  std::string condition;  // of the stream error, such as "conflict"; empty when there was none
  std::string text;       // what the server said to it; may be empty
};

class StropheLink {
 public:
  StropheLink(const std::string& domain, const std::string& secret);
  ~StropheLink();
  StropheLink(const StropheLink&) = delete;
  StropheLink& operator=(const StropheLink&) = delete;

  // Begins a stream: a non-blocking socket, not yet connected. `address` is a literal (a name would
  // block). Only while idle(). kernel_buffer_bytes: of the socket's sending side.
  bridge::base::Result<bridge::base::Fd> connect(const std::string& address, std::uint16_t port,
                                                 int kernel_buffer_bytes);

  // No stream, and libstrophe has let go of the last one.
  bool idle() const;
  // The handshake was accepted.
  bool authenticated() const;

  // Lets libstrophe parse up to 4 KiB of `bytes` and run its timers; returns how many it was given.
  // Look into the inbox after each call.
  std::size_t feed(std::string_view bytes);

  // Appends what libstrophe wants sent; returns how many bytes.
  std::size_t drain(std::string& out);

  // The socket is gone: makes libstrophe end the stream too. Afterwards idle().
  void hang_up();

  // What arrived since the last call.
  std::vector<Stanza> take_stanzas();
  // How the last stream ended; while idle().
  const StreamEnd& last_end() const;

  // Stanzas dropped because their addresses or name made no sense.
  std::uint64_t unreadable() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gateway::xmpp
