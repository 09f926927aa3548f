// The table of limits, what is set by records, and how configuration and settings combine.
#include "bridge/limits/limits.h"

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "bridge/backbone/memory_store.h"
#include "bridge/limits/book.h"

namespace {

using namespace bridge::limits;
using bridge::backbone::MemoryStore;
using bridge::backbone::Record;
using bridge::base::ErrorCode;
using bridge::wire::ChangeLimit;

constexpr throttle::HashSeed kSeed{1, 2};

ChangeLimit to(const std::string& name, const std::string& value, const std::string& key = {}) {
  ChangeLimit change;
  change.set_name(name);
  change.set_value(value);
  change.set_key(key);
  change.set_who("olga");
  return change;
}

// Ledger, log and book, as the bridge puts them together.
struct Operator {
  explicit Operator(FileValues file = {})
      : book(std::move(file), kSeed, [this](const Limits& limits) { told.push_back(limits); }) {
    book.load(ledger);
  }

  bridge::base::Result<void> change(const ChangeLimit& request) {
    auto decided = ledger.decide(request);
    if (!decided) return tl::unexpected(decided.error());
    auto record = std::make_shared<Record>();
    record->set_id(store.head() + 1);
    record->set_time_ms(1000 + static_cast<std::int64_t>(record->id()));
    *record->mutable_limit_changed() = *decided;
    append(record);
    ledger.apply(*record);
    book.apply(*record);
    return {};
  }
  void append(const bridge::backbone::RecordPtr& record) {
    const std::vector<bridge::backbone::RecordPtr> batch{record};
    REQUIRE(store.append(batch));
  }
  throttle::Policy policy(Limit limit) const { return book.now().rule(limit).policy; }
  std::string source(const std::string& name) const {
    return book.report(name)->limits(0).source();
  }

  MemoryStore store;
  Ledger ledger;
  std::vector<Limits> told;
  Book book;
};

throttle::Policy policy(std::string_view text) {
  return *throttle::Policy::parse(text);
}

FileValues file_with(Limit limit, std::string_view text) {
  FileValues file;
  file[static_cast<std::size_t>(limit)] = *parse(entry(limit), text);
  return file;
}

}  // namespace

TEST_CASE("every limit has a name of its own, a sentence and a default that it accepts") {
  std::set<std::string_view> names;
  for (const Entry& entry : table()) {
    INFO(entry.name);
    CHECK(names.insert(entry.name).second);
    CHECK(entry.what.ends_with("."));
    CHECK_FALSE(entry.level.empty());
    REQUIRE(parse(entry, entry.standard));
    CHECK(parse(entry, parse(entry, entry.standard)->text)->text == standard(entry).text);
    CHECK(find(entry.name) == &bridge::limits::entry(entry.limit));
  }
  CHECK(of_lane(Limit::kImChanges, 1) == Limit::kWebChanges);
  CHECK(of_lane(Limit::kImQuestions, 2) == Limit::kAdminQuestions);
}

TEST_CASE("a value that is none is refused whole, with a good one") {
  Operator someone;
  const auto refused = someone.change(to("im.publishes", "lots"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kBadRequest);
  CHECK_THAT(refused.error().text, Catch::Contains("500/1s burst 2000"));
  CHECK_FALSE(someone.change(to("im.publishs", "1/s")));
  CHECK_FALSE(someone.change(to("deliveries.weight_track", "0")));
  CHECK_FALSE(someone.change(to("deliveries.weight_track", "2.5")));
  CHECK_FALSE(someone.change(to("pressure.web_p99", "5")));
  CHECK_FALSE(someone.change(to("pressure.web_p99", "1h")));
  CHECK_FALSE(someone.change(to("im.publishes", "1/s", "person:alice@example.org")));
  CHECK_FALSE(someone.change(to("im.requests_per_person", "1/s", "domain:example.org")));
  auto percent = to("im.publishes", "1/s");
  percent.set_percent(101);
  CHECK_FALSE(someone.change(percent));
  auto shadow = to("deliveries.weight_track", "3");
  shadow.set_shadow(true);
  CHECK_FALSE(someone.change(shadow));
  auto share = to("deliveries.all", "10/s");
  share.set_percent(10);
  CHECK_FALSE(someone.change(share));
  CHECK(someone.store.head() == 0);
  CHECK(someone.told.size() == 1);
}

TEST_CASE("what is set holds until it is unset, whatever the file says meanwhile") {
  Operator someone(file_with(Limit::kImPublishes, "100/s"));
  CHECK(someone.policy(Limit::kImPublishes) == policy("100/s"));
  CHECK(someone.source("im.publishes") == "file");
  CHECK(someone.source("im.requests") == "default");
  REQUIRE(someone.change(to("im.publishes", "7/s burst 9")));
  CHECK(someone.policy(Limit::kImPublishes) == policy("7/s burst 9"));
  someone.book.set_file(file_with(Limit::kImPublishes, "200/s"), "SIGHUP");
  CHECK(someone.policy(Limit::kImPublishes) == policy("7/s burst 9"));
  ChangeLimit unset = to("im.publishes", "");
  unset.set_unset(true);
  REQUIRE(someone.change(unset));
  CHECK(someone.policy(Limit::kImPublishes) == policy("200/s"));
  CHECK_FALSE(someone.change(unset));
  someone.book.set_file({}, "SIGHUP");
  CHECK(someone.policy(Limit::kImPublishes) == standard(entry(Limit::kImPublishes)).policy);
}

TEST_CASE("every change is told, whole, in order") {
  Operator someone;
  REQUIRE(someone.change(to("im.publishes", "7/s")));
  REQUIRE(someone.change(to("deliveries.weight_track", "3")));
  REQUIRE(someone.told.size() == 3);
  CHECK(someone.told[2].rule(Limit::kImPublishes).policy == policy("7/s"));
  CHECK(someone.told[2].number(Limit::kWeightTrack) == 3);
  CHECK(someone.told[1].number(Limit::kWeightTrack) == 2);
}

TEST_CASE("exceptions hold for their key, as it is compared") {
  Operator someone;
  REQUIRE(someone.change(to("im.requests_per_person", "1/s", "person:Alice@Example.org")));
  REQUIRE(someone.change(to("im.requests_per_domain", "unlimited", "example.org")));
  const Limits limits = someone.book.now();
  const auto& rule = limits.rule(Limit::kImRequestsPerPerson);
  const auto alice = throttle::sip_hash<1, 3>(kSeed, "alice@example.org");
  REQUIRE(rule.override_of(alice));
  CHECK(*rule.override_of(alice) == policy("1/s"));
  CHECK_FALSE(rule.override_of(alice + 1));
  CHECK(rule.policy == standard(entry(Limit::kImRequestsPerPerson)).policy);
  const auto report = *someone.book.report("im.requests_per_person");
  REQUIRE(report.limits_size() == 2);
  CHECK(report.limits(1).key() == "alice@example.org");
  CHECK(report.limits(1).keyed() == "person");
}

TEST_CASE("shadow and a share are part of what is set") {
  Operator someone;
  auto request = to("im.requests_per_person", "1/s");
  request.set_shadow(true);
  request.set_percent(30);
  REQUIRE(someone.change(request));
  const Limits limits = someone.book.now();
  CHECK(limits.rule(Limit::kImRequestsPerPerson).shadow);
  CHECK(limits.rule(Limit::kImRequestsPerPerson).percent == 30);
  REQUIRE(someone.change(to("im.requests_per_person", "1/s")));
  CHECK_FALSE(someone.book.now().rule(Limit::kImRequestsPerPerson).shadow);
  CHECK(someone.book.now().rule(Limit::kImRequestsPerPerson).percent == 100);
}

TEST_CASE("the history is a chain through the log: who, when, old, new") {
  Operator someone;
  REQUIRE(someone.change(to("im.publishes", "1/s")));
  auto other = std::make_shared<Record>();
  other->set_id(2);
  other->mutable_account_created()->set_nick("alice");
  someone.append(other);
  REQUIRE(someone.change(to("im.publishes", "2/s")));
  REQUIRE(someone.change(to("im.requests_per_client", "3/s", "client:gw")));
  auto unset = to("im.publishes", "");
  unset.set_unset(true);
  REQUIRE(someone.change(unset));

  bridge::wire::LimitHistory two;
  two.set_count(2);
  const auto first = history(someone.store, someone.book.newest(), two);
  REQUIRE(first);
  REQUIRE(first->changes_size() == 2);
  CHECK(first->changes(0).unset());
  CHECK(first->changes(0).old() == policy("2/s").text());
  CHECK(first->changes(0).who() == "olga");
  CHECK(first->changes(1).key() == "gw");
  two.set_before(first->next());
  const auto rest = history(someone.store, someone.book.newest(), two);
  REQUIRE(rest);
  REQUIRE(rest->changes_size() == 2);
  CHECK(rest->changes(0).value() == policy("2/s").text());
  CHECK(rest->changes(0).old() == policy("1/s").text());
  CHECK(rest->changes(1).old().empty());
  CHECK(rest->changes(1).time_ms() == 1001);
  CHECK(rest->next() == 0);
}

TEST_CASE("the compacted state leads to the same settings and the same history") {
  Operator someone;
  REQUIRE(someone.change(to("im.publishes", "1/s")));
  REQUIRE(someone.change(to("im.changes", "9/s")));
  REQUIRE(someone.change(to("im.publishes", "2/s")));
  auto unset = to("im.changes", "");
  unset.set_unset(true);
  REQUIRE(someone.change(unset));
  Ledger again;
  std::map<bridge::backbone::RecordId, Record> newest;
  REQUIRE(someone.store.read_state(
      {}, [&](const Record& record) { newest.emplace(record.id(), record); }));
  for (const auto& [id, record] : newest) again.apply(record);
  CHECK(again.newest() == 4);
  CHECK(again.find(Limit::kImPublishes, "")->value.policy == policy("2/s"));
  CHECK_FALSE(again.find(Limit::kImChanges, ""));
}

TEST_CASE("settings are bounded, and those that exist can still be changed") {
  Operator someone;
  for (std::size_t i = 0; i < Ledger::kSettingsMax; ++i) {
    Record record;
    record.set_id(i + 1);
    auto& change = *record.mutable_limit_changed();
    change.set_name("im.requests_per_person");
    change.set_key("p" + std::to_string(i) + "@example.org");
    change.set_value("1/1s");
    change.set_percent(100);
    someone.ledger.apply(record);
  }
  CHECK_FALSE(someone.ledger.decide(to("im.publishes", "1/s")));
  CHECK(someone.ledger.decide(to("im.requests_per_person", "2/s", "p7@example.org")));
}

TEST_CASE("a record of a limit that this version does not know changes nothing but the chain") {
  Ledger ledger;
  Record record;
  record.set_id(9);
  record.mutable_limit_changed()->set_name("im.of_tomorrow");
  record.mutable_limit_changed()->set_value("1/s");
  ledger.apply(record);
  CHECK(ledger.settings().empty());
  CHECK(ledger.newest() == 9);
}
