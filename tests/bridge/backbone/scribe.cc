#include "tests/bridge/backbone/scribe.h"

#include <utility>

namespace bridge::backbone {

RecordId Scribe::add(Record record) {
  record.set_id(++head_);
  record.set_time_ms(time_ms_);
  batch_.push_back(std::make_shared<const Record>(std::move(record)));
  return head_;
}

RecordId Scribe::post(AccountId author, std::string_view text, std::string_view client_id) {
  Record record;
  auto& post = *record.mutable_post();
  post.set_author(author);
  name(post);
  post.set_text(std::string(text));
  post.set_client_id(std::string(client_id));
  post.set_ordinal(++ordinals_[author]);
  return add(std::move(record));
}

RecordId Scribe::direct(AccountId author, AccountId recipient, std::string_view text,
                        std::string_view client_id) {
  Record record;
  auto& direct = *record.mutable_direct();
  direct.set_author(author);
  name(direct);
  direct.set_recipient(recipient);
  direct.set_text(std::string(text));
  direct.set_client_id(std::string(client_id));
  return add(std::move(record));
}

RecordId Scribe::created(std::string_view nick) {
  Record record;
  record.mutable_account_created()->set_nick(std::string(nick));
  const RecordId account = add(std::move(record));
  nicks_[account] = nick;
  return account;
}

RecordId Scribe::closed(AccountId account) {
  Record record;
  record.mutable_account_closed()->set_account(account);
  return add(std::move(record));
}

RecordId Scribe::reopened(AccountId account) {
  Record record;
  record.mutable_account_reopened()->set_account(account);
  return add(std::move(record));
}

RecordId Scribe::bound(AccountId account, std::string_view address) {
  Record record;
  record.mutable_address_bound()->set_account(account);
  record.mutable_address_bound()->set_address(std::string(address));
  return add(std::move(record));
}

RecordId Scribe::released(AccountId account, std::string_view address) {
  Record record;
  record.mutable_address_released()->set_account(account);
  record.mutable_address_released()->set_address(std::string(address));
  return add(std::move(record));
}

RecordId Scribe::moved(AccountId account, std::string_view from, std::string_view to) {
  Record record;
  record.mutable_address_moved()->set_account(account);
  record.mutable_address_moved()->set_from(std::string(from));
  record.mutable_address_moved()->set_to(std::string(to));
  record.mutable_address_moved()->set_owed_after(account);
  return add(std::move(record));
}

RecordId Scribe::followed(AccountId follower, AccountId followee) {
  Record record;
  record.mutable_followed()->set_follower(follower);
  record.mutable_followed()->set_followee(followee);
  return add(std::move(record));
}

RecordId Scribe::left(AccountId follower, AccountId followee) {
  Record record;
  record.mutable_left()->set_follower(follower);
  record.mutable_left()->set_followee(followee);
  return add(std::move(record));
}

RecordId Scribe::tracked(AccountId account, std::string_view phrase) {
  Record record;
  record.mutable_tracked()->set_account(account);
  record.mutable_tracked()->set_phrase(std::string(phrase));
  return add(std::move(record));
}

RecordId Scribe::untracked(AccountId account, std::string_view phrase) {
  Record record;
  record.mutable_untracked()->set_account(account);
  record.mutable_untracked()->set_phrase(std::string(phrase));
  return add(std::move(record));
}

RecordId Scribe::switched(AccountId account, bool on) {
  Record record;
  record.mutable_delivery_switched()->set_account(account);
  record.mutable_delivery_switched()->set_on(on);
  return add(std::move(record));
}

RecordId Scribe::confirmed(AccountId account) {
  Record record;
  record.mutable_plain_text_confirmed()->set_account(account);
  return add(std::move(record));
}

RecordId Scribe::blocked(AccountId account, AccountId other) {
  Record record;
  record.mutable_blocked()->set_account(account);
  record.mutable_blocked()->set_other(other);
  return add(std::move(record));
}

RecordId Scribe::unblocked(AccountId account, AccountId other) {
  Record record;
  record.mutable_unblocked()->set_account(account);
  record.mutable_unblocked()->set_other(other);
  return add(std::move(record));
}

RecordId Scribe::block_forgotten(AccountId account, AccountId other) {
  Record record;
  record.mutable_block_forgotten()->set_account(account);
  record.mutable_block_forgotten()->set_other(other);
  return add(std::move(record));
}

RecordId Scribe::muted(AccountId account, std::string_view phrase, base::WallMs until_ms,
                       RecordId since) {
  Record record;
  record.mutable_muted()->set_account(account);
  record.mutable_muted()->set_phrase(std::string(phrase));
  record.mutable_muted()->set_until_ms(until_ms);
  record.mutable_muted()->set_since(since);
  return add(std::move(record));
}

RecordId Scribe::unmuted(AccountId account, std::string_view phrase, RecordId since) {
  Record record;
  record.mutable_unmuted()->set_account(account);
  record.mutable_unmuted()->set_phrase(std::string(phrase));
  record.mutable_unmuted()->set_since(since);
  return add(std::move(record));
}

RecordId Scribe::mute_forgotten(AccountId account, RecordId since) {
  Record record;
  record.mutable_mute_forgotten()->set_account(account);
  record.mutable_mute_forgotten()->set_since(since);
  return add(std::move(record));
}

RecordId Scribe::capped(AccountId account, std::string_view phrase, std::uint32_t per_hour) {
  Record record;
  record.mutable_capped()->set_account(account);
  record.mutable_capped()->set_phrase(std::string(phrase));
  record.mutable_capped()->set_per_hour(per_hour);
  return add(std::move(record));
}

RecordId Scribe::favourited(AccountId account, RecordId post) {
  Record record;
  record.mutable_favourited()->set_account(account);
  record.mutable_favourited()->set_post(post);
  return add(std::move(record));
}

RecordId Scribe::unfavourited(AccountId account, RecordId post) {
  Record record;
  record.mutable_unfavourited()->set_account(account);
  record.mutable_unfavourited()->set_post(post);
  return add(std::move(record));
}

RecordId Scribe::reposted(AccountId account, RecordId post, AccountId author) {
  Record record;
  record.mutable_reposted()->set_account(account);
  record.mutable_reposted()->set_post(post);
  record.mutable_reposted()->set_author(author);
  return add(std::move(record));
}

RecordId Scribe::repost_forgotten(AccountId account, RecordId post) {
  Record record;
  record.mutable_repost_forgotten()->set_account(account);
  record.mutable_repost_forgotten()->set_post(post);
  return add(std::move(record));
}

RecordId Scribe::zone_set(AccountId account, std::string_view zone) {
  Record record;
  record.mutable_zone_set()->set_account(account);
  record.mutable_zone_set()->set_zone(std::string(zone));
  return add(std::move(record));
}

RecordId Scribe::limit_changed(std::string_view name, std::string_view key,
                               std::string_view value) {
  Record record;
  auto& change = *record.mutable_limit_changed();
  change.set_name(std::string(name));
  change.set_key(std::string(key));
  change.set_value(std::string(value));
  change.set_unset(value.empty());
  change.set_percent(100);
  change.set_who("me");
  return add(std::move(record));
}

RecordId Scribe::changed(AccountId author, RecordId post, std::string_view text,
                         RecordId previous) {
  Record record;
  auto& changed = *record.mutable_changed();
  changed.set_post(post);
  changed.set_author(author);
  changed.set_nick("nick");
  changed.set_posted_ms(500);
  changed.set_deleted(text.empty());
  changed.set_text(std::string(text));
  changed.set_previous(previous);
  changed.add_caught("sf");
  return add(std::move(record));
}

RecordId Scribe::dormant(AccountId account, std::string_view phrase, bool told) {
  Record record;
  record.mutable_dormant()->set_account(account);
  record.mutable_dormant()->set_phrase(std::string(phrase));
  record.mutable_dormant()->set_told(told);
  return add(std::move(record));
}

RecordId Scribe::woken(AccountId account, std::string_view phrase, RecordId since, bool forgotten) {
  Record record;
  record.mutable_woken()->set_account(account);
  record.mutable_woken()->set_phrase(std::string(phrase));
  record.mutable_woken()->set_since(since);
  record.mutable_woken()->set_forgotten(forgotten);
  return add(std::move(record));
}

RecordId Scribe::listeners_capped(std::string_view phrase, std::optional<std::uint32_t> listeners) {
  Record record;
  record.mutable_listeners_capped()->set_phrase(std::string(phrase));
  record.mutable_listeners_capped()->set_listeners(listeners.value_or(0));
  record.mutable_listeners_capped()->set_lifted(!listeners);
  return add(std::move(record));
}

RecordId Scribe::erased(AccountId account) {
  Record record;
  record.mutable_erased()->set_account(account);
  record.mutable_erased()->set_nick("nick");
  return add(std::move(record));
}

RecordId Scribe::suspended(AccountId account, std::string_view reason) {
  Record record;
  record.mutable_suspended()->set_account(account);
  record.mutable_suspended()->set_reason(std::string(reason));
  return add(std::move(record));
}

RecordId Scribe::restored(AccountId account) {
  Record record;
  record.mutable_restored()->set_account(account);
  return add(std::move(record));
}

RecordId Scribe::operator_named(AccountId account, bool revoked) {
  Record record;
  record.mutable_operator_named()->set_account(account);
  record.mutable_operator_named()->set_revoked(revoked);
  return add(std::move(record));
}

RecordId Scribe::domain_banned(std::string_view domain, bool lifted) {
  Record record;
  record.mutable_domain_banned()->set_domain(std::string(domain));
  record.mutable_domain_banned()->set_lifted(lifted);
  return add(std::move(record));
}

RecordId Scribe::nick_reserved(std::string_view nick, AccountId account, bool released) {
  Record record;
  record.mutable_nick_reserved()->set_nick(std::string(nick));
  record.mutable_nick_reserved()->set_account(account);
  record.mutable_nick_reserved()->set_released(released);
  return add(std::move(record));
}

RecordId Scribe::registration_set(bool closed) {
  Record record;
  record.mutable_registration_set()->set_to(closed ? record::RegistrationSet::CLOSED
                                                   : record::RegistrationSet::OPEN);
  return add(std::move(record));
}

RecordId Scribe::renamed(AccountId account, std::string_view nick) {
  Record record;
  record.mutable_renamed()->set_account(account);
  record.mutable_renamed()->set_nick(std::string(nick));
  return add(std::move(record));
}

RecordId Scribe::announced(std::string_view text) {
  Record record;
  record.mutable_announced()->set_text(std::string(text));
  return add(std::move(record));
}

RecordId Scribe::audited(std::string_view what) {
  Record record;
  record.mutable_audited()->set_what(std::string(what));
  return add(std::move(record));
}

}  // namespace bridge::backbone
