#include "bridge/backbone/compaction.h"

#include <string_view>

#include "bridge/backbone/keys.h"

namespace bridge::backbone {
namespace {

std::string key_of(char kind, AccountId account, std::string_view tail = {}) {
  std::string key(1, kind);
  key.reserve(1 + kKeyNumberBytes + tail.size());
  append_be64(key, account);
  key.append(tail);
  return key;
}

// What a mute is known by: the record it began with.
RecordId began(const Record& record) {
  return record.muted().since() != 0 ? record.muted().since() : record.id();
}

std::string address_key(std::string_view address) {
  return std::string("j").append(address);
}

}  // namespace

std::optional<StateChange> state_change(const Record& record) {
  switch (record.body_case()) {
    case Record::kPost:
      return StateChange{key_of('p', record.post().author())};
    case Record::kAccountCreated:
      return StateChange{key_of('a', record.id())};
    case Record::kAccountClosed:
      return StateChange{key_of('c', record.account_closed().account())};
    case Record::kAccountReopened:
      return StateChange{key_of('c', record.account_reopened().account())};
    case Record::kAddressBound:
      return StateChange{address_key(record.address_bound().address())};
    case Record::kAddressReleased:
      return StateChange{address_key(record.address_released().address()), true};
    case Record::kAddressMoved:
      return StateChange{.key = address_key(record.address_moved().to()),
                         .also_erased = address_key(record.address_moved().from())};
    case Record::kFollowed:
      return StateChange{
          key_of('f', record.followed().follower(), be64(record.followed().followee()))};
    case Record::kLeft:
      return StateChange{key_of('f', record.left().follower(), be64(record.left().followee())),
                         true};
    case Record::kTracked:
      return StateChange{key_of('t', record.tracked().account(), record.tracked().phrase())};
    case Record::kUntracked:
      return StateChange{key_of('t', record.untracked().account(), record.untracked().phrase()),
                         true};
    case Record::kDeliverySwitched:
      return StateChange{key_of('s', record.delivery_switched().account())};
    case Record::kPlainTextConfirmed:
      return StateChange{key_of('y', record.plain_text_confirmed().account())};
    case Record::kBlocked:
      return StateChange{key_of('b', record.blocked().account(), be64(record.blocked().other()))};
    case Record::kUnblocked:
      return StateChange{
          key_of('b', record.unblocked().account(), be64(record.unblocked().other()))};
    case Record::kBlockForgotten:
      return StateChange{
          key_of('b', record.block_forgotten().account(), be64(record.block_forgotten().other())),
          true};
    case Record::kMuted:
      return StateChange{key_of('m', record.muted().account(), be64(began(record)))};
    case Record::kUnmuted:
      return StateChange{key_of('m', record.unmuted().account(), be64(record.unmuted().since()))};
    case Record::kMuteForgotten:
      return StateChange{
          key_of('m', record.mute_forgotten().account(), be64(record.mute_forgotten().since())),
          true};
    case Record::kCapped:
      return StateChange{key_of('h', record.capped().account(), record.capped().phrase()),
                         record.capped().per_hour() == 0};
    case Record::kZoneSet:
      return StateChange{key_of('z', record.zone_set().account())};
    case Record::kFavourited:
      return StateChange{
          key_of('v', record.favourited().account(), be64(record.favourited().post()))};
    case Record::kUnfavourited:
      return StateChange{
          key_of('v', record.unfavourited().account(), be64(record.unfavourited().post())), true};
    case Record::kReposted:
      return StateChange{key_of('r', record.reposted().account(), be64(record.reposted().post()))};
    case Record::kRepostForgotten:
      return StateChange{
          key_of('r', record.repost_forgotten().account(), be64(record.repost_forgotten().post())),
          true};
    case Record::kLimitChanged:
      // One that was unset is kept as well: the newest of all leads to the history.
      return StateChange{std::string("l")
                             .append(record.limit_changed().name())
                             .append(1, '\0')
                             .append(record.limit_changed().key())};
    case Record::kDormant:
      return StateChange{key_of('d', record.dormant().account(), be64(record.id()))};
    case Record::kWoken:
      return StateChange{key_of('d', record.woken().account(), be64(record.woken().since())),
                         record.woken().forgotten()};
    case Record::kListenersCapped:
      return StateChange{std::string("w").append(record.listeners_capped().phrase()),
                         record.listeners_capped().lifted()};
    case Record::kSuspended:
      return StateChange{key_of('S', record.suspended().account())};
    case Record::kRestored:
      // Kept as well: what was written before is not brought any more.
      return StateChange{key_of('S', record.restored().account())};
    case Record::kOperatorNamed:
      return StateChange{key_of('O', record.operator_named().account()),
                         record.operator_named().revoked()};
    case Record::kDomainBanned:
      return StateChange{std::string("B").append(record.domain_banned().domain()),
                         record.domain_banned().lifted()};
    case Record::kNickReserved:
      return StateChange{std::string("N").append(record.nick_reserved().nick()),
                         record.nick_reserved().released()};
    case Record::kRegistrationSet:
      return StateChange{"R"};
    case Record::kRenamed:
      return StateChange{key_of('C', record.renamed().account())};
    case Record::kAnnounced:
      return StateChange{"M"};
    case Record::kAudited:
      return StateChange{"A"};  // the newest leads to the others
    case Record::kDirect:
    case Record::kChanged:
    case Record::kErased:
    case Record::kTold:
    case Record::BODY_NOT_SET:
      break;
  }
  return std::nullopt;
}

StateRange accounts_range() {
  return {"a", "b"};
}

// What stands before the accounts is little; behind them, tracks are nearly all there is.
std::vector<StateRange> state_pieces(std::span<const AccountId> accounts, std::size_t pieces) {
  std::vector<StateRange> all{{{}, accounts_range().from}, {accounts_range().to, {}}};
  for (std::size_t i = 1; i < pieces && !accounts.empty(); ++i) {
    all.back().to = key_of('t', accounts[accounts.size() * i / pieces]);
    all.push_back({all.back().to, {}});
  }
  return all;
}

std::optional<AccountId> addressee(const Record& record) {
  if (record.has_direct()) return record.direct().recipient();
  if (record.has_told()) return record.told().account();
  if (record.has_woken() && !record.woken().forgotten()) return record.woken().account();
  if (record.has_dormant() && !record.dormant().told()) return record.dormant().account();
  return std::nullopt;
}

Record state_record(const Record& record) {
  if (!record.has_post()) return record;
  Record brief;
  brief.set_id(record.id());
  brief.set_time_ms(record.time_ms());
  brief.mutable_post()->set_author(record.post().author());
  brief.mutable_post()->set_ordinal(record.post().ordinal());
  return brief;
}

}  // namespace bridge::backbone
