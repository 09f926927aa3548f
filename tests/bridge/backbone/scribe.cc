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
  direct.set_recipient(recipient);
  direct.set_text(std::string(text));
  direct.set_client_id(std::string(client_id));
  return add(std::move(record));
}

RecordId Scribe::created(std::string_view nick) {
  Record record;
  record.mutable_account_created()->set_nick(std::string(nick));
  return add(std::move(record));
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

}  // namespace bridge::backbone
