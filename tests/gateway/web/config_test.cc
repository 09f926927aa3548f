// The website's configuration: the commented example, and what is refused.
#include "gateway/web/config.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

namespace gateway::web {
namespace {

std::vector<std::string> problems_of(const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("lapwing-web-config-" + std::to_string(::getpid()) + ".toml");
  std::ofstream(path) << text;
  auto problems = load_config(path.string()).problems;
  std::filesystem::remove(path);
  return problems;
}

TEST_CASE("the commented example says the defaults", "[config]") {
  const LoadedConfig loaded = load_config(LAPWING_CONF "/web.toml");
  CHECK(loaded.problems.empty());
  const ServerSettings http;
  CHECK(loaded.config.http.listen == http.listen);
  CHECK(loaded.config.http.connections_max == http.connections_max);
  CHECK(loaded.config.http.stream_bytes_max == http.stream_bytes_max);
  const SiteSettings site;
  CHECK(loaded.config.site.view.posts_max == site.view.posts_max);
  CHECK(loaded.config.site.view.bytes_max == site.view.bytes_max);
  CHECK(loaded.config.site.outbox.patience == site.outbox.patience);
  CHECK(loaded.config.site.outbox.per_person_max == site.outbox.per_person_max);
  CHECK(loaded.config.site.changes == site.changes);
  CHECK(loaded.config.site.requests == site.requests);
  CHECK(loaded.config.site.credit_bytes == site.credit_bytes);
  const PageSettings pages;
  CHECK_FALSE(loaded.config.pages.plain_http);
  CHECK(loaded.config.pages.name == pages.name);
  CHECK(loaded.config.pages.sessions.sessions_max == pages.sessions.sessions_max);
  CHECK(loaded.config.pages.sessions.idle_max == pages.sessions.idle_max);
  CHECK(loaded.config.pages.sessions.age_max == pages.sessions.age_max);
}

TEST_CASE("a folder is all that is needed; what is wrong is told all at once", "[config]") {
  CHECK(problems_of("[data]\npath = \"/tmp/x\"\n").empty());
  CHECK(problems_of("[http]\nlisten = \"here\"\n[outbox]\npatience = \"never\"\n[x]\n").size() ==
        4);
}

TEST_CASE("a stream has room for what is written ahead to its reader", "[config]") {
  const std::string begin = "[data]\npath = \"/tmp/x\"\n[http]\nstream_max = ";
  CHECK(problems_of(begin + "\"128KiB\"\n").empty());
  CHECK(problems_of(begin + "\"127KiB\"\n").size() == 1);
}

TEST_CASE("gateways are addresses of their exporters", "[config]") {
  const std::string begin = "[data]\npath = \"/tmp/x\"\n[operations]\ngateways = ";
  CHECK(problems_of(begin + "[\"127.0.0.1:9470\", \"[::1]:9470\"]\n").empty());
  for (const std::string bad : {"localhost:9470", "127.0.0.1", ":9470", "127.0.0.1:ninety", ""})
    CHECK(problems_of(begin + "[\"" + bad + "\"]\n").size() == 1);
}

}  // namespace
}  // namespace gateway::web
