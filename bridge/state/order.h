// Order: what operators have decided about accounts, domains and names: the log applied, like
// State, of which it is a part. docs/decisions/keeping-order.md says what follows from it.
//
//   if (const Suspension* now = order.suspension(account); now && now->in_force()) ...
//
// There are few of all these; whoever has nothing to do with them costs nothing. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "bridge/backbone/store.h"
#include "bridge/base/domains.h"
#include "bridge/base/time.h"

namespace bridge::state {

using backbone::AccountId;
using backbone::Record;
using backbone::RecordId;

// The account may do nothing, and nothing it wrote before its end is brought to anybody who has yet
// to get it.
struct Suspension {
  std::string reason;  // may be empty
  RecordId ended = 0;  // 0: in force
  bool in_force() const { return ended == 0; }
  bool covers(RecordId id) const { return in_force() || id <= ended; }
};

class Order {
 public:
  using Registration = lapwing::record::RegistrationSet::To;

  // What of all this there may be; one more is refused.
  static constexpr std::size_t kOperatorsMax = 100;
  static constexpr std::size_t kBannedMax = 500;
  static constexpr std::size_t kReservedMax = 100'000;

  struct Announcement {
    std::string text;
    base::WallMs time_ms = 0;
  };

  // Records in order of id; what is about something else is ignored.
  void apply(const Record& record);

  // Named by an operator; those of the configuration are in Rules.
  const std::set<AccountId>& operators() const { return operators_; }
  // Those that ended are among them: what was written before does not come any more.
  const std::map<AccountId, Suspension>& suspensions() const { return suspensions_; }
  // nullptr: never.
  const Suspension* suspension(AccountId account) const;
  bool is_suspended(AccountId account) const;
  // May this record by `author` not reach anybody?
  bool silences(AccountId author, RecordId record) const;

  const base::Domains& banned() const { return banned_; }
  bool is_banned(std::string_view domain) const { return base::covers(banned_, domain); }
  // By folded nick: who was called so before; 0: nobody.
  const std::map<std::string, AccountId, std::less<>>& reserved() const { return reserved_; }
  Registration registration() const { return registration_; }
  const Announcement& announced() const { return announced_; }  // the newest
  RecordId newest_audited() const { return newest_audited_; }
  // Changes with what gateways have to know.
  RecordId version() const { return version_; }

 private:
  std::set<AccountId> operators_;
  std::map<AccountId, Suspension> suspensions_;
  base::Domains banned_;
  std::map<std::string, AccountId, std::less<>> reserved_;
  Registration registration_ = lapwing::record::RegistrationSet::AS_CONFIGURED;
  Announcement announced_;
  RecordId newest_audited_ = 0;
  RecordId version_ = 0;
};

}  // namespace bridge::state
