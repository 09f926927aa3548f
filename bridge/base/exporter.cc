#include "bridge/base/exporter.h"

#include <arpa/inet.h>
#include <civetweb.h>
#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <charconv>
#include <mutex>
#include <optional>
#include <utility>

namespace bridge::base {
namespace {

struct Address {
  std::string host;  // with the brackets of IPv6
  unsigned port = 0;
};

std::optional<Address> parse_address(std::string_view listen) {
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Address address{std::string(listen.substr(0, colon)), 0};
  const std::string_view port = listen.substr(colon + 1);
  const char* const end = port.data() + port.size();
  const auto parsed = std::from_chars(port.data(), end, address.port);
  if (parsed.ec != std::errc() || parsed.ptr != end || address.port > 65535) return std::nullopt;
  return address;
}

bool is_loopback(const std::string& host) {
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return host == "[::1]";
}

prometheus::MetricType type_of(MetricFamily::Kind kind) {
  switch (kind) {
    case MetricFamily::Kind::kCounter:
      return prometheus::MetricType::Counter;
    case MetricFamily::Kind::kGauge:
      return prometheus::MetricType::Gauge;
    case MetricFamily::Kind::kHistogram:
      break;
  }
  return prometheus::MetricType::Histogram;
}

prometheus::ClientMetric client_metric(MetricFamily::Kind kind, const Metric& metric) {
  prometheus::ClientMetric out;
  for (const auto& [name, value] : metric.labels) out.label.push_back({name, value});
  switch (kind) {
    case MetricFamily::Kind::kCounter:
      out.counter.value = metric.value;
      break;
    case MetricFamily::Kind::kGauge:
      out.gauge.value = metric.value;
      break;
    case MetricFamily::Kind::kHistogram:
      out.histogram.sample_count = metric.count;
      out.histogram.sample_sum = metric.value;
      for (const auto& bucket : metric.buckets)
        out.histogram.bucket.push_back({bucket.count, bucket.bound});
      break;
  }
  return out;
}

constexpr const char* kText = "text/plain; charset=utf-8";

int answer(mg_connection* connection, int status, const char* type, const std::string& body) {
  const std::string head = fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n"
      "Cache-Control: no-store\r\n\r\n",
      status, mg_get_response_code_text(connection, status), type, body.size());
  mg_write(connection, head.data(), head.size());
  if (std::string_view(mg_get_request_info(connection)->request_method) != "HEAD")
    mg_write(connection, body.data(), body.size());
  return status;
}

}  // namespace

std::string prometheus_text(const Metrics& metrics) {
  std::vector<prometheus::MetricFamily> families;
  for (const MetricFamily& family : metrics.families()) {
    prometheus::MetricFamily out{family.name, family.help, type_of(family.kind), {}};
    for (const Metric& metric : family.metrics)
      out.metric.push_back(client_metric(family.kind, metric));
    families.push_back(std::move(out));
  }
  return prometheus::TextSerializer().Serialize(families);
}

struct Exporter::Server {
  ExporterSource source;
  std::string address;
  std::mutex mutex;     // one call of the source at a time
  std::string problem;  // what the HTTP server said while it started
  mg_context* context = nullptr;

  static int serve(mg_connection* connection, void* self) {
    auto& server = *static_cast<Server*>(self);
    const mg_request_info& request = *mg_get_request_info(connection);
    const std::string_view method = request.request_method;
    const std::string_view path = request.local_uri;
    if (method != "GET" && method != "HEAD") return answer(connection, 405, kText, "Only GET.\n");
    if (path == "/metrics") return server.metrics(connection);
    if (path == "/healthz") return server.health(connection);
    return answer(connection, 404, kText, "There is /metrics and /healthz.\n");
  }

  int metrics(mg_connection* connection) {
    Metrics values;
    {
      const std::lock_guard lock(mutex);
      source.metrics(values);
    }
    return answer(connection, 200, "text/plain; version=0.0.4; charset=utf-8",
                  prometheus_text(values));
  }

  int health(mg_connection* connection) {
    std::string trouble;
    {
      const std::lock_guard lock(mutex);
      trouble = source.trouble();
    }
    if (trouble.empty()) return answer(connection, 200, kText, "ok\n");
    return answer(connection, 503, kText, trouble + "\n");
  }

  // Everything it says while it starts is about the address; what it says later is about broken
  // requests, and of no use to anybody.
  static int log(const mg_connection* connection, const char* message) {
    if (connection == nullptr) return 1;
    auto* server = static_cast<Server*>(mg_get_user_data(mg_get_context(connection)));
    if (server != nullptr && server->context == nullptr && server->problem.empty())
      server->problem = message;  // the first says why
    return 1;
  }
};

Result<void> Exporter::check(std::string_view listen) {
  const auto address = parse_address(listen);
  if (address && is_loopback(address->host)) return {};
  return fail(ErrorCode::kBadRequest, "is not a loopback address and a port");
}

Result<std::unique_ptr<Exporter>> Exporter::open(const std::string& listen, ExporterSource source) {
  if (auto checked = check(listen); !checked) return tl::unexpected(checked.error());
  auto server = std::make_unique<Server>();
  server->source = std::move(source);
  mg_callbacks callbacks{};
  callbacks.log_message = Server::log;
  // Few threads and short patience: a scraper asks every few seconds and reads what it gets.
  const char* options[] = {
      "listening_ports",    listen.c_str(), "num_threads", "2", "enable_keep_alive", "no",
      "request_timeout_ms", "5000",         nullptr};
  mg_context* const context = mg_start(&callbacks, server.get(), options);
  if (context == nullptr) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("metrics.listen: {}: {}", listen, server->problem));
  }
  server->context = context;
  mg_set_request_handler(context, "**", Server::serve, server.get());
  std::array<mg_server_port, 1> ports{};
  mg_get_server_ports(context, static_cast<int>(ports.size()), ports.data());
  server->address = fmt::format("{}:{}", parse_address(listen)->host, ports[0].port);
  return std::unique_ptr<Exporter>(new Exporter(std::move(server)));
}

Exporter::Exporter(std::unique_ptr<Server> server) : server_(std::move(server)) {}

Exporter::~Exporter() {
  mg_stop(server_->context);
}

const std::string& Exporter::address() const {
  return server_->address;
}

}  // namespace bridge::base
