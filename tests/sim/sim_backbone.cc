#include "tests/sim/sim_backbone.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tests::sim {
namespace {

bridge::client::SessionOptions session_options(Stage& stage, const std::string& client) {
  bridge::client::SessionOptions options;
  options.client = client;
  options.seed = stage.dice.next();
  options.request_timeout = milliseconds(4000);
  options.hello_timeout = milliseconds(1000);
  options.stuck_max = milliseconds(1500);
  options.refused_backoff = milliseconds(3000);
  options.backoff = {.first = milliseconds(50), .max = milliseconds(1000)};
  return options;
}

std::string author_of(const wire::Request& request) {
  return request.actor().has_address() ? request.actor().address() : request.actor().nick();
}

}  // namespace

SimBackbone::SimBackbone(Stage& stage, LanePort& port, const std::string& client,
                         bridge::client::Listener& listener, std::function<void()> readable)
    : stage_(stage),
      listener_(listener),
      line_(stage, port, client, std::move(readable)),
      session_(session_options(stage, client), *this) {}

bridge::client::RequestId SimBackbone::ask(const wire::Request& request, Time now) {
  const auto id = session_.ask(request, now);
  if (request.has_publish())
    publications_[id] = {author_of(request), request.publish().client_id(),
                         request.publish().text()};
  if (request.has_direct())
    publications_[id] = {author_of(request), request.direct().client_id(), request.direct().text()};
  return id;
}

void SimBackbone::grant(std::uint64_t deliveries, std::uint64_t bytes) {
  if (connected()) {
    granted_.deliveries += deliveries;
    granted_.bytes += bytes;
  }
  session_.grant(deliveries, bytes);
}

// The order of different people's changes says nothing, and the gateway's tables are not the same
// in two runs: sorted, two runs of a seed are.
void SimBackbone::presence(const wire::Presence& presence) {
  wire::Presence sorted = presence;
  std::stable_sort(sorted.mutable_changes()->begin(), sorted.mutable_changes()->end(),
                   [](const auto& a, const auto& b) { return a.address() < b.address(); });
  session_.presence(sorted);
}

std::size_t SimBackbone::turn(Time now) {
  std::size_t work = 0;
  for (auto message = line_.receive(); message; message = line_.receive()) {
    session_.receive(*message, now);
    ++work;
  }
  work += session_.turn(now);
  return work + send(now);
}

std::size_t SimBackbone::send(Time now) {
  std::size_t sent = 0;
  for (const wire::Message* out = session_.front(); out && line_.send(*out);
       out = session_.front(), ++sent)
    session_.pop(now);
  return sent;
}

void SimBackbone::close() {
  session_.close();
  send(stage_.agenda.now());
}

void SimBackbone::on_connected(const wire::Welcome& welcome) {
  stage_.trace.say("{} is connected to the bridge", line_.name());
  granted_ = charged_ = {};
  listener_.on_connected(welcome);
}

void SimBackbone::on_lost(std::string_view reason) {
  stage_.trace.say("{} lost the bridge: {}", line_.name(), reason);
  stage_.laws.breaks();
  listener_.on_lost(reason);
}

void SimBackbone::on_reply(bridge::client::RequestId id, const wire::Reply& reply) {
  if (const auto node = publications_.extract(id); !node.empty() && reply.has_published()) {
    stage_.trace.say("{} hears that {} of {} is #{}", line_.name(), node.mapped().client_id,
                     node.mapped().author, reply.published().id());
    stage_.laws.acknowledged(node.mapped(), reply.published().id());
  }
  listener_.on_reply(id, reply);
}

void SimBackbone::on_batch(std::uint64_t sequence, const wire::Batch& batch) {
  const wire::Cost cost = wire::cost_of(batch);
  charged_.deliveries += cost.deliveries;
  charged_.bytes += cost.bytes;
  if (charged_.deliveries > granted_.deliveries || charged_.bytes > granted_.bytes)
    stage_.laws.broken(fmt::format(
        "law 5: {} got {} deliveries of {} bytes and had granted {} of {}", line_.name(),
        charged_.deliveries, charged_.bytes, granted_.deliveries, granted_.bytes));
  listener_.on_batch(sequence, batch);
}

}  // namespace tests::sim
