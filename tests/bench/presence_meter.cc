// presence_meter: how long the gateway takes over the presence of a roster, and what it keeps of
// each contact. The Gateway itself, with the bench as XMPP server and as bridge: stanzas come as
// the parser hands them over, and changes are counted where the bridge would take them. One line of
// JSON.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/xmpp/gateway.h"
#include "tests/bench/heap.h"
#include "tests/bench/stopwatch.h"

namespace bench {
namespace {

namespace wire = bridge::wire;
using bridge::base::Time;
using gateway::xmpp::BarrierId;
using gateway::xmpp::Gateway;
using gateway::xmpp::Jid;
using gateway::xmpp::Stanza;

std::string address_of(std::size_t contact) {
  return fmt::format("person{}@jabber.example.org", contact);
}

// Takes everything, at once.
class Server final : public gateway::xmpp::Component {
 public:
  bool online() const override { return true; }
  bool send(std::string_view stanzas) override {
    bytes_ += stanzas.size();
    return true;
  }
  BarrierId barrier(Time) override { return ++last_barrier_; }
  std::size_t bytes_waiting() const override { return 0; }
  std::size_t turn(Time) override { return 0; }

  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_ = 0;
  BarrierId last_barrier_ = 0;
};

// Has a roster, and hears who is there.
class Bridge final : public bridge::client::Backbone {
 public:
  explicit Bridge(std::size_t contacts) : contacts_(contacts) {}
  void attach(bridge::client::Listener& listener) { listener_ = &listener; }

  bool connected() const override { return true; }
  bridge::client::RequestId ask(const wire::Request& request, Time) override {
    if (!request.has_roster()) throw std::runtime_error("the gateway asks for more than a roster");
    asked_ = request.roster();
    return ++last_request_;
  }
  void grant(std::uint64_t, std::uint64_t) override {}
  void ack(std::uint64_t) override {}
  void nack(const wire::Nack&) override {}
  void receipt(const wire::Receipt&) override {}
  void presence(const wire::Presence& presence) override {
    for (const auto& change : presence.changes()) there_ += change.available() ? 1 : -1;
  }
  std::size_t turn(Time) override {
    if (!asked_) return 0;
    const std::size_t after = asked_->after();
    const std::size_t end = std::min<std::size_t>(after + asked_->limit(), contacts_);
    asked_.reset();
    wire::Reply reply;
    for (std::size_t n = after; n < end; ++n) reply.mutable_roster()->add_addresses(address_of(n));
    reply.mutable_roster()->set_next(end < contacts_ ? end : 0);
    listener_->on_reply(last_request_, reply);
    return 1;
  }

  std::int64_t there() const { return there_; }

 private:
  const std::size_t contacts_;
  bridge::client::Listener* listener_ = nullptr;
  std::optional<wire::Roster> asked_;
  bridge::client::RequestId last_request_ = 0;
  std::int64_t there_ = 0;
};

struct Measured {
  double seconds = 0;
  double bytes_per_contact = 0;
};

class Roster {
 public:
  explicit Roster(std::size_t contacts) : bridge_(contacts) {
    gateway::xmpp::Settings settings;
    settings.domain = "im.example.org";
    bot_ = settings.bot_jid();
    gateway_.emplace(std::move(settings));
    gateway_->attach(server_, bridge_);
    bridge_.attach(*gateway_);
    gateway_->on_online(now_);
    for (std::size_t n = 0; n < contacts; ++n) people_.push_back(address_of(n));
  }

  // All of them come or go, as fast as it is taken.
  Measured all(bool come) {
    const Heap heap;
    const Time began = clock_now();
    for (std::size_t n = 0; n < people_.size(); ++n) {
      gateway_->on_stanza(presence(people_[n], come), now_);
      if ((n + 1) % kStanzasPerTurn == 0) gateway_->turn(now_);
    }
    settle();
    const double seconds = Seconds(clock_now() - began).count();
    const auto expected = static_cast<std::int64_t>(come ? people_.size() : 0);
    if (bridge_.there() != expected)
      throw std::runtime_error(
          fmt::format("the bridge knows of {}, not {}", bridge_.there(), expected));
    return {.seconds = seconds,
            .bytes_per_contact =
                static_cast<double>(heap.grown()) / static_cast<double>(people_.size())};
  }

  // The stream breaks, and everybody has to be asked where they are, at the pace of probes: seconds
  // of the gateway's clock until everybody was whom the bridge knows.
  double probe_all() {
    const Time began = now_;
    gateway_->on_offline("the bench says so", now_);
    gateway_->on_online(now_);
    gateway_->on_connected({});
    const std::size_t before = server_.bytes();
    std::size_t last = before;
    Time last_sent = now_;
    constexpr auto kTick = std::chrono::milliseconds(10);
    constexpr auto kQuiet = std::chrono::seconds(5);
    while (now_ - last_sent < kQuiet) {
      settle();
      if (server_.bytes() != last) last_sent = now_;
      last = server_.bytes();
      now_ += kTick;
    }
    if (last == before && !people_.empty()) throw std::runtime_error("nobody was probed");
    return Seconds(last_sent - began).count();
  }

 private:
  static constexpr std::size_t kStanzasPerTurn = 256;

  Stanza presence(const std::string& address, bool available) const {
    Stanza stanza;
    stanza.name = Stanza::Name::kPresence;
    stanza.from = *Jid::parse(address + "/phone");
    stanza.to = *Jid::parse(bot_);
    stanza.type = available ? "" : "unavailable";
    return stanza;
  }
  void settle() {
    while (gateway_->turn(now_) > 0) continue;
  }

  Time now_{std::chrono::hours(1)};
  std::string bot_;
  Server server_;
  Bridge bridge_;
  std::optional<Gateway> gateway_;
  std::vector<std::string> people_;
};

void run(std::size_t contacts) {
  Roster roster(contacts);
  const Measured come = roster.all(true);
  const Measured go = roster.all(false);
  // What was kept for those who had been there before is there already.
  const Measured again = roster.all(true);
  const double probe_s = roster.probe_all();
  fmt::print(
      "{{\"bench\":\"presence\",\"contacts\":{},\"online_s\":{:.3f},\"online_us_each\":{:.2f},"
      "\"offline_us_each\":{:.2f},\"again_us_each\":{:.2f},\"bytes_per_contact\":{:.0f},"
      "\"bytes_freed_per_contact\":{:.0f},\"probe_s\":{:.1f}}}\n",
      contacts, come.seconds, 1e6 * come.seconds / static_cast<double>(contacts),
      1e6 * go.seconds / static_cast<double>(contacts),
      1e6 * again.seconds / static_cast<double>(contacts), come.bytes_per_contact,
      -go.bytes_per_contact, probe_s);
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  std::size_t contacts = 20'000;
  CLI::App app("The presence of a roster through the gateway; see the head of presence_meter.cc.");
  app.add_option("--contacts", contacts)->check(CLI::Range(1, 200'000));
  CLI11_PARSE(app, argc, argv);
  try {
    bench::run(contacts);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "presence_meter: %s\n", error.what());
    return 1;
  }
  return 0;
}
