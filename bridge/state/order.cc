#include "bridge/state/order.h"

namespace bridge::state {

const Suspension* Order::suspension(AccountId account) const {
  const auto it = suspensions_.find(account);
  return it == suspensions_.end() ? nullptr : &it->second;
}

bool Order::is_suspended(AccountId account) const {
  const Suspension* suspension = this->suspension(account);
  return suspension && suspension->in_force();
}

bool Order::silences(AccountId author, RecordId record) const {
  const Suspension* suspension = this->suspension(author);
  return suspension && suspension->covers(record);
}

void Order::apply(const Record& record) {
  switch (record.body_case()) {
    case Record::kSuspended:
      suspensions_[record.suspended().account()] = {.reason = record.suspended().reason()};
      return;
    case Record::kRestored:
      suspensions_[record.restored().account()] = {.reason = {}, .ended = record.id()};
      return;
    case Record::kOperatorNamed:
      if (record.operator_named().revoked())
        operators_.erase(record.operator_named().account());
      else
        operators_.insert(record.operator_named().account());
      break;
    case Record::kAddressMoved:
      if (!operators_.contains(record.address_moved().account())) return;
      break;
    case Record::kDomainBanned:
      if (record.domain_banned().lifted())
        banned_.erase(record.domain_banned().domain());
      else
        banned_.insert(record.domain_banned().domain());
      break;
    case Record::kNickReserved:
      if (record.nick_reserved().released())
        reserved_.erase(record.nick_reserved().nick());
      else
        reserved_[record.nick_reserved().nick()] = record.nick_reserved().account();
      return;
    case Record::kRegistrationSet:
      registration_ = record.registration_set().to();
      break;
    case Record::kAnnounced:
      announced_ = {.text = record.announced().text(), .time_ms = record.time_ms()};
      return;
    case Record::kAudited:
      newest_audited_ = record.id();
      return;
    default:
      return;
  }
  version_ = record.id();
}

}  // namespace bridge::state
