// OperationsWatch: what the operations page knows of the bridge, through a client of its own on the
// lane admin.
//
//   OperationsWatch watch(website_numbers);   watch.attach(backbone);   loop: watch.turn(now);
//   watch.samples().json(after);   watch.look([](const Seen& seen) { … });
//
// Every two seconds it asks for the bridge's status and keeps a row of samples, with the website's
// own times beside it, and how each gateway stands, which that says itself (gateway_peek.h); on a
// page it asks for limits, their history and who meets them most. The
// website's lane has no private door: without a connection on the lane admin there is no page. One
// thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bridge/client/backbone.h"
#include "gateway/web/operations/gateway_peek.h"
#include "gateway/web/operations/recent_times.h"
#include "gateway/web/operations/samples.h"

namespace gateway::web {

namespace wire = bridge::wire;

// The last that was heard; kept while the bridge is away.
struct Seen {
  bool now = false;  // the bridge answers
  wire::StatusReport status;
  wire::LimitsReport limits;
  wire::LimitChanges changes;
  wire::TopReport top;
  WebsiteNumbers website;
  std::unordered_map<std::string, double> rates;  // per class and for the whole, a second
};

class OperationsWatch final : public bridge::client::Listener {
 public:
  static constexpr std::chrono::seconds kEvery{2};

  explicit OperationsWatch(std::function<WebsiteNumbers()> website)
      : website_(std::move(website)) {}

  // Before anything else; it must outlive this.
  void attach(bridge::client::Backbone& backbone) { backbone_ = &backbone; }
  // Before the first turn.
  void watch(GatewayPeek gateway) { gateways_.push_back(std::move(gateway)); }
  std::size_t turn(bridge::base::Now now);

  const std::vector<GatewayPeek>& gateways() const { return gateways_; }
  const Samples& samples() const { return samples_; }
  // Asks for what the page shows in tables, then says what is known.
  void look(bridge::base::Now now, std::function<void(const Seen&)> then);
  void change(const wire::ChangeLimit& change, bridge::base::Now now,
              std::function<void(const wire::Reply&)> then);

  void on_connected(const wire::Welcome&) override {}
  void on_lost(std::string_view) override { seen_.now = false; }
  void on_reply(bridge::client::RequestId id, const wire::Reply& reply) override;
  void on_batch(std::uint64_t sequence, const wire::Batch&) override { backbone_->ack(sequence); }
  void on_gap(const wire::Gap&) override {}

 private:
  using OnReply = std::function<void(const wire::Reply&)>;
  void ask(const wire::Request& request, bridge::base::Now now, OnReply then);
  void sample(const wire::Reply& reply, bridge::base::Now now);
  void add_links(Samples::Row& row) const;

  const std::function<WebsiteNumbers()> website_;
  bridge::client::Backbone* backbone_ = nullptr;
  std::unordered_map<bridge::client::RequestId, OnReply> waiting_;
  std::vector<GatewayPeek> gateways_;
  Samples samples_;
  Rates rates_;
  Seen seen_;
  bridge::base::Time next_{};
};

}  // namespace gateway::web
