// `match` and `tokens`: lines in, lines out.
#include "bridge/ctl/offline.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "bridge/ctl/exit_code.h"

namespace bridge::ctl {
namespace {

struct Run {
  int code = 0;
  std::string out;
  std::string err;
};

Run match(const std::vector<std::string>& arguments, const std::string& lines) {
  std::istringstream in(lines);
  std::ostringstream out;
  std::ostringstream err;
  const int code = match_lines(arguments, in, out, err);
  return {code, out.str(), err.str()};
}

TEST_CASE("match prints the lines a track would catch, as they are") {
  const Run run = match({"nyc", "food,", "\"drinking tea\""},
                        "Food in #NYC!\r\nfood\nI am Drinking, tea\nnyc food without an end");
  CHECK(run.code == kOk);
  CHECK(run.out == "Food in #NYC!\r\nI am Drinking, tea\nnyc food without an end\n");
  CHECK(run.err.empty());
}

TEST_CASE("match says with its exit code that nothing was caught") {
  CHECK(match({"nyc", "-food"}, "nyc food\n").code == kNo);
  CHECK(match({"nyc"}, "").code == kNo);
}

TEST_CASE("match refuses a bad phrase with a sentence") {
  const Run run = match({"\"nyc"}, "nyc\n");
  CHECK(run.code == kUsage);
  CHECK(run.out.empty());
  CHECK(run.err == "lapwingctl: A quote is opened in that phrase, but not closed.\n");
  CHECK(match({}, "nyc\n").code == kUsage);
}

TEST_CASE("lines that are not UTF-8 are skipped with a warning") {
  const Run run = match({"nyc"}, "nyc \xFF\nnyc\n");
  CHECK(run.code == kOk);
  CHECK(run.out == "nyc\n");
  CHECK(run.err == "lapwingctl: line 1 is not valid UTF-8, skipped\n");
}

TEST_CASE("tokens prints one JSON object a line, UTF-8 as it is") {
  std::istringstream in("Caf\u00E9 \"x\" #NYC @Bob http://T.co/a\n\n\xFF\n");
  std::ostringstream out;
  std::ostringstream err;
  CHECK(print_tokens(in, out, err) == kOk);
  CHECK(out.str() ==
        "{\"words\":[\"caf\u00E9\",\"\\\"x\\\"\",\"x\",\"#nyc\",\"nyc\",\"@bob\",\"bob\","
        "\"http://t.co/a\",\"http\",\"t\",\"co\",\"a\"],\"hashtags\":[\"nyc\"],"
        "\"mentions\":[\"bob\"],\"urls\":[\"http://T.co/a\"]}\n"
        "{\"words\":[],\"hashtags\":[],\"mentions\":[],\"urls\":[]}\n"
        "{\"words\":[],\"hashtags\":[],\"mentions\":[],\"urls\":[]}\n");
  CHECK(err.str() == "lapwingctl: line 3 is not valid UTF-8, skipped\n");
}

}  // namespace
}  // namespace bridge::ctl
