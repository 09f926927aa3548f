// Reports for people and scripts, key files, and lines from files and pipes.
#include "bridge/ctl/report.h"

#include <catch2/catch.hpp>

#include "bridge/ctl/json.h"
#include "bridge/ctl/progress.h"

namespace bridge::ctl {
namespace {

using namespace std::chrono_literals;

TEST_CASE("numbers and durations for people") {
  CHECK(with_commas(0) == "0");
  CHECK(with_commas(999) == "999");
  CHECK(with_commas(1000) == "1,000");
  CHECK(with_commas(1234567) == "1,234,567");
  CHECK(duration_text(45) == "45 s");
  CHECK(duration_text(727) == "12 min 07 s");
  CHECK(duration_text(11'100) == "3 h 05 min");
  CHECK(duration_text(187'200) == "2 d 4 h");
}

TEST_CASE("the progress of an import") {
  const ImportCounts counts{.published = 12'000, .already_there = 300, .refused = 45};
  CHECK(progress_line(counts, 3s, std::nullopt) == "12,345 posts, 4,115/s");
  CHECK(progress_line(counts, 3s, 0.25) == "12,345 posts, 4,115/s, 25 %, 9 s left");
  CHECK(progress_line(counts, 3s, 1.0) == "12,345 posts, 4,115/s, 100 %");
  CHECK(progress_line({}, 0s, 0.0) == "0 posts, 0/s, 0 %");
  CHECK(summary_line(counts) == "published 12000, already there 300, refused 45");
}

wire::StatusReport some_status() {
  wire::StatusReport status;
  status.set_head(1234);
  status.set_matched_to(1230);
  status.set_accounts(7);
  status.set_uptime_ms(61'000);
  auto& lane = *status.add_lanes();
  lane.set_lane("im");
  lane.set_sessions(1);
  lane.set_requests(99);
  auto& counter = *status.add_counters();
  counter.set_name("fanout.deliveries");
  counter.set_value(5000);
  return status;
}

TEST_CASE("status as JSON") {
  CHECK(to_json(some_status()) ==
        R"({"head":1234,"matched_to":1230,"accounts":7,"follows":0,"tracks":0,"online":0,)"
        R"("uptime_ms":61000,"lanes":[{"lane":"im","sessions":1,"requests":99,"refused":0,)"
        R"("queued":0}],"counters":{"fanout.deliveries":5000}})");
}

TEST_CASE("status as text") {
  const std::string text = to_text(some_status());
  CHECK(text.find("log head             1,234\n") != text.npos);
  CHECK(text.find("1 min 01 s\n") != text.npos);
  CHECK(text.find("fanout.deliveries") != text.npos);
}

TEST_CASE("what is owed") {
  wire::OwedReport owed;
  owed.set_head(20);
  CHECK(to_text(owed) == "Nothing waits, up to 20.\n");
  auto& person = *owed.add_people();
  person.set_nick("bob");
  person.set_tracks(87);
  person.set_digested(9);
  person.set_oldest(3);
  CHECK(to_json(owed) == R"({"head":20,"people":[{"nick":"bob","directs":0,"follows":0,)"
                         R"("tracks":87,"digested":9,"oldest":3,"unreachable":false}]})");
  CHECK(to_text(owed).find("bob") != std::string::npos);
  CHECK(to_text(owed).find("unreachable") == std::string::npos);
  person.set_unreachable(true);
  CHECK(to_text(owed).find("unreachable") != std::string::npos);
}

TEST_CASE("the caps of words: their own or the default, and who waits") {
  wire::WordCaps caps;
  caps.set_by_default(1'000'000);
  CHECK(to_text(caps) == "Listeners of a word: 1,000,000 by default.\n");
  auto& tea = *caps.add_caps();
  tea.set_phrase("tea");
  tea.set_cap(5);
  tea.set_listeners(12);
  tea.set_asleep(7);
  caps.set_total(1);
  CHECK(to_json(caps) == R"({"default":1000000,"total":1,"words":[{"word":"tea","cap":5,)"
                         R"("by_default":false,"listeners":12,"asleep":7}]})");
  CHECK(to_text(caps).find("default\n") == std::string::npos);
  CHECK(to_text(caps).find("more") == std::string::npos);
  tea.set_by_default(true);
  caps.set_total(3);
  CHECK(to_text(caps).find(" default ") != std::string::npos);
  CHECK(to_text(caps).find("and 2 more\n") != std::string::npos);
}

}  // namespace
}  // namespace bridge::ctl
