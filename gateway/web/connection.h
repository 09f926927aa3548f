// Connection: one TCP connection of the Server, a request at a time. Private to the adapter
// (server.cc, connection.cc): it names Boost's types.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "gateway/web/http.h"
#include "gateway/web/server.h"

namespace gateway::web {

class Connection;

// What connections share with their server, which outlives them.
class ConnectionHost {
 public:
  ConnectionHost(const ServerSettings& s, Handler& h, ServerCounters& c, bridge::base::Histogram& t)
      : settings(s), handler(h), counters(c), times(t) {}

  const ServerSettings& settings;
  Handler& handler;
  ServerCounters& counters;
  bridge::base::Histogram& times;
  bool closing = false;  // the server: every answer is a connection's last
  // Forgets it; it is closed.
  virtual void forget(const std::shared_ptr<Connection>& connection) = 0;

 protected:
  ~ConnectionHost() = default;
};

class Connection : public Stream, public std::enable_shared_from_this<Connection> {
 public:
  using Tcp = boost::asio::ip::tcp;

  Connection(Tcp::socket socket, std::string address, bool trusted, ConnectionHost& host);

  void start() { wait_for_request(); }
  void check_deadline(bridge::base::Time now);
  // Ends it when it is between requests, or a stream.
  void close_if_idle();
  const std::string& address() const { return address_; }
  bool trusted() const { return trusted_; }

  // Stream
  void write(SharedText text) override;
  std::size_t waiting_bytes() const override { return out_bytes_; }
  bool open() const override { return state_ == State::kStreaming; }
  void close() override;
  void finish() override;

 private:
  enum class State { kIdle, kReading, kHandling, kWriting, kStreaming, kLingering, kClosed };
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  struct Answer;

  void wait_for_request();
  void wait_readable();
  void on_readable();
  void discard();
  void parse();
  void dispatch();
  HttpRequest make_request(bool& readable) const;
  void refuse(unsigned status, std::string text);
  void respond(HttpResponse response);
  void flush();
  void on_written();
  void finished();
  void linger();
  void end();

  Tcp::socket socket_;
  const std::string address_;
  const bool trusted_;
  ConnectionHost& host_;

  State state_ = State::kIdle;
  std::optional<bridge::base::Time> deadline_;

  // Of the request at hand.
  std::string in_;  // bytes not parsed yet
  std::unique_ptr<Parser> parser_;
  bool keep_alive_ = false;
  bool finishing_ = false;  // a stream: nothing more will be written
  bool old_version_ = false;
  bool head_only_ = false;
  std::string if_none_match_;
  bridge::base::Time begun_{};
  std::function<void(std::shared_ptr<Stream>)> stream_;  // once the head is out

  std::deque<SharedText> out_;
  std::size_t out_offset_ = 0;  // of the first
  std::size_t out_bytes_ = 0;
  bool waits_readable_ = false;
  bool waits_writable_ = false;
};

}  // namespace gateway::web
