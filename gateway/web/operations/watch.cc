#include "gateway/web/operations/watch.h"

#include <algorithm>
#include <utility>

namespace gateway::web {
namespace {

constexpr std::string_view kDelivered = "delivered_";
constexpr std::string_view kQueued = "queued_";
constexpr std::string_view kOldest = "oldest_ms_";

bool take_prefix(std::string_view& name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::size_t OperationsWatch::turn(bridge::base::Now now) {
  const std::size_t work = backbone_->turn(now.mono);
  for (GatewayPeek& gateway : gateways_) gateway.turn(now.mono);
  if (now.mono < next_) return work;
  next_ = now.mono + kEvery;
  wire::Request request;
  request.mutable_status();
  ask(request, now, [this, now](const wire::Reply& reply) { sample(reply, now); });
  return work;
}

void OperationsWatch::ask(const wire::Request& request, bridge::base::Now now, OnReply then) {
  waiting_.emplace(backbone_->ask(request, now.mono), std::move(then));
}

void OperationsWatch::on_reply(bridge::client::RequestId id, const wire::Reply& reply) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  const OnReply then = std::move(found->second);
  waiting_.erase(found);
  then(reply);
}

void OperationsWatch::sample(const wire::Reply& reply, bridge::base::Now now) {
  const WebsiteNumbers website = seen_.website = website_();
  Samples::Row row{{"web p50", website.p50_ms},
                   {"web p99", website.p99_ms},
                   {"web requests", website.per_second}};
  add_links(row);
  seen_.now = reply.has_status();
  if (!reply.has_status()) return samples_.add(now.wall_ms, row);
  seen_.status = reply.status();
  double queued_in_all = 0;
  const auto rate = [&](const std::string& name, std::uint64_t value) {
    const auto per_second = rates_.of(name, value, now.mono);
    if (per_second) seen_.rates[name] = *per_second;
    return per_second;
  };
  for (const wire::Counter& counter : reply.status().counters()) {
    std::string_view name = counter.name();
    const auto value = static_cast<double>(counter.value());
    if (name == "posts" || name == "deliveries") {
      row.emplace_back(name, rate(std::string(name), counter.value()));
    } else if (name == "catch_up_people") {
      row.emplace_back("behind", value);
    } else if (take_prefix(name, kDelivered)) {
      const std::string kind(name);
      row.emplace_back(kind + ": rate", rate(kind, counter.value()));
    } else if (take_prefix(name, kQueued)) {
      row.emplace_back(std::string(name) + ": queued", value);
      queued_in_all += value;
    } else if (take_prefix(name, kOldest)) {
      row.emplace_back(std::string(name) + ": oldest", value / 1000);
    }
  }
  row.emplace_back("queued", queued_in_all);
  samples_.add(now.wall_ms, row);
}

// 0 while all is well, 1 while not: how long it was not is what a line shows.
void OperationsWatch::add_links(Samples::Row& row) const {
  const auto open = [](int breaker) { return breaker / 2.0; };
  row.emplace_back("website: breaker", open(seen_.website.breaker));
  for (const GatewayPeek& gateway : gateways_) {
    const std::string name = gateways_.size() == 1 ? "gateway" : gateway.address();
    const auto& seen = gateway.seen();
    row.emplace_back(name + ": breaker", seen ? std::optional(open(seen->breaker)) : std::nullopt);
    row.emplace_back(name + ": no XMPP",
                     seen ? std::optional(seen->xmpp_online ? 0.0 : 1.0) : std::nullopt);
  }
}

void OperationsWatch::look(bridge::base::Now now, std::function<void(const Seen&)> then) {
  struct Looking {
    std::size_t open = 3;
    std::function<void(const Seen&)> then;
  };
  auto looking = std::make_shared<Looking>();
  looking->then = std::move(then);
  const auto question = [&](auto fill, auto keep) {
    wire::Request request;
    fill(request);
    ask(request, now, [this, looking, keep](const wire::Reply& reply) {
      keep(reply);
      if (--looking->open == 0) looking->then(seen_);
    });
  };
  question([](wire::Request& request) { request.mutable_show_limits(); },
           [this](const wire::Reply& reply) {
             if (reply.has_limits()) seen_.limits = reply.limits();
           });
  question([](wire::Request& request) { request.mutable_limit_history()->set_count(20); },
           [this](const wire::Reply& reply) {
             if (reply.has_limit_changes()) seen_.changes = reply.limit_changes();
           });
  question([](wire::Request& request) { request.mutable_top()->set_count(10); },
           [this](const wire::Reply& reply) {
             if (reply.has_top()) seen_.top = reply.top();
           });
}

void OperationsWatch::change(const wire::ChangeLimit& change, bridge::base::Now now,
                             std::function<void(const wire::Reply&)> then) {
  wire::Request request;
  *request.mutable_change_limit() = change;
  ask(request, now, std::move(then));
}

}  // namespace gateway::web
