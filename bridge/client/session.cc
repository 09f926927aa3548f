#include "bridge/client/session.h"

#include <algorithm>
#include <utility>

namespace bridge::client {

namespace {

using std::chrono::milliseconds;

// A session that lasted this long was a good one: what ended it is not a refusal.
constexpr milliseconds kProven{5'000};
// What a WELCOME says about time is taken within reason.
constexpr milliseconds kPingMin{50};
constexpr milliseconds kPingMax{60'000};
constexpr milliseconds kSilenceMax{600'000};
constexpr milliseconds kBusyRetry{1'000};

std::string sentence(std::string_view text) {
  return std::string(text) + ".";
}

}  // namespace

Session::Session(SessionOptions options, Listener& listener)
    : options_(std::move(options)),
      listener_(listener),
      random_(options_.seed),
      backoff_(options_.backoff, options_.seed + 1) {}

// ---- what the owner says -----------------------------------------------------------------------

RequestId Session::ask(const wire::Request& request, base::Time now) {
  const RequestId id = ++last_id_;
  ++counters_.requests;
  const auto refuse = [&](base::ErrorCode code, std::string text,
                          std::optional<milliseconds> retry = std::nullopt) {
    ++counters_.requests_refused;
    refused_.push_back({id, {code, std::move(text), retry}});
    return id;
  };
  if (!connected()) return refuse(base::ErrorCode::kUnavailable, "The bridge is away.");
  if (pending_.size() >= options_.requests_max) {
    return refuse(base::ErrorCode::kBusy, "Too many requests wait for an answer.", kBusyRetry);
  }
  std::string body = wire::serialize(request);
  if (body.size() > wire::kBodyBytesMax) {
    return refuse(base::ErrorCode::kBadRequest, "The request is too long.");
  }
  outbox_.push(wire::Type::kRequest, ++last_sequence_, std::move(body));
  pending_.add(last_sequence_, id, now + options_.request_timeout);
  return id;
}

void Session::grant(std::uint64_t deliveries, std::uint64_t bytes) {
  if (!connected()) return;
  credit_deliveries_ += deliveries;
  credit_bytes_ += bytes;
  credit_told_ = false;
}

void Session::ack(std::uint64_t sequence) {
  if (!connected() || sequence <= batch_base_) return;
  acked_ = std::max(acked_, std::min(sequence - batch_base_, batches_received_));
}

void Session::nack(const wire::Nack& nack) {
  if (connected()) outbox_.push(wire::Type::kNack, 0, wire::serialize(nack));
}

void Session::receipt(const wire::Receipt& receipt) {
  if (connected()) outbox_.push(wire::Type::kReceipt, 0, wire::serialize(receipt));
}

void Session::presence(const wire::Presence& presence) {
  if (!connected()) return;
  // What was acknowledged before the server was lost is what may be lost with it.
  if (presence.server_lost()) acknowledge();
  outbox_.push_presence(presence);
}

void Session::close() {
  if (connected()) {
    acknowledge();
    say_bye();
  } else {
    outbox_.clear();
  }
  state_ = State::kClosed;
  trouble_ = "Closed.";
}

void Session::acknowledge() {
  if (acked_ <= acked_sent_) return;
  outbox_.push(wire::Type::kAck, acked_);
  acked_sent_ = acked_;
}

void Session::say_bye() {
  wire::Bye bye;
  bye.set_reason(wire::Bye::CLOSING);
  outbox_.push(wire::Type::kBye, 0, wire::serialize(bye));
}

// ---- what the bridge says ----------------------------------------------------------------------

// A BYE about a frame that the bridge could not read has no epoch.
bool Session::current(const wire::Header& header) const {
  if (state_ != State::kGreeting && state_ != State::kConnected) return false;
  return header.epoch == epoch_ || (header.type == wire::Type::kBye && header.epoch == 0);
}

void Session::receive(const wire::Message& message, base::Time now) {
  const wire::Header& header = message.header;
  if (header.version != wire::kVersion && header.type != wire::Type::kBye) {
    ++counters_.frames_bad;
    return;
  }
  const bool expected =
      connected() || header.type == wire::Type::kWelcome || header.type == wire::Type::kBye;
  if (!current(header) || !expected) {
    ++counters_.frames_stale;
    return;
  }
  last_heard_ = now;
  switch (header.type) {
    case wire::Type::kWelcome:
      return on_welcome(message, now);
    case wire::Type::kReply:
      return on_reply(message);
    case wire::Type::kBatch:
      return on_batch(message, now);
    case wire::Type::kGap:
      return on_gap(message);
    case wire::Type::kPing:
      return outbox_.push(wire::Type::kPong);
    case wire::Type::kPong:
      return;
    case wire::Type::kBye:
      return on_bye(message, now);
    default:
      ++counters_.frames_bad;  // a client's message, from a bridge
  }
}

void Session::on_welcome(const wire::Message& message, base::Time now) {
  if (connected()) {
    ++counters_.frames_stale;
    return;
  }
  const auto welcome = wire::parse<wire::Welcome>(message.body);
  if (!welcome) {
    ++counters_.frames_bad;
    return;
  }
  if (welcome->version() != wire::kVersion) {
    return give_up("The bridge chose a version that this client does not speak.", Retry::kLate,
                   now);
  }
  state_ = State::kConnected;
  trouble_.clear();
  ++counters_.sessions;
  welcomed_at_ = now;
  ping_after_ = std::clamp(milliseconds(welcome->ping_after_ms()), kPingMin, kPingMax);
  silence_max_ = std::clamp(milliseconds(welcome->silence_ms_max()), 2 * ping_after_, kSilenceMax);
  listener_.on_connected(*welcome);
}

void Session::on_reply(const wire::Message& message) {
  const auto id = pending_.take(message.header.sequence);
  if (!id) {
    ++counters_.frames_stale;  // it had timed out
    return;
  }
  const auto reply = wire::parse<wire::Reply>(message.body);
  if (reply) return listener_.on_reply(*id, *reply);
  ++counters_.frames_bad;
  answer_unavailable({*id}, "The bridge's answer cannot be read.");
}

void Session::on_batch(const wire::Message& message, base::Time now) {
  const std::uint64_t sequence = message.header.sequence;
  if (sequence <= batches_received_) {
    ++counters_.batches_repeated;
    return;
  }
  if (sequence != batches_received_ + 1) {
    return give_up("A batch of deliveries was lost on the way.", Retry::kAtOnce, now);
  }
  const auto batch = wire::parse<wire::Batch>(message.body);
  if (!batch) {
    ++counters_.frames_bad;
    return give_up("A batch of deliveries cannot be read.", Retry::kSoon, now);
  }
  ++batches_received_;
  ++counters_.batches;
  listener_.on_batch(batch_base_ + sequence, *batch);
}

void Session::on_gap(const wire::Message& message) {
  const auto gap = wire::parse<wire::Gap>(message.body);
  if (gap) return listener_.on_gap(*gap);
  ++counters_.frames_bad;
}

void Session::on_bye(const wire::Message& message, base::Time now) {
  const auto bye = wire::parse<wire::Bye>(message.body);
  if (!bye) {
    ++counters_.frames_bad;
    return;
  }
  std::string reason = "The bridge said goodbye: " + std::string(wire::name(bye->reason()));
  if (!bye->text().empty()) reason += " (" + bye->text() + ")";
  switch (bye->reason()) {
    case wire::Bye::UNKNOWN_SESSION:
    case wire::Bye::SILENCE:
      return give_up(sentence(reason), Retry::kAtOnce, now);
    case wire::Bye::REPLACED:
    case wire::Bye::VERSION:
    case wire::Bye::NOT_ALLOWED:
      return give_up(sentence(reason), Retry::kLate, now);
    default:
      return give_up(sentence(reason), Retry::kSoon, now);
  }
}

// ---- the session's life ------------------------------------------------------------------------

void Session::say_hello() {
  do epoch_ = random_();
  while (epoch_ == 0);
  last_sequence_ = 0;
  batch_base_ += batches_received_;
  batches_received_ = acked_ = acked_sent_ = 0;
  credit_deliveries_ = credit_bytes_ = 0;
  credit_told_ = true;
  offered_ = false;
  stuck_since_.reset();
  outbox_.clear();

  wire::Hello hello;
  hello.set_version_min(wire::kVersion);
  hello.set_version_max(wire::kVersion);
  hello.set_client(options_.client);
  hello.set_software(options_.software);
  outbox_.push(wire::Type::kHello, 0, wire::serialize(hello));
  state_ = State::kGreeting;
  hello_left_ = false;
  ++counters_.hellos;
}

// First the state, then the callbacks: whatever the listener does meets a session that is away.
void Session::give_up(std::string reason, Retry retry, base::Time now) {
  const bool was_connected = connected();
  if (was_connected && now - welcomed_at_ >= kProven) backoff_.reset();
  hello_at_ = retry_time(retry, now);
  state_ = State::kIdle;
  trouble_ = std::move(reason);
  outbox_.clear();
  const std::string why = trouble_;
  answer_refused();
  answer_unavailable(pending_.take_all(), "The bridge went away before it answered.");
  if (was_connected) listener_.on_lost(why);
}

// At once only after a session that had proven itself; otherwise a bridge that welcomes and forgets
// would be asked as fast as it can answer.
base::Time Session::retry_time(Retry retry, base::Time now) {
  const bool proven = connected() && now - welcomed_at_ >= kProven;
  if (retry == Retry::kLate) return now + backoff_.jittered(options_.refused_backoff);
  if (retry == Retry::kAtOnce && proven) return now;
  return now + backoff_.next();
}

std::size_t Session::turn(base::Time now) {
  const std::size_t answered = answer_refused();
  check_timers(now);
  if (state_ == State::kIdle && now >= hello_at_) say_hello();
  if (connected()) queue_due(now);
  return answered;
}

void Session::check_timers(base::Time now) {
  if (state_ == State::kGreeting && hello_left_ && now >= welcome_by_) {
    give_up("The bridge does not answer.", Retry::kSoon, now);
  }
  if (!connected()) return;
  if (now - last_heard_ >= silence_max_) {
    return give_up("Nothing was heard from the bridge.", Retry::kAtOnce, now);
  }
  if (outbox_.size() > options_.outbox_max || stuck(now)) {
    return give_up("The bridge takes nothing that is sent to it.", Retry::kSoon, now);
  }
  const auto late = pending_.take_expired(now);
  counters_.requests_timed_out += late.size();
  answer_unavailable(late, "The bridge did not answer in time.");
}

// The earliest sign of a bridge that is gone: pings do not leave any more.
bool Session::stuck(base::Time now) {
  if (!offered_ || outbox_.empty()) return false;
  if (!stuck_since_) stuck_since_ = now;
  return now - *stuck_since_ >= options_.stuck_max;
}

void Session::queue_due(base::Time now) {
  outbox_.flush_presence();
  acknowledge();
  // Whatever goes out carries the credit; a frame of its own only when nothing else does.
  if (!outbox_.empty()) return;
  if (!credit_told_) return outbox_.push(wire::Type::kCredit);
  if (now - last_sent_ >= ping_after_) outbox_.push(wire::Type::kPing);
}

const wire::Message* Session::front() {
  if (outbox_.empty()) return nullptr;
  offered_ = true;
  wire::Message& message = outbox_.front();
  message.header.epoch = epoch_;
  message.header.credit_deliveries = credit_deliveries_;
  message.header.credit_bytes = credit_bytes_;
  return &message;
}

void Session::pop(base::Time now) {
  if (outbox_.front().header.type == wire::Type::kHello) {
    hello_left_ = true;
    welcome_by_ = now + options_.hello_timeout;
  }
  outbox_.pop();
  offered_ = false;
  stuck_since_.reset();
  last_sent_ = now;
  credit_told_ = true;
}

// ---- answers made here -------------------------------------------------------------------------

// What the listener asks meanwhile is answered at the next turn.
std::size_t Session::answer_refused() {
  const std::vector<Refused> refused = std::exchange(refused_, {});
  for (const auto& [id, error] : refused) listener_.on_reply(id, wire::error_reply(error));
  return refused.size();
}

void Session::answer_unavailable(const std::vector<RequestId>& ids, const std::string& text) {
  if (ids.empty()) return;
  const auto reply = wire::error_reply({base::ErrorCode::kUnavailable, text, std::nullopt});
  for (const RequestId id : ids) listener_.on_reply(id, reply);
}

}  // namespace bridge::client
