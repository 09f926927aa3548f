#include "gateway/xmpp/deliveries.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "bridge/base/log.h"
#include "bridge/wire/messages.h"
#include "gateway/xmpp/delivery_stanza.h"
#include "gateway/xmpp/digest_stanza.h"

namespace gateway::xmpp {

namespace log = bridge::base::log;

void Deliveries::on_session(bridge::client::Backbone& backbone) {
  backbone.grant(settings_.window.deliveries, settings_.window.bytes);
}

void Deliveries::on_session_lost() {
  answered_.clear();
  groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(sent_), groups_.end());
  // Still on the way to the server: they take up the window until their barriers are answered.
  for (Group& group : groups_) {
    group.orphan = true;
    group.deliveries = group.bytes = group.ack = 0;
  }
}

void Deliveries::Group::append(const Group& next) {
  stanzas += next.stanzas;
  names += next.names;
  deliveries += next.deliveries;
  bytes += next.bytes;
  ack = next.ack;
}

bool Deliveries::fits(const Group& group, std::size_t bytes) const {
  return bytes == 0 || group.stanzas.empty() ||
         group.stanzas.size() + bytes <= settings_.window.send_bytes;
}

void Deliveries::render_one(std::vector<Group>& groups, const wire::Item& item,
                            const wire::Recipient& recipient, bridge::client::Backbone& backbone) {
  Rendered one{.address = recipient.address(), .id = item.id()};
  one.bytes = wire::rendered_bytes(item.author().size(), item.text().size(), one.address.size(),
                                   recipient.phrase().size());
  if (people_.is_available(one.address)) render_delivery(one.stanza, settings_, item, recipient);
  add(groups, one, backbone);
}

void Deliveries::render_one(std::vector<Group>& groups, const wire::Digest& digest,
                            bridge::client::Backbone& backbone) {
  Rendered one{.address = digest.address(), .id = digest.id(), .digest = true};
  one.bytes = wire::cost_of(digest).bytes;
  if (people_.is_available(one.address)) render_digest(one.stanza, settings_, digest);
  add(groups, one, backbone);
}

void Deliveries::add(std::vector<Group>& groups, const Rendered& one,
                     bridge::client::Backbone& backbone) {
  if (!one.stanza.empty()) {
    ++counters_.deliveries;
  } else {  // gone since the bridge sent it
    wire::Nack nack;
    nack.set_address(one.address);
    nack.set_id(one.id);
    nack.set_digest(one.digest);
    nack.set_reason(wire::Nack::OFFLINE);
    nack.set_unsent(true);
    backbone.nack(nack);
    ++counters_.deliveries_refused;
  }
  Group& group = fits(groups.back(), one.stanza.size()) ? groups.back() : groups.emplace_back();
  if (!one.stanza.empty() && log::enabled(log::Level::kDebug))
    group.names += fmt::format(" {}{} to {}", one.digest ? 'd' : 'p', one.id, one.address);
  group.stanzas += one.stanza;
  group.deliveries += 1;
  group.bytes += one.bytes;
}

std::vector<Deliveries::Group> Deliveries::render(const wire::Batch& batch,
                                                  bridge::client::Backbone& backbone) {
  std::vector<Group> groups(1);
  for (const wire::Item& item : batch.items()) {
    for (const wire::Recipient& recipient : item.recipients()) {
      render_one(groups, item, recipient, backbone);
    }
  }
  for (const wire::Digest& digest : batch.digests()) render_one(groups, digest, backbone);
  return groups;
}

void Deliveries::on_batch(std::uint64_t sequence, const wire::Batch& batch,
                          bridge::client::Backbone& backbone) {
  std::vector<Group> groups = render(batch, backbone);
  groups.back().ack = sequence;
  const bool unsent = groups_.size() > sent_;
  if (unsent && groups.size() == 1 && fits(groups_.back(), groups.front().stanzas.size()))
    return groups_.back().append(groups.front());
  std::move(groups.begin(), groups.end(), std::back_inserter(groups_));
}

// Begins with four groups, or with what it may have at most.
throttle::GradientOptions Deliveries::window_options(const WindowSettings& window) {
  const auto ceiling = static_cast<double>(window.in_flight_bytes);
  const auto group = static_cast<double>(window.send_bytes);
  return {
      .floor = std::min(group, ceiling), .start = std::min(4 * group, ceiling), .ceiling = ceiling};
}

void Deliveries::on_offline() {
  if (sent_ > 0) {
    window_.dropped();
    ++counters_.window_shrunk;
  }
  std::erase_if(groups_, [](const Group& group) { return group.orphan; });
  groups_.insert(groups_.begin(), std::make_move_iterator(answered_.begin()),
                 std::make_move_iterator(answered_.end()));
  answered_.clear();
  for (Group& group : groups_) group.barrier = 0;
  sent_ = 0;
  bytes_in_flight_ = 0;
}

void Deliveries::hand_back(const Group& group, bridge::client::Backbone& backbone) {
  if (group.ack != 0) backbone.ack(group.ack);
  if (group.deliveries != 0) backbone.grant(group.deliveries, group.bytes);
}

void Deliveries::on_barrier(BarrierId barrier, std::chrono::nanoseconds round_trip,
                            bridge::client::Backbone& backbone) {
  window_.answered(round_trip, bytes_in_flight_);
  if (window_.gradient() < 1) ++counters_.window_shrunk;
  Group done;
  while (sent_ > 0 && groups_.front().barrier != 0 && groups_.front().barrier <= barrier) {
    const Group& group = groups_.front();
    done.ack = std::max(done.ack, group.ack);
    done.deliveries += group.deliveries;
    done.bytes += group.bytes;
    if (!group.names.empty()) log::debug("the XMPP server has taken{}", group.names);
    bytes_in_flight_ -= group.stanzas.size();
    answered(std::move(groups_.front()));
    groups_.pop_front();
    --sent_;
  }
  hand_back(done, backbone);
}

void Deliveries::answered(Group group) {
  if (group.orphan) return;
  if (group.ack != 0) return answered_.clear();
  group.deliveries = group.bytes = 0;
  answered_.push_back(std::move(group));
}

bool Deliveries::ask_barrier(Component& component, bridge::base::Time now) {
  if (sent_ == 0 || groups_[sent_ - 1].barrier != 0) return true;
  groups_[sent_ - 1].barrier = component.barrier(now);
  groups_[sent_ - 1].asked_at = now;
  return groups_[sent_ - 1].barrier != 0;
}

bool Deliveries::window_open(const Group& next) const {
  if (sent_ == 0) return true;
  return sent_ < settings_.window.barriers &&
         bytes_in_flight_ + next.stanzas.size() <= window_.now();
}

// The next group, a batch without stanzas, is done as soon as what is before it.
void Deliveries::settle_empty(bridge::client::Backbone& backbone) {
  const Group empty = std::move(groups_[sent_]);
  groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(sent_));
  if (sent_ == 0 || groups_[sent_ - 1].orphan) return hand_back(empty, backbone);
  groups_[sent_ - 1].append(empty);
}

std::uint64_t Deliveries::deliveries_held() const {
  std::uint64_t held = 0;
  for (const Group& group : groups_) held += group.deliveries;
  return held;
}

std::optional<bridge::base::Time> Deliveries::oldest_barrier() const {
  if (sent_ == 0 || groups_.front().barrier == 0) return std::nullopt;
  return groups_.front().asked_at;
}

std::size_t Deliveries::pump(Component& component, bridge::client::Backbone& backbone,
                             bridge::base::Time now) {
  std::size_t groups = 0;
  while (ask_barrier(component, now) && sent_ < groups_.size()) {
    const Group& next = groups_[sent_];
    if (next.stanzas.empty()) {
      settle_empty(backbone);
      continue;
    }
    if (!window_open(next) || !component.send(next.stanzas)) break;
    bytes_in_flight_ += next.stanzas.size();
    ++sent_;
    ++groups;
  }
  return groups;
}

}  // namespace gateway::xmpp
