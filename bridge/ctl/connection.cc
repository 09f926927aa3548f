#include "bridge/ctl/connection.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "bridge/base/time.h"
#include "bridge/ctl/keys.h"
#include "bridge/wire/messages.h"

namespace bridge::ctl {
namespace {

constexpr std::chrono::milliseconds kPauseDefault{
    100};  // before asking again, without a better hint

bool worth_repeating(base::ErrorCode code) {
  return code == base::ErrorCode::kRateLimited || code == base::ErrorCode::kBusy ||
         code == base::ErrorCode::kUnavailable;
}

std::chrono::milliseconds to_ms(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

}  // namespace

base::Result<client::ZmqBackboneOptions> client_options(const Access& access) {
  client::ZmqBackboneOptions options{.endpoint = access.endpoint, .client = access.client};
  options.software = "lapwingctl";
  options.request_timeout = std::max(options.request_timeout, to_ms(access.timeout_s));
  if (options.client.empty()) options.client = fmt::format("lapwingctl-{}", ::getpid());
  if (access.keys_file.empty() != access.server_key.empty()) {
    return base::fail(base::ErrorCode::kBadRequest,
                      "A bridge with keys needs both --keys FILE and --server-key KEY.");
  }
  if (access.keys_file.empty()) return options;
  const auto keys = read_keys(access.keys_file);
  if (!keys) return tl::unexpected(keys.error());
  const auto server_key = read_public_key(access.server_key);
  if (!server_key) return tl::unexpected(server_key.error());
  options.client_keys = *keys;
  options.server_key = *server_key;
  return options;
}

base::Error unreachable(const Access& access, const std::string& trouble) {
  return {
      base::ErrorCode::kUnavailable,
      fmt::format("No bridge answers at {}. {} Is lapwing-bridge running with that endpoint for "
                  "its admin lane, and may you connect to it? Start it with `lapwing-bridge "
                  "--config FILE`, or name its endpoint with --endpoint or LAPWING_ENDPOINT.",
                  access.endpoint, trouble)};
}

base::Result<std::unique_ptr<Connection>> Connection::open(const Access& access) {
  const auto options = client_options(access);
  if (!options) return tl::unexpected(options.error());
  std::unique_ptr<Connection> connection(new Connection(access));
  try {
    connection->backbone_.emplace(connection->context_, *options,
                                  static_cast<client::Listener&>(*connection));
  } catch (const std::invalid_argument& bad) {
    return base::fail(base::ErrorCode::kBadRequest, bad.what());
  }
  return connection;
}

std::chrono::milliseconds Connection::left() const {
  const auto left = deadline_ - base::read_clocks().mono;
  return std::max(std::chrono::milliseconds(0),
                  std::chrono::duration_cast<std::chrono::milliseconds>(left));
}

void Connection::on_reply(client::RequestId id, const wire::Reply& reply) {
  const auto waiting = waiting_.find(id);
  if (waiting != waiting_.end()) waiting->second = reply;
}

bool Connection::wait_connected() {
  return backbone_->wait([this] { return backbone_->connected(); }, left());
}

std::optional<wire::Reply> Connection::ask_once(const wire::Request& request) {
  const client::RequestId id = backbone_->ask(request, base::read_clocks().mono);
  auto& reply = waiting_[id];
  backbone_->wait([&reply] { return reply.has_value(); }, left());
  const auto taken = std::move(reply);
  waiting_.erase(id);
  return taken;
}

base::Result<wire::Reply> Connection::ask(const wire::Request& request, Repeat repeat) {
  deadline_ = base::read_clocks().mono + to_ms(access_.timeout_s);
  base::Error last = unreachable(access_, backbone_->trouble());
  while (wait_connected()) {
    const auto reply = ask_once(request);
    if (!reply) {
      return base::fail(base::ErrorCode::kUnavailable,
                        fmt::format("The bridge at {} did not answer within {} s.",
                                    access_.endpoint, access_.timeout_s));
    }
    if (!reply->has_error()) return *reply;
    last = wire::to_error(reply->error());
    if (repeat == Repeat::kNo || !worth_repeating(last.code)) return tl::unexpected(last);
    const auto pause = std::max(last.retry_after.value_or(kPauseDefault), kPauseDefault);
    if (pause >= left()) return tl::unexpected(last);
    backbone_->wait([] { return false; }, pause);
  }
  if (!backbone_->connected()) last = unreachable(access_, backbone_->trouble());
  return tl::unexpected(last);
}

}  // namespace bridge::ctl
