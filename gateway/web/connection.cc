#include "gateway/web/connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/container/static_vector.hpp>
#include <utility>

#include "gateway/web/response_text.h"
#include "gateway/web/target.h"

namespace gateway::web {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace base = bridge::base;
using boost::system::error_code;

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kGather = 16;  // buffers in one write
constexpr std::chrono::seconds kLinger{2};

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lowered;
}

// The last address that a proxy we trust has added.
std::string forwarded_for(std::string_view header) {
  const auto comma = header.rfind(',');
  if (comma != std::string_view::npos) header.remove_prefix(comma + 1);
  while (header.starts_with(' ')) header.remove_prefix(1);
  return std::string(header.substr(0, 64));
}

}  // namespace

// A handler's promise to answer. One that is dropped is answered too, or its asker would wait.
struct Connection::Answer {
  std::weak_ptr<Connection> connection;
  bool given = false;

  void give(HttpResponse response) {
    if (std::exchange(given, true)) return;
    if (const auto there = connection.lock()) there->respond(std::move(response));
  }
  ~Answer() { give({.status = 500, .body = "This was not answered.\n"}); }
};

Connection::Connection(Tcp::socket socket, std::string address, bool trusted, ConnectionHost& host)
    : socket_(std::move(socket)), address_(std::move(address)), trusted_(trusted), host_(host) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(Tcp::no_delay(true), ignored);
}

void Connection::wait_for_request() {
  state_ = State::kIdle;
  parser_.reset();
  if (!in_.empty()) return parse();  // pipelined
  in_.shrink_to_fit();
  deadline_ = base::read_clocks().mono + host_.settings.idle_timeout;
  wait_readable();
}

void Connection::wait_readable() {
  if (std::exchange(waits_readable_, true)) return;
  socket_.async_wait(Tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
    self->waits_readable_ = false;
    if (error) return self->end();
    self->on_readable();
  });
}

void Connection::on_readable() {
  if (state_ == State::kClosed) return;
  if (state_ != State::kIdle && state_ != State::kReading) return discard();
  char bytes[kReadBytes];
  error_code error;
  const std::size_t count = socket_.read_some(asio::buffer(bytes), error);
  if (error == asio::error::would_block) return wait_readable();
  if (error) return end();
  in_.append(bytes, count);
  parse();
}

// A stream's reader has nothing to say, and who was refused is not listened to.
void Connection::discard() {
  char bytes[kReadBytes];
  error_code error;
  socket_.read_some(asio::buffer(bytes), error);
  if (error && error != asio::error::would_block) return end();
  wait_readable();
}

void Connection::parse() {
  if (!parser_) {
    state_ = State::kReading;
    deadline_ = base::read_clocks().mono + host_.settings.request_timeout;
    parser_ = std::make_unique<Parser>();
    parser_->header_limit(static_cast<std::uint32_t>(host_.settings.header_bytes_max));
    parser_->body_limit(host_.settings.body_bytes_max);
    parser_->eager(true);
  }
  error_code error;
  while (!in_.empty() && !parser_->is_done()) {
    const std::size_t used = parser_->put(asio::buffer(in_), error);
    in_.erase(0, used);
    if (error == http::error::need_more) break;
    if (error) {
      ++host_.counters.bad_requests;
      if (error == http::error::header_limit)
        return refuse(431, "The headers of this request are too long.\n");
      if (error == http::error::body_limit)
        return refuse(413, "The body of this request is too long.\n");
      return refuse(400, "This is no request of HTTP.\n");
    }
    if (used == 0) break;
  }
  if (parser_->is_done()) return dispatch();
  wait_readable();
}

HttpRequest Connection::make_request(bool& readable) const {
  const auto& message = parser_->get();
  HttpRequest request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.now = base::read_clocks();
  request.peer = address_;
  for (const auto& header : message)
    request.headers.emplace_back(lower(header.name_string()), std::string(header.value()));
  if (auto target = parse_target(request.target)) {
    request.path = std::move(target->path);
    request.query = std::move(target->query);
  } else {
    readable = false;
  }
  request.cookies = parse_cookies(request.header("cookie"));
  if (trusted_) {
    if (const auto from = request.header("x-forwarded-for"); !from.empty())
      request.peer = forwarded_for(from);
    request.secure = request.header("x-forwarded-proto") == "https";
  }
  return request;
}

void Connection::dispatch() {
  state_ = State::kHandling;
  deadline_.reset();
  ++host_.counters.requests;
  const auto& message = parser_->get();
  keep_alive_ = message.keep_alive();
  old_version_ = message.version() < 11;
  bool readable = true;
  HttpRequest request = make_request(readable);
  begun_ = request.now.mono;
  head_only_ = request.method == "HEAD";
  if_none_match_ = std::string(request.header("if-none-match"));
  if (!readable) return refuse(400, "This address cannot be read.\n");
  request.body = std::move(parser_->get().body());
  parser_.reset();
  auto answer = std::make_shared<Answer>();
  answer->connection = weak_from_this();
  host_.handler.handle(request,
                       [answer](HttpResponse response) { answer->give(std::move(response)); });
}

void Connection::refuse(unsigned status, std::string text) {
  keep_alive_ = false;
  in_.clear();
  parser_.reset();
  state_ = State::kHandling;
  begun_ = base::read_clocks().mono;
  respond({.status = status, .body = std::move(text)});
}

void Connection::respond(HttpResponse response) {
  if (state_ != State::kHandling) return;
  state_ = State::kWriting;
  const base::Now now = base::read_clocks();
  if (response.status == 200 && has_etag(if_none_match_, response.etag)) {
    response.status = 304;
    response.body.clear();
    response.shared.reset();
  }
  if (host_.closing) keep_alive_ = false;
  ++host_.counters.answers[std::min<std::size_t>(response.status / 100, 5)];
  std::string head = response_head(
      response, {.keep_alive = keep_alive_, .old_version = old_version_, .now_ms = now.wall_ms});
  SharedText body = std::move(response.shared);
  if (head_only_ || response.status == 304) {
    body.reset();
    if (!head_only_) response.stream = {};
  } else if (!body && !response.body.empty()) {
    if (response.body.size() < 4096) {
      head += response.body;
    } else {
      body = std::make_shared<const std::string>(std::move(response.body));
    }
  }
  if (response.stream) keep_alive_ = false;  // as the head says
  if (!head_only_) stream_ = std::move(response.stream);
  out_bytes_ = head.size() + (body ? body->size() : 0);
  out_.push_back(std::make_shared<const std::string>(std::move(head)));
  if (body && !body->empty()) out_.push_back(std::move(body));
  host_.times.record(static_cast<std::uint64_t>((now.mono - begun_).count()));
  flush();
}

void Connection::flush() {
  while (!out_.empty()) {
    boost::container::static_vector<asio::const_buffer, kGather> buffers;
    for (const SharedText& text : out_) {
      if (buffers.size() == kGather) break;
      buffers.push_back(asio::buffer(*text) + (buffers.empty() ? out_offset_ : 0));
    }
    error_code error;
    std::size_t written = socket_.write_some(buffers, error);
    if (error == asio::error::would_block) {
      if (!deadline_) deadline_ = base::read_clocks().mono + host_.settings.write_timeout;
      if (std::exchange(waits_writable_, true)) return;
      return socket_.async_wait(Tcp::socket::wait_write,
                                [self = shared_from_this()](error_code failed) {
                                  self->waits_writable_ = false;
                                  if (failed) return self->end();
                                  if (self->state_ != State::kClosed) self->flush();
                                });
    }
    if (error) return end();
    deadline_.reset();  // it reads
    host_.counters.bytes_out += written;
    out_bytes_ -= written;
    written += out_offset_;
    while (!out_.empty() && written >= out_.front()->size()) {
      written -= out_.front()->size();
      out_.pop_front();
    }
    out_offset_ = written;
  }
  on_written();
}

void Connection::on_written() {
  if (state_ == State::kStreaming && finishing_) return finished();
  if (state_ != State::kWriting) return;
  if (stream_) {
    state_ = State::kStreaming;
    ++host_.counters.streams;
    in_ = std::string();
    if_none_match_ = std::string();
    std::deque<SharedText>().swap(out_);
    wait_readable();
    const auto begin = std::exchange(stream_, nullptr);
    return begin(shared_from_this());
  }
  if (!keep_alive_) return linger();
  wait_for_request();
}

void Connection::write(SharedText text) {
  if (state_ != State::kStreaming || finishing_ || text->empty()) return;
  if (out_bytes_ + text->size() > host_.settings.stream_bytes_max) {
    ++host_.counters.streams_cut;
    return end();
  }
  out_bytes_ += text->size();
  out_.push_back(std::move(text));
  if (!waits_writable_) flush();
}

void Connection::finish() {
  if (state_ != State::kStreaming) return;
  finishing_ = true;
  if (out_.empty()) finished();
}

void Connection::finished() {
  --host_.counters.streams;
  linger();
}

void Connection::close() {
  if (state_ == State::kStreaming) end();
}

void Connection::close_if_idle() {
  if (state_ == State::kIdle || state_ == State::kStreaming) end();
}

// The answer has to be read before the connection is gone: closing with unread bytes would reset
// it.
void Connection::linger() {
  state_ = State::kLingering;
  error_code ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  deadline_ = base::read_clocks().mono + kLinger;
  wait_readable();
}

void Connection::check_deadline(base::Time now) {
  if (!deadline_ || now < *deadline_) return;
  if (state_ == State::kReading) {
    ++host_.counters.timeouts;
    return refuse(408, "This request took too long to arrive.\n");
  }
  if (state_ == State::kWriting || state_ == State::kStreaming) ++host_.counters.timeouts;
  end();
}

void Connection::end() {
  if (state_ == State::kClosed) return;
  const auto self = shared_from_this();  // until this returns
  error_code ignored;
  if (state_ == State::kStreaming) {
    --host_.counters.streams;
    // It has no length, so an end in good order would make it look whole: it is reset.
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  }
  state_ = State::kClosed;
  socket_.close(ignored);
  out_.clear();
  out_bytes_ = 0;
  stream_ = nullptr;
  host_.forget(self);
}

}  // namespace gateway::web
