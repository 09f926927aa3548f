// XmppSink: many XMPP clients that do nothing but receive, cheap enough not to be what a bench
// measures: a log-in each, then one recv() and a search for the end tag per message.
//
//   XmppSink sink("127.0.0.1", 5222);
//   sink.log_in("alice@localhost", "secret");
//   poller.add_fd(sink.fd());
//   sink.read([](std::size_t client, std::string_view message) { ... });
//
// For a server on the loopback interface that the bench itself has started: no TLS, plain password,
// a stream that is taken to be well-formed. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/base/fd.h"

namespace bench {

class XmppSink {
 public:
  // A whole <message …>…</message>, and the number that log_in() returned.
  using OnMessage = std::function<void(std::size_t client, std::string_view message)>;

  // `host` is an address in digits.
  XmppSink(std::string host, std::uint16_t port);

  // Blocks until the client is available. Throws std::runtime_error when the server will not.
  std::size_t log_in(const std::string& jid, const std::string& password);
  std::size_t clients() const { return clients_.size(); }

  // Readable when any of the clients is.
  int fd() const { return epoll_.get(); }
  // Everything that has come. Throws when a client's connection ended.
  void read(const OnMessage& on_message);
  // Stanzas from one client. Blocks while the server does not read.
  void send(std::size_t client, std::string_view stanzas);

 private:
  struct Client {
    bridge::base::Fd socket;
    std::string jid;
    std::string unread;  // the beginning of a stanza
  };

  bridge::base::Fd connect() const;
  void read_one(std::size_t number, const OnMessage& on_message);

  const std::string host_;
  const std::uint16_t port_;
  bridge::base::Fd epoll_;
  std::vector<Client> clients_;
  std::string buffer_;
};

}  // namespace bench
