#include "bridge/wire/endpoint.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/bridge/wire/loopback.h"

namespace bridge::wire {

TEST_CASE("Loopback is what is written as loopback") {
  CHECK(parse_endpoint("tcp://127.0.0.1:7601")->loopback);
  CHECK(parse_endpoint("tcp://127.9.9.9:*")->loopback);
  CHECK(parse_endpoint("tcp://[::1]:7601")->loopback);
  CHECK(parse_endpoint("tcp://[::1]:7601")->ipv6);
  CHECK(parse_endpoint("tcp://localhost:7601")->loopback);
  CHECK_FALSE(parse_endpoint("tcp://0.0.0.0:7601")->loopback);
  CHECK_FALSE(parse_endpoint("tcp://*:7601")->loopback);
  CHECK_FALSE(parse_endpoint("tcp://127.0.0.1.example.org:7601")->loopback);
}

TEST_CASE("What is no endpoint is refused") {
  CHECK_FALSE(parse_endpoint("").has_value());
  CHECK_FALSE(parse_endpoint("udp://127.0.0.1:1").has_value());
  CHECK_FALSE(parse_endpoint("tcp://127.0.0.1").has_value());
  CHECK_FALSE(parse_endpoint("tcp://:1").has_value());
  CHECK_FALSE(parse_endpoint("ipc://").has_value());
  CHECK_FALSE(parse_endpoint("ipc://@abstract").has_value());
  CHECK_FALSE(parse_endpoint("ipc:///" + std::string(120, 'x')).has_value());
  CHECK(parse_endpoint("ipc:///run/lapwing/im")->path == "/run/lapwing/im");
}

TEST_CASE("A file that is no socket is left alone") {
  const testing::TempDir dir;
  std::ofstream(dir.path("notes")) << "precious";
  CHECK_FALSE(clear_ipc_path(dir.path("notes")).has_value());
  CHECK(std::filesystem::exists(dir.path("notes")));
  CHECK(clear_ipc_path(dir.path("nothing")).has_value());
}

}  // namespace bridge::wire
