// Time zones: names from the database, and nothing else in its folder or outside.
#include "bridge/base/time_zone.h"

#include <catch2/catch.hpp>
#include <string>

namespace bridge::base {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr WallMs kWinter = 1'700'000'000'000;  // 14 November 2023
constexpr WallMs kSummer = 1'690'000'000'000;  // 22 July 2023

TEST_CASE("a zone has an offset, and another one in summer") {
  CHECK(utc_offset("Europe/Berlin", kWinter) == hours(1));
  CHECK(utc_offset("Europe/Berlin", kSummer) == hours(2));
  CHECK(utc_offset("America/New_York", kWinter) == hours(-5));
  CHECK(utc_offset("Asia/Kathmandu", kWinter) == hours(5) + minutes(45));
  CHECK(utc_offset("UTC", kWinter) == hours(0));
  CHECK(utc_offset("Etc/GMT+5", kWinter) == hours(-5));
}

TEST_CASE("what is no name of the database is no zone") {
  for (const std::string name :
       {"", "Berlin", "europe/berlin", "Europe", "Europe/", "localtime", "posix/Europe/Berlin",
        "../../etc/localtime", "/usr/share/zoneinfo/Europe/Berlin", ":Europe/Berlin", "zone.tab",
        "Europe/../Europe/Berlin", "Europe/Berlin\n", "Fixed/UTC+01:00:00"}) {
    INFO(name);
    CHECK_FALSE(known_zone(name));
    CHECK_FALSE(utc_offset(name, kWinter));
  }
  CHECK_FALSE(known_zone(std::string("Europe/Berlin\0", 14)));
  CHECK_FALSE(known_zone(std::string(100, 'A')));
  CHECK(known_zone("Europe/Berlin"));
}

}  // namespace
}  // namespace bridge::base
