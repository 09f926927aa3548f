// The property State rests on: replaying what the store kept gives what replaying the log gives.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "tests/bridge/backbone/benches.h"
#include "tests/bridge/backbone/scribe.h"

namespace bridge::backbone {
namespace {

// A State written down as plainly as possible, sharing nothing with the compaction keys.
struct Model {
  std::map<AccountId, std::string> nicks;
  std::map<AccountId, bool> open;
  std::map<AccountId, std::uint64_t> posts;
  std::map<std::string, AccountId> addresses;
  std::map<std::pair<AccountId, AccountId>, RecordId> follows;
  std::map<std::pair<AccountId, std::string>, RecordId> tracks;
  std::map<AccountId, bool> switched;
  std::set<AccountId> confirmed;
  std::map<std::pair<AccountId, AccountId>, RecordId> blocks;  // to the end; 0: in force
  std::map<std::pair<AccountId, RecordId>, std::string> mutes;
  std::map<std::pair<AccountId, std::string>, std::uint32_t> caps;
  std::map<AccountId, std::string> zones;
  std::map<std::pair<AccountId, RecordId>, std::string> sleeps;
  std::map<std::string, std::uint32_t> listeners;
  std::map<AccountId, std::string> suspensions;
  std::set<AccountId> operators;
  std::set<std::string> banned;
  std::map<std::string, AccountId> reserved;
  int registration = 0;
  std::string announced;
  RecordId audited = 0;
  bool operator==(const Model&) const = default;

  void apply(const Record& r) {
    if (r.has_post()) posts[r.post().author()] = r.post().ordinal();
    if (r.has_account_created()) nicks[r.id()] = r.account_created().nick();
    if (r.has_account_closed()) open[r.account_closed().account()] = false;
    if (r.has_account_reopened()) open[r.account_reopened().account()] = true;
    if (r.has_address_bound()) addresses[r.address_bound().address()] = r.address_bound().account();
    if (r.has_address_moved()) {
      addresses.erase(r.address_moved().from());
      addresses[r.address_moved().to()] = r.address_moved().account();
    }
    if (r.has_address_released()) addresses.erase(r.address_released().address());
    if (r.has_followed()) follows[{r.followed().follower(), r.followed().followee()}] = r.id();
    if (r.has_left()) follows.erase({r.left().follower(), r.left().followee()});
    if (r.has_tracked()) tracks[{r.tracked().account(), r.tracked().phrase()}] = r.id();
    if (r.has_untracked()) tracks.erase({r.untracked().account(), r.untracked().phrase()});
    if (r.has_delivery_switched())
      switched[r.delivery_switched().account()] = r.delivery_switched().on();
    if (r.has_plain_text_confirmed()) confirmed.insert(r.plain_text_confirmed().account());
    if (r.has_zone_set()) zones[r.zone_set().account()] = r.zone_set().zone();
    apply_exclusion(r);
    apply_sleep(r);
    apply_order(r);
  }

  void apply_order(const Record& r) {
    if (r.has_suspended()) suspensions[r.suspended().account()] = r.suspended().reason();
    if (r.has_restored()) suspensions[r.restored().account()] = "to " + std::to_string(r.id());
    if (r.has_operator_named()) {
      operators.insert(r.operator_named().account());
      if (r.operator_named().revoked()) operators.erase(r.operator_named().account());
    }
    if (r.has_domain_banned()) {
      banned.insert(r.domain_banned().domain());
      if (r.domain_banned().lifted()) banned.erase(r.domain_banned().domain());
    }
    if (r.has_nick_reserved()) {
      reserved[r.nick_reserved().nick()] = r.nick_reserved().account();
      if (r.nick_reserved().released()) reserved.erase(r.nick_reserved().nick());
    }
    if (r.has_registration_set()) registration = r.registration_set().to();
    if (r.has_renamed()) nicks[r.renamed().account()] = r.renamed().nick();
    if (r.has_announced()) announced = r.announced().text();
    if (r.has_audited()) audited = r.id();
  }

  void apply_sleep(const Record& r) {
    if (r.has_dormant()) sleeps[{r.dormant().account(), r.id()}] = r.dormant().phrase();
    if (r.has_woken()) {
      const std::pair sleep{r.woken().account(), r.woken().since()};
      if (r.woken().forgotten())
        sleeps.erase(sleep);
      else
        sleeps[sleep] = r.woken().phrase() + " to " + std::to_string(r.id());
    }
    if (r.has_listeners_capped()) {
      if (r.listeners_capped().lifted())
        listeners.erase(r.listeners_capped().phrase());
      else
        listeners[r.listeners_capped().phrase()] = r.listeners_capped().listeners();
    }
  }

  void apply_exclusion(const Record& r) {
    if (r.has_blocked()) blocks[{r.blocked().account(), r.blocked().other()}] = 0;
    if (r.has_unblocked()) blocks[{r.unblocked().account(), r.unblocked().other()}] = r.id();
    if (r.has_block_forgotten())
      blocks.erase({r.block_forgotten().account(), r.block_forgotten().other()});
    if (r.has_muted()) {
      const RecordId since = r.muted().since() == 0 ? r.id() : r.muted().since();
      mutes[{r.muted().account(), since}] =
          r.muted().phrase() + " until " + std::to_string(r.muted().until_ms());
    }
    if (r.has_unmuted())
      mutes[{r.unmuted().account(), r.unmuted().since()}] =
          r.unmuted().phrase() + " ended " + std::to_string(r.id());
    if (r.has_mute_forgotten())
      mutes.erase({r.mute_forgotten().account(), r.mute_forgotten().since()});
    if (r.has_capped()) {
      const std::pair key{r.capped().account(), r.capped().phrase()};
      if (r.capped().per_hour() == 0)
        caps.erase(key);
      else
        caps[key] = r.capped().per_hour();
    }
  }
};

// One thing that happens, to few people and words, so that they meet often.
void happen(Scribe& scribe, int what) {
  const AccountId who = what / 32 & 3;
  const AccountId whom = what / 128 & 3;
  const auto earlier = static_cast<RecordId>(what / 512 % 20);
  // One of them is the beginning of another, and one looks like a key.
  static const std::string kWords[] = {"sf", "sfo", "", std::string("\0\0\0\0\0\0\0\1", 8)};
  const std::string& word = kWords[whom];
  switch (what % 32) {
    case 0:
      scribe.created(word);
      break;
    case 1:
      scribe.closed(who);
      break;
    case 2:
      scribe.reopened(who);
      break;
    case 3:
      scribe.bound(who, word);
      break;
    case 4:
      scribe.released(who, word);
      break;
    case 5:
      scribe.followed(who, whom);
      break;
    case 6:
      scribe.left(who, whom);
      break;
    case 7:
      scribe.tracked(who, word);
      break;
    case 8:
      scribe.untracked(who, word);
      break;
    case 9:
      scribe.switched(who, whom & 1);
      break;
    case 10:
      scribe.confirmed(who);
      break;
    case 11:
      scribe.direct(who, whom, word, "c");
      break;
    case 12:
      scribe.blocked(who, whom);
      break;
    case 13:
      scribe.unblocked(who, whom);
      break;
    case 14:
      scribe.block_forgotten(who, whom);
      break;
    case 15:
      scribe.muted(who, word, static_cast<base::WallMs>(whom), earlier < 10 ? earlier : 0);
      break;
    case 16:
      scribe.unmuted(who, word, earlier);
      break;
    case 17:
      scribe.mute_forgotten(who, earlier);
      break;
    case 18:
      scribe.capped(who, word, static_cast<std::uint32_t>(whom & 1));
      scribe.zone_set(who, word);
      break;
    case 19:
      scribe.dormant(who, word, whom & 1);
      break;
    case 20:
      scribe.woken(who, word, earlier, whom & 1);
      break;
    case 21:
      scribe.listeners_capped(word, whom & 1 ? std::optional<std::uint32_t>(7) : std::nullopt);
      break;
    case 22:
      scribe.moved(who, word, kWords[earlier & 3]);
      scribe.suspended(who, word);
      break;
    case 23:
      scribe.restored(who);
      break;
    case 24:
      scribe.operator_named(who, whom & 1);
      break;
    case 25:
      scribe.domain_banned(word, who & 1);
      break;
    case 26:
      scribe.nick_reserved(word, who, who & 1);
      break;
    case 27:
      scribe.renamed(who, word);
      scribe.registration_set(who & 1);
      break;
    case 28:
      scribe.announced(word);
      scribe.audited(word);
      break;
    default:
      scribe.post(who, word, "c");
      break;
  }
}

template <class Bench>
void replays_as_the_log(const std::vector<int>& events, std::size_t restart_at) {
  Bench bench;
  Scribe scribe;
  Model whole;
  for (std::size_t i = 0; i < events.size(); ++i) {
    happen(scribe, events[i]);
    // Batches of one and of three, so that a batch also says two things about one key.
    if (i % 4 == 3) continue;
    const auto batch = scribe.take();
    for (const auto& record : batch) whole.apply(*record);
    RC_ASSERT(bench.store().append(batch).has_value());
    if (i == restart_at) bench.reopen();
  }
  const auto rest = scribe.take();
  for (const auto& record : rest) whole.apply(*record);
  RC_ASSERT(bench.store().append(rest).has_value());

  std::map<RecordId, Record> newest;
  RC_ASSERT(bench.store()
                .read_state({},
                            [&](const Record& record) {
                              RC_ASSERT(newest.emplace(record.id(), record).second);
                            })
                .has_value());
  Model replayed;
  for (const auto& [id, record] : newest) replayed.apply(record);
  RC_ASSERT(replayed == whole);
}

}  // namespace

TEST_CASE("replaying the newest records is replaying the log, in memory") {
  CHECK(rc::check([](const std::vector<std::uint16_t>& events, std::uint8_t restart_at) {
    replays_as_the_log<InMemory>({events.begin(), events.end()}, restart_at);
  }));
}

TEST_CASE("replaying the newest records is replaying the log, on disk") {
  // Fewer rounds than by default: each makes a store.
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.maxSuccess = 10;
  const auto property = [](const std::vector<std::uint16_t>& events, std::uint8_t restart_at) {
    replays_as_the_log<Embedded>({events.begin(), events.end()}, restart_at);
  };
  const auto result = rc::detail::checkTestable(property, rc::detail::TestMetadata(), params);
  CHECK(result.template is<rc::detail::SuccessResult>());
}

}  // namespace bridge::backbone
