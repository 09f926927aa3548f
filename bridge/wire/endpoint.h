// Where a socket binds or connects: tcp://HOST:PORT or ipc://PATH, judged before ZeroMQ sees it.
//
//   auto endpoint = parse_endpoint("tcp://127.0.0.1:7601");
//   endpoint->loopback  // may go without keys
//
// For socket.cc and for configuration checks. Resolves no names and opens nothing; the two ipc
// functions touch the file system only.
#pragma once

#include <string>
#include <string_view>

#include "bridge/base/result.h"

namespace bridge::wire {

struct Endpoint {
  enum class Transport { kTcp, kIpc };
  Transport transport = Transport::kTcp;
  bool loopback = false;  // tcp: literally 127.x.y.z, [::1] or localhost
  bool ipv6 = false;      // tcp: the address is written in brackets
  std::string path;       // ipc: the socket file
};

// kBadRequest with a good example when it is neither kind. Abstract ipc names (@name) are refused:
// they have no file permission, so anybody on the machine could connect.
base::Result<Endpoint> parse_endpoint(std::string_view endpoint);

// Makes way for a bind: removes the socket file that a killed process left behind. ZeroMQ would
// take the path over from a living listener without a word, so this asks first: kConflict when
// somebody listens there, or when the file is no socket.
base::Result<void> clear_ipc_path(const std::string& path);

// While it lives, files and sockets are created with at most `mode`. The mask belongs to the whole
// process, so lanes are bound before other threads create files.
class CreationMode {
 public:
  explicit CreationMode(int mode);
  ~CreationMode();
  CreationMode(const CreationMode&) = delete;
  CreationMode& operator=(const CreationMode&) = delete;

 private:
  unsigned previous_;
};

}  // namespace bridge::wire
