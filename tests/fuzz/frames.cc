// Fuzz target: what comes in over the wire, on a lane of the bridge and on a client.
//
// The input's first byte chooses the lane; then come messages, each
//   u8 how   bit 0: from the second peer; bit 1: a header of the input's own, 40 bytes, as it is
//   u8 type, u8 sequence, u8 credit      without bit 1: a header of the present session
//   u16 size, little-endian, and the body
// so that mutations reach deep into sessions as well as into headers.
//
// States: what is sent is a frame that can be read, every request is answered or handed on once,
// credit never falls, a decoded header encodes to the same bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "bridge/backbone/memory_store.h"
#include "bridge/base/time.h"
#include "bridge/client/session.h"
#include "bridge/lane/lane.h"
#include "bridge/wire/messages.h"
#include "tests/fuzz/check.h"

namespace {

using bridge::lane::Kind;
using bridge::wire::Header;
using bridge::wire::Message;
using bridge::wire::Type;
using namespace std::chrono_literals;

constexpr std::uint64_t kEpoch = 5;

// Takes the input apart from the front; what is missing reads as zeros or is short.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    const std::string_view one = bytes(1);
    return one.empty() ? 0 : static_cast<std::uint8_t>(one[0]);
  }
  std::string_view bytes(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view body() {
    const std::size_t low = byte();
    return bytes(low + 256u * byte());
  }

 private:
  std::string_view rest_;
};

struct Incoming {
  bool second_peer = false;
  bool own_header = false;
  bridge::base::Result<Message> message;
};

bridge::base::Result<Header> read_header(std::string_view frame) {
  const auto bytes = std::as_bytes(std::span(frame.data(), frame.size()));
  const auto header = bridge::wire::decode_header(bytes);
  if (header) {
    const auto again = bridge::wire::encode(*header);
    fuzz::check(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()),
                "a decoded header encodes to the same bytes");
  }
  return header;
}

Incoming next(Input& input, std::uint64_t epoch) {
  const std::uint8_t how = input.byte();
  Incoming incoming{
      .second_peer = (how & 1) != 0, .own_header = (how & 2) != 0, .message = Message{}};
  if (incoming.own_header) {
    const auto header = read_header(input.bytes(bridge::wire::kHeaderSize));
    if (header)
      incoming.message = Message{*header, std::string(input.body())};
    else
      incoming.message = tl::unexpected(header.error());
    return incoming;
  }
  Header header;
  header.type = static_cast<Type>(1 + input.byte() % 14);
  header.epoch = epoch;
  header.sequence = input.byte();
  header.credit_deliveries = input.byte();
  header.credit_bytes = header.credit_deliveries * 1000;
  incoming.message = Message{header, std::string(input.body())};
  return incoming;
}

// The rest of the bridge: checks what the lane says, and answers nothing by itself.
class Network : public bridge::lane::LaneOutput {
 public:
  bridge::wire::SendOutcome send(std::string_view, const Header& header,
                                 std::string_view body) override {
    const auto bytes = bridge::wire::encode(header);
    const std::string_view frame(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    fuzz::check(read_header(frame).has_value(), "a header that is sent can be read");
    fuzz::check(body.size() <= bridge::wire::kBodyBytesMax, "a body that is sent is within bounds");
    if (header.type == Type::kReply)
      fuzz::check(bridge::wire::parse<bridge::wire::Reply>(body).has_value(), "a reply is a reply");
    if (header.type == Type::kBye)
      fuzz::check(bridge::wire::parse<bridge::wire::Bye>(body).has_value(), "a bye is a bye");
    replies += header.type == Type::kReply;
    return bridge::wire::SendOutcome::kSent;
  }
  bool submit(bridge::state::Submission submission) override {
    asked.push_back(submission.reply_to);
    return true;
  }
  bool inquire(bridge::fanout::Asked question) override {
    asked.push_back(question.reply_to);
    return true;
  }
  void tell(bridge::fanout::Event event) override {
    const auto* granted = std::get_if<bridge::fanout::Granted>(&event);
    if (granted == nullptr) return;
    std::uint64_t& before = credit[granted->session];
    fuzz::check(granted->deliveries >= before, "credit never falls");
    before = granted->deliveries;
  }
  bridge::wire::StatusReport status() override { return {}; }

  std::vector<bridge::state::ReplyAddress> asked;  // the committer or the fan-out
  std::map<std::uint64_t, std::uint64_t> credit;
  std::uint64_t replies = 0;
};

void run_lane(Input input, Kind kind) {
  bridge::backbone::MemoryStore store;
  Network network;
  bridge::lane::LaneOptions options{.kind = kind};
  options.clients = {{.name = "narrow", .key = {}, .speaks_for = {"alice", "*@a.org"}},
                     {.name = "*", .key = {}, .speaks_for = {"*"}}};
  bridge::lane::Lane lane(options, store, network);
  bridge::base::Now now{bridge::base::Time{} + 1h, 0};
  while (!input.empty()) {
    const Incoming incoming = next(input, kEpoch);
    const std::uint64_t requests = lane.counters().requests.value();
    const std::uint64_t handled = network.replies + network.asked.size();
    lane.on_message({incoming.second_peer ? "q" : "p", {}, {}, incoming.message}, now);
    now.mono += 10ms;
    lane.turn(now);
    if (lane.counters().requests.value() > requests) {
      fuzz::check(network.replies + network.asked.size() == handled + 1,
                  "a request is answered or handed on, once");
    }
  }
  for (const auto& reply_to : network.asked) lane.on_reply(reply_to.session, reply_to.sequence, {});
  lane.turn(now);
  now.mono += 1h;
  lane.turn(now);
  fuzz::check(lane.counters().sessions.value() == 0, "silence ends every session");
}

// Takes everything, acknowledges every batch.
class Person : public bridge::client::Listener {
 public:
  void on_connected(const bridge::wire::Welcome&) override { connected = true; }
  void on_lost(std::string_view) override { connected = false; }
  void on_reply(bridge::client::RequestId id, const bridge::wire::Reply&) override {
    fuzz::check(++answers[id] == 1, "a request is answered once");
  }
  void on_batch(std::uint64_t sequence, const bridge::wire::Batch&) override {
    fuzz::check(sequence > last, "batches come in order, each once");
    last = sequence;
  }
  void on_gap(const bridge::wire::Gap&) override {}

  bool connected = false;
  std::map<bridge::client::RequestId, int> answers;
  std::uint64_t last = 0;
};

void run_client(Input input) {
  Person person;
  bridge::client::Session session({.client = "fuzz"}, person);
  bridge::base::Time now = bridge::base::Time{} + 1h;
  std::uint64_t epoch = 0;
  std::uint64_t asked = 0;
  const auto turn = [&] {
    session.turn(now);
    while (const Message* out = session.front()) {
      epoch = out->header.epoch;
      session.pop(now);
    }
    now += 10ms;
  };
  bridge::wire::Request request;
  request.mutable_whois()->set_nick("alice");
  turn();
  while (!input.empty()) {
    const Incoming incoming = next(input, epoch);
    if (incoming.second_peer) {
      asked = session.ask(request, now);
      session.grant(1, 1000);
      session.ack(person.last);
    }
    if (incoming.message)
      session.receive(*incoming.message, now);
    else
      session.receive_bad_frame();
    fuzz::check(session.connected() == person.connected, "the listener knows of every session");
    turn();
  }
  now += 1h;  // whatever was asked is given up by now
  turn();
  turn();
  fuzz::check(person.answers.size() == asked, "every request is answered in the end");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  constexpr Kind kKinds[] = {Kind::kIm, Kind::kWeb, Kind::kAdmin};
  const std::uint8_t which = input.byte();
  if (which % 4 < 3)
    run_lane(input, kKinds[which % 4]);
  else
    run_client(input);
  return 0;
}
