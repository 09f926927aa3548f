// A State made of what the store has kept is the one that had every record applied.
#include "bridge/state/snapshot.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "bridge/backbone/memory_store.h"
#include "tests/support/service.h"

namespace bridge::state {
namespace {

using namespace std::chrono_literals;
using backbone::MemoryStore;
using tests::Service;

std::string described(const track::Subscribers& all) {
  std::string text;
  all.visit({}, all.size(),
            [&](auto number, auto who) { text += fmt::format(" <{}:{}", number, who); });
  return text;
}

// All there is to be known of an account, for comparing.
std::string described(const State& state, const Account& account) {
  // Whoever left is owed nothing, and the records that say since when are kept no longer.
  const RecordId owed_since = account.open ? account.owed_since : 0;
  std::string text = fmt::format(
      "{} {} {} '{}' '{}' made {} open {} on {} plain {} owed {} posts {} last {} "
      "renamed {}\n",
      account.id, account.number, account.nick.view(), account.address.view(), account.zone(),
      account.created_ms, bool{account.open}, bool{account.delivery_on},
      bool{account.plain_text_posts}, owed_since, account.posts, account.last_post,
      account.renamed_ms());
  for (const auto& edge : account.follows)
    text += fmt::format(" f{}@{}", edge.followee, edge.since);
  for (const auto& edge : account.tracks)
    text += fmt::format(" t'{}'@{}<{}", edge.phrase->canonical(), edge.since, edge.per_hour);
  for (const auto& block : account.blocks())
    text += fmt::format(" b{}-{},{}", block.other, block.ended, block.ended_ms);
  for (const auto& mute : account.mutes())
    text += fmt::format(" m'{}'@{}-{},{},{}", mute.phrase->canonical(), mute.since, mute.until_ms,
                        mute.ended, mute.ended_ms);
  for (const auto& sleep : account.sleeps())
    text += fmt::format(" d'{}'@{}-{}", sleep.phrase->canonical(), sleep.since, sleep.ended);
  for (const RecordId post : account.favourites()) text += fmt::format(" v{}", post);
  for (const Repost& repost : account.reposts()) {
    text += fmt::format(" r{}:{}", repost.id, repost.post);
    for (const Repost& other : state.reposts_of(repost.post))
      text += fmt::format(",{}by{}", other.id, other.by);
  }
  text += described(account.followers());
  const auto number = [](const Account* found) {
    return found ? std::to_string(found->number) : "-";
  };
  return text + fmt::format(" found {} {} {}\n", number(state.find(account.id)),
                            number(state.find_nick(account.nick)),
                            number(state.find_address(account.address)));
}

std::string described(const Word& word) {
  return fmt::format("'{}' {} uses, {} asleep, cap {}:{}\n", word.phrase.canonical(), word.uses,
                     word.asleep, word.cap ? std::to_string(*word.cap) : "-",
                     described(word.listeners));
}

// But for its version, which only says that something changed: what was lifted again has left no
// record.
std::string described(const Order& order) {
  std::string text =
      fmt::format("operators {} banned {} reserved {} registration {}\n", order.operators(),
                  order.banned(), order.reserved(), static_cast<int>(order.registration()));
  for (const auto& [account, suspension] : order.suspensions())
    text += fmt::format(" suspended {} '{}' to {}\n", account, suspension.reason, suspension.ended);
  return text + fmt::format(" announced '{}' at {}, audited {}\n", order.announced().text,
                            order.announced().time_ms, order.newest_audited());
}

// All that anybody may be called, and where they may be.
const std::vector<std::string> kNicks{"alice", "bob", "carol", "dave", "erin"};
const std::vector<std::string> kDomains{"example.org", "new.example"};

std::string some(const std::vector<std::string>& of) {
  return *rc::gen::elementOf(of);
}

std::string described(const State& state) {
  std::string text = fmt::format("{} {}\n", state.follows(), state.tracks());
  for (const std::string& domain : kDomains)
    text += fmt::format("{}: {} tracks\n", domain, state.tracks_of_domain(domain));
  for (const Account& account : state.accounts()) text += described(state, account);
  const auto id = [](const Account* found) { return found ? found->id : 0; };
  for (const std::string& nick : kNicks) {
    text += fmt::format("{}: {}", nick, id(state.find_nick(nick)));
    for (const std::string& domain : kDomains)
      text += fmt::format(" {}", id(state.find_address(nick + "@" + domain)));
    text += "\n";
  }
  std::set<std::string> words;
  state.words().visit([&](const Word& word) { words.insert(described(word)); });
  for (const std::string& word : words) text += word;
  for (const auto& [phrase, word] : state.words().notable())
    text += fmt::format("noted: {} {}\n", phrase, word->phrase.canonical());
  return text + described(state.order());
}

State reloaded(const backbone::Store& store, std::size_t pieces = 1) {
  const auto snapshot = Snapshot::read(store, {}, pieces);
  REQUIRE(snapshot);
  return State(*snapshot);
}

// A State that had every record of the log applied, one after the other.
State applied(const backbone::Store& store) {
  State state;
  const auto log = store.read(0, std::numeric_limits<std::size_t>::max(),
                              std::numeric_limits<std::size_t>::max());
  REQUIRE(log);
  for (const auto& record : *log) state.apply(*record);
  return state;
}

std::string some_phrase() {
  return *rc::gen::element<std::string>("nyc", "food nyc", "\"food nyc\" -ad", "stra\u00DFe",
                                        "tea, nyc", "a much longer phrase than usual");
}

void move(Service& town) {
  const std::string nick = some(kNicks);
  const Account* account = town.committer().state().find_nick(nick);
  if (!account) return;
  const std::string to = some(kNicks) + "@" + some(kDomains);
  town.offer_move(account->address.str(), to);
  town.take_move(to, nick);
}

void subscribe_to_something(Service& town) {
  auto request = town.by(some(kNicks));
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
    case 1:
    case 2:
      request.mutable_track()->set_phrases(some_phrase());
      request.mutable_track()->set_per_hour(*rc::gen::element<std::uint32_t>(0, 0, 3));
      break;
    case 3:
      request.mutable_untrack()->set_phrases(some_phrase());
      break;
    case 4:
      request.mutable_follow()->set_nick(some(kNicks));
      break;
    case 5:
      request.mutable_leave()->set_nick(some(kNicks));
      break;
    case 6:
      request.mutable_favourite()->mutable_post()->set_id(*rc::gen::inRange(1, 30));
      break;
    case 7:
      request.mutable_repost()->mutable_post()->set_id(*rc::gen::inRange(1, 30));
      break;
  }
  town.ask(request);
}

void choose_something(Service& town) {
  auto request = town.by(some(kNicks));
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      request.mutable_block()->set_nick(some(kNicks));
      break;
    case 1:
      request.mutable_unblock()->set_nick(some(kNicks));
      break;
    case 2:
      request.mutable_mute()->set_phrases("tea");
      request.mutable_mute()->set_for_ms(*rc::gen::element<std::uint64_t>(0, 60'000));
      break;
    case 3:
      request.mutable_unmute()->set_phrases("tea");
      break;
    case 4:
      request.mutable_set_zone()->set_zone(*rc::gen::element<std::string>("Europe/Berlin", ""));
      break;
    case 5:
      request.mutable_set_delivery()->set_on(*rc::gen::arbitrary<bool>());
      break;
    case 6:
      request.mutable_confirm();
      break;
    case 7:
      request.mutable_rename()->set_to(some(kNicks));
      break;
  }
  town.ask(request);
}

void keep_order(Service& town) {
  wire::Request request;
  auto& operate = *request.mutable_operate();
  operate.set_who("root");
  const std::string nick = some(kNicks);
  switch (*rc::gen::inRange(0, 12)) {
    case 0:
      operate.mutable_suspend()->set_nick(nick);
      operate.mutable_suspend()->set_reason(*rc::gen::element<std::string>("spam", ""));
      break;
    case 1:
      operate.set_restore(nick);
      break;
    case 2:
      operate.set_grant(nick);
      break;
    case 3:
      operate.set_revoke(nick);
      break;
    case 4:
      operate.set_erase(nick);
      break;
    case 5:
      operate.set_ban(some(kDomains));
      break;
    case 6:
      operate.set_unban(some(kDomains));
      break;
    case 7:
      operate.set_reserve(nick);
      break;
    case 8:
      operate.set_release(nick);
      break;
    case 9:
      operate.set_registration(*rc::gen::element(wire::OPEN, wire::CLOSED, wire::AS_CONFIGURED));
      break;
    case 10:
      operate.mutable_rename()->set_nick(nick);
      operate.mutable_rename()->set_to(some(kNicks));
      break;
    case 11:
      operate.set_announce(*rc::gen::element<std::string>("We move.", "We stay."));
      break;
  }
  town.ask(request);
}

void cap_something(Service& town) {
  wire::Request request;
  auto& cap = *request.mutable_cap_listeners();
  cap.set_phrase(some_phrase());
  cap.set_listeners(*rc::gen::inRange<std::uint32_t>(0, 4));
  cap.set_lifted(*rc::gen::arbitrary<bool>());
  town.ask(request);
}

// Whatever people, and operators, may ask for, whether it makes sense just now or not.
void do_something(Service& town) {
  switch (*rc::gen::inRange(0, 16)) {
    case 0:
      town.post(some(kNicks), "a post");
      return;
    case 1:
      town.join(some(kNicks));
      return;
    case 2:
      town.quit(some(kNicks));
      return;
    case 3:
      town.erase(some(kNicks));
      return;
    case 4:
      move(town);
      return;
    case 5:
      // Mutes end, and what ended is forgotten.
      town.advance(*rc::gen::element<std::chrono::seconds>(1min, std::chrono::days(100)));
      return;
    case 6:
    case 7:
      cap_something(town);
      return;
    case 8:
    case 9:
      keep_order(town);
      return;
    case 10:
    case 11:
      choose_something(town);
      return;
    default:
      subscribe_to_something(town);
      return;
  }
}

// Of each word two listeners are awake, so that some sleep without an operator's doing.
Service crowded_town() {
  return Service(Service::one_by_one(), {.directs_from_anybody = true, .listeners_per_word = 2});
}

TEST_CASE("property: a State made of the snapshot is the one that had every record applied") {
  CHECK(rc::check([] {
    Service town = crowded_town();
    for (const char* nick : {"alice", "bob", "carol"}) town.join(nick);
    for (int left = *rc::gen::inRange(0, 90); left > 0; --left) do_something(town);
    const std::string live = described(town.committer().state());
    for (const std::size_t pieces : {1, 2, 4})
      RC_ASSERT(described(reloaded(town.store(), pieces)) == live);
    RC_ASSERT(described(applied(town.store())) == live);
    // And it goes on as one.
    town.crash();
    for (int left = *rc::gen::inRange(0, 10); left > 0; --left) do_something(town);
    RC_ASSERT(described(applied(town.store())) == described(town.committer().state()));
  }));
}

TEST_CASE("who slept when the bridge stopped sleeps when it starts, and wakes in turn") {
  Service town = crowded_town();
  for (const char* nick : {"alice", "bob", "carol", "dave"}) {
    town.join(nick);
    town.track(nick, "nyc");
  }
  town.crash();
  const auto sleeps = [&](const char* nick) {
    const Account& account = *town.committer().state().find_nick(nick);
    return account.asleep(account.tracks[0]) != nullptr;
  };
  CHECK_FALSE(sleeps("bob"));
  CHECK(sleeps("carol"));
  CHECK(town.committer().state().find_word("nyc")->asleep == 2);
  town.untrack("alice", "nyc");
  CHECK_FALSE(sleeps("carol"));
  CHECK(sleeps("dave"));
}

TEST_CASE("a State made of the snapshot goes on like the other") {
  Service town;
  for (const char* nick : {"alice", "bob"}) town.join(nick);
  town.track("alice", "nyc, food");
  town.track("bob", "nyc");
  town.crash();
  town.untrack("alice", "nyc");
  town.track("bob", "food");
  town.untrack("bob", "nyc");
  town.track("alice", "nyc");
  CHECK(described(reloaded(town.store())) == described(town.committer().state()));
  CHECK(town.committer().state().tracks() == 3);
}

// ---- logs that no committer of today would have written ----------------------------------------

class Log {
 public:
  Record& add() {
    auto& record = *records_.emplace_back(std::make_shared<Record>());
    record.set_id(records_.size());
    record.set_time_ms(static_cast<base::WallMs>(1000 + records_.size()));
    return record;
  }
  AccountId account(const std::string& nick) {
    Record& record = add();
    record.mutable_account_created()->set_nick(nick);
    return record.id();
  }
  void track(AccountId account, const std::string& phrase) {
    Record& record = add();
    record.mutable_tracked()->set_account(account);
    record.mutable_tracked()->set_phrase(phrase);
  }
  MemoryStore& store() {
    const std::vector<backbone::RecordPtr> records(records_.begin(), records_.end());
    REQUIRE(store_.append(records));
    return store_;
  }

 private:
  std::vector<std::shared_ptr<Record>> records_;
  MemoryStore store_;
};

TEST_CASE("a phrase that is spelt otherwise by now is the same phrase as its new spelling") {
  Log log;
  const AccountId alice = log.account("alice");
  const AccountId bob = log.account("bob");
  log.track(alice, "NYC food");
  log.track(bob, "food nyc");
  const State state = reloaded(log.store());
  REQUIRE(state.find(alice)->tracks.size() == 1);
  CHECK(state.find(alice)->tracks[0].phrase->canonical() == "food nyc");
  CHECK(state.find(alice)->tracks[0].phrase == state.find(bob)->tracks[0].phrase);
}

TEST_CASE("a log that names an account which it never made is refused, and so is half a phrase") {
  Log stray, broken;
  stray.track(77, "nyc");
  CHECK_THROWS_AS(Snapshot::read(stray.store()), std::logic_error);
  broken.track(broken.account("alice"), "\"nyc");
  CHECK_THROWS_AS(Snapshot::read(broken.store()), std::logic_error);
}

TEST_CASE("more tracks than are looked up together come out as they went in") {
  Log log;
  const AccountId alice = log.account("alice");
  const AccountId bob = log.account("bob");
  for (int i = 0; i < 100; ++i) {
    log.track(bob, fmt::format("word{}", i));
    log.track(alice, fmt::format("word{}", 99 - i));
  }
  const State state = reloaded(log.store());
  CHECK(state.tracks() == 200);
  for (const AccountId account : {alice, bob}) {
    const auto& tracks = state.find(account)->tracks;
    REQUIRE(tracks.size() == 100);
    for (std::size_t i = 0; i < 100; ++i)
      CHECK(tracks[i].phrase->canonical() == fmt::format("word{}", account == bob ? i : 99 - i));
  }
}

}  // namespace
}  // namespace bridge::state
