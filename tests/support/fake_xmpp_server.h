// FakeXmppServer: the server's side of XEP-0114 for tests, in the test's own thread.
//
//     FakeXmppServer server({.secret = "s3cret"});
//     …connect to 127.0.0.1, server.port()…
//     while (!server.authenticated()) { component.turn(now); server.turn(); }
//     server.send("<message from='alice@x' to='bot@im.example'>…</message>");
//
// It listens on a free loopback port, takes one connection at a time (a newer one replaces it),
// checks the handshake, collects stanzas as text and answers pings. Nothing happens outside turn().
// It shares no code with the gateway, so that both cannot be wrong in the same way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tests::support {

class FakeXmppServer {
 public:
  // What happens to an XEP-0199 request from the component.
  enum class Pings {
    kEcho,    // routed back as it is: what a server does with a ping to the component's own domain
    kResult,  // answered as the server's host does
    kError,   // answered with service-unavailable
    kWithhold,  // kept until release_pings()
  };
  struct Options {
    std::string secret = "secret";
    std::string domain = "im.example";  // the component's
    Pings pings = Pings::kEcho;
  };

  explicit FakeXmppServer(Options options);
  ~FakeXmppServer();

  std::uint16_t port() const;
  // Accepts, reads, answers, writes. Never blocks. Returns how many bytes it read.
  std::size_t turn();

  bool connected() const;
  bool authenticated() const;
  std::size_t connections() const;   // accepted so far
  std::size_t pings() const;         // requests seen so far
  std::string_view problem() const;  // what the component did wrong; empty when nothing

  // Whole stanzas since the last call, as they were written, without pings and their answers.
  std::vector<std::string> take_stanzas();

  void set_pings(Pings pings);
  void release_pings();                           // echoes what was withheld, and from now on
  void set_reading(bool reading);                 // off: a server that is too slow
  void refuse_handshakes(std::string condition);  // answered with this stream error; empty: none

  void send(std::string_view bytes);              // leaves with turn()
  void stream_error(std::string_view condition);  // and closes
  void close();                                   // without a word
  void stop_listening();
  void listen_again();  // on the same port

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tests::support
