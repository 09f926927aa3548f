// The configuration file: the commented example, and what is refused.
#include "gateway/config.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace gateway {
namespace {

using Catch::Contains;

// A configuration file that lives as long as the test.
class File {
 public:
  explicit File(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("lapwing-config-" + std::to_string(::getpid()) + ".toml")) {
    std::ofstream(path_) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  LoadedConfig load() const { return load_config(path_.string()); }

 private:
  std::filesystem::path path_;
};

constexpr auto kLeast = "[xmpp]\ndomain = \"im.example.org\"\nsecret = \"s\"\n";

std::string problems(const std::string& text) {
  std::string all;
  for (const std::string& problem : File(text).load().problems) all += problem + "\n";
  return all;
}

TEST_CASE("the least that is needed is a domain and a secret") {
  CHECK(problems(kLeast).empty());
  CHECK_THAT(problems("[xmpp]\nsecret = \"s\"\n"), Contains("xmpp.domain"));
  CHECK_THAT(problems("[xmpp]\ndomain = \"im.example.org\"\n"), Contains("xmpp.secret"));
}

TEST_CASE("the commented example is accepted and says the defaults") {
  const LoadedConfig example = load_config(LAPWING_CONF "/gateway.toml");
  CHECK(example.problems.empty());
  const LoadedConfig defaults = File(kLeast).load();
  const xmpp::Settings& a = example.config.settings;
  const xmpp::Settings& b = defaults.config.settings;
  CHECK(a.bot == b.bot);
  CHECK(a.limits.person == b.limits.person);
  CHECK(a.limits.domain == b.limits.domain);
  CHECK(a.limits.queries == b.limits.queries);
  CHECK(a.limits.keys == b.limits.keys);
  CHECK(a.window.deliveries == b.window.deliveries);
  CHECK(a.window.bytes == b.window.bytes);
  CHECK(a.window.send_bytes == b.window.send_bytes);
  CHECK(a.window.in_flight_bytes == b.window.in_flight_bytes);
  CHECK(a.window.barriers == b.window.barriers);
  CHECK(a.people_max == b.people_max);
  CHECK(a.probes == b.probes);
  CHECK(a.confirm_within == b.confirm_within);
  CHECK(a.confirmations_max == b.confirmations_max);
  CHECK(a.request_receipts == b.request_receipts);
  CHECK(a.registration == b.registration);
  CHECK(a.forms_max == b.forms_max);
  CHECK(a.form_within == b.form_within);
  CHECK(a.requests_max == b.requests_max);
  CHECK(a.outbox_bytes == b.outbox_bytes);
  const xmpp::StropheOptions& c = example.config.stream;
  const xmpp::StropheOptions& d = defaults.config.stream;
  CHECK(c.host == d.host);
  CHECK(c.port == d.port);
  CHECK(c.stanza_bytes_max == d.stanza_bytes_max);
  CHECK(c.depth_max == d.depth_max);
  CHECK(c.send_buffer_bytes == d.send_buffer_bytes);
  CHECK(c.handshake_timeout == d.handshake_timeout);
  CHECK(c.ping_timeout == d.ping_timeout);
  CHECK(c.quiet_ping == d.quiet_ping);
  CHECK(c.backoff_first == d.backoff_first);
  CHECK(c.backoff_longest == d.backoff_longest);
  CHECK(c.conflict_backoff == d.conflict_backoff);
  CHECK(example.config.bridge.endpoint == defaults.config.bridge.endpoint);
  CHECK(example.config.bridge.client == defaults.config.bridge.client);
  CHECK(example.config.bridge.request_timeout == defaults.config.bridge.request_timeout);
}

TEST_CASE("what cannot be is told with its key, all of it at once") {
  const std::string all = problems(std::string(kLeast) +
                                   "bot = \"two words\"\nport = 99999\nnonsense = 1\n"
                                   "[bridge]\nendpoint = \"http://x\"\nserver_key = \"k\"\n"
                                   "[limits]\nperson = \"many\"\n[window]\nbarriers = 0\n"
                                   "[log]\nlevel = \"loud\"\n");
  for (const char* key : {"xmpp.domain", "xmpp.port", "xmpp.nonsense", "bridge.endpoint",
                          "bridge.server_key", "limits.person", "window.barriers", "log.level"}) {
    CHECK_THAT(all, Contains(key));
  }
}

TEST_CASE("our addresses are kept as they are compared") {
  const LoadedConfig loaded =
      File("[xmpp]\ndomain = \"IM.Example.org\"\nbot = \"Lapwing\"\nsecret = \"s\"\n").load();
  CHECK(loaded.problems.empty());
  CHECK(loaded.config.settings.bot_jid() == "lapwing@im.example.org");
  CHECK(loaded.config.stream.domain == "im.example.org");
}

TEST_CASE("who may join: domains are compared as addresses are") {
  const std::string text = std::string(kLeast) + "[registration]\nopen = false\n";
  const File file(text + "domains = [\"Example.ORG\"]\n");
  const LoadedConfig loaded = file.load();
  CHECK(loaded.problems.empty());
  CHECK_FALSE(loaded.config.settings.registration.open);
  CHECK(loaded.config.settings.registration.domains == std::vector<std::string>{"example.org"});
  CHECK_THAT(problems(text + "domains = [\"bob@example.org\"]\n"),
             Contains("registration.domains"));
}

}  // namespace
}  // namespace gateway
