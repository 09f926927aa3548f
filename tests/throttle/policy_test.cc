#include "throttle/policy.h"

#include "tests/throttle/story.h"

namespace throttle {

TEST_CASE("a duration is a number and a unit") {
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("90d") == 90 * 24h);
  CHECK(parse_duration("0s") == 0s);
  for (const char* bad : {"", "5", "s", "-1s", "+1s", "1 s", "1.5s", "1S", "1w", "5ss",
                          "9999999999999d", "99999999999999999999s"}) {
    INFO(bad);
    CHECK_FALSE(parse_duration(bad));
  }
}

TEST_CASE("a duration's text is its shortest exact form") {
  CHECK(duration_text(0s) == "0s");
  CHECK(duration_text(90s) == "90s");
  CHECK(duration_text(120s) == "2m");
  CHECK(duration_text(48h) == "2d");
  holds("text and parse are inverse", [] {
    const auto duration = Duration(*rc::gen::inRange<std::int64_t>(0, INT64_MAX));
    RC_ASSERT(parse_duration(duration_text(duration)) == duration);
  });
}

TEST_CASE("a policy reads as people write it") {
  const Policy ten = policy("20/10s burst 40");
  CHECK(ten.interval() == 500ms);
  CHECK(ten.burst() == 40);
  CHECK(ten.span() == 20s);
  CHECK(policy("5/s") == *Policy::make(5, 1s, 5));
  CHECK(policy("1/500ms").burst() == 1);
  CHECK(policy("unlimited").is_unlimited());
  CHECK(Policy().is_unlimited());
  CHECK(policy("0/s").is_closed());
  CHECK(policy("0/s burst 9").is_closed());
}

TEST_CASE("a policy's text reads back the same") {
  for (const char* text : {"20/10s burst 40", "5/s", "unlimited", "0/s", "3/m burst 1", "7/11s"}) {
    CHECK(policy(text).text() == text);
  }
  CHECK(policy("5/1s burst 5").text() == "5/s");
  CHECK(policy("60/60s").text() == "60/m");
  holds("text and parse are inverse", [] {
    const Policy any = any_policy();
    RC_ASSERT(Policy::parse(any.text()) == any);
  });
}

TEST_CASE("a policy that cannot be kept is refused") {
  for (const char* bad : {"", "5", "/s", "5/", "5/0s", "5/s burst", "5/s burst 0", "5/s burst x",
                          "-5/s", "5 / s", "5/s  burst 2", "5/s burst 2 ", "2/ns", "Unlimited",
                          "18446744073709551616/s", "1/d burst 99999999", "1/99999d"}) {
    INFO(bad);
    CHECK_FALSE(Policy::parse(bad));
  }
}

TEST_CASE("an interval that does not come out even is never faster than asked") {
  CHECK(policy("3/s").interval() == 333333334ns);
}

TEST_CASE("no text harms the parser") {
  holds("any bytes", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::oneOf(
        rc::gen::arbitrary<char>(), rc::gen::elementOf(std::string("0123456789/ smhdnu burst"))));
    if (const auto parsed = Policy::parse(text)) RC_ASSERT(Policy::parse(parsed->text()) == parsed);
  });
}

}  // namespace throttle
