// Scribe: writes the records of a story, numbering and dating them as the committer would.
//
//   Scribe scribe;
//   scribe.post(kAlice, "hello");   scribe.take()   // what was written since, as a batch
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/backbone/store.h"

namespace bridge::backbone {

using Batch = std::vector<RecordPtr>;

class Scribe {
 public:
  explicit Scribe(RecordId head = 0) : head_(head) {}

  void at(base::WallMs time_ms) { time_ms_ = time_ms; }

  RecordId post(AccountId author, std::string_view text, std::string_view client_id = {});
  RecordId direct(AccountId author, AccountId recipient, std::string_view text,
                  std::string_view client_id = {});
  RecordId created(std::string_view nick);
  RecordId closed(AccountId account);
  RecordId reopened(AccountId account);
  RecordId bound(AccountId account, std::string_view address);
  RecordId released(AccountId account, std::string_view address);
  RecordId moved(AccountId account, std::string_view from, std::string_view to);
  RecordId followed(AccountId follower, AccountId followee);
  RecordId left(AccountId follower, AccountId followee);
  RecordId tracked(AccountId account, std::string_view phrase);
  RecordId untracked(AccountId account, std::string_view phrase);
  RecordId switched(AccountId account, bool on);
  RecordId confirmed(AccountId account);
  RecordId blocked(AccountId account, AccountId other);
  RecordId unblocked(AccountId account, AccountId other);
  RecordId block_forgotten(AccountId account, AccountId other);
  RecordId muted(AccountId account, std::string_view phrase, base::WallMs until_ms = 0,
                 RecordId since = 0);
  RecordId unmuted(AccountId account, std::string_view phrase, RecordId since);
  RecordId mute_forgotten(AccountId account, RecordId since);
  RecordId capped(AccountId account, std::string_view phrase, std::uint32_t per_hour);
  RecordId limit_changed(std::string_view name, std::string_view key, std::string_view value);
  // Takes a post back, or, with a text, corrects it.
  RecordId changed(AccountId author, RecordId post, std::string_view text = {},
                   RecordId previous = 0);
  RecordId erased(AccountId account);
  RecordId zone_set(AccountId account, std::string_view zone);
  RecordId favourited(AccountId account, RecordId post);
  RecordId unfavourited(AccountId account, RecordId post);
  RecordId reposted(AccountId account, RecordId post, AccountId author);
  RecordId repost_forgotten(AccountId account, RecordId post);

  RecordId dormant(AccountId account, std::string_view phrase, bool told);
  RecordId woken(AccountId account, std::string_view phrase, RecordId since, bool forgotten);
  RecordId listeners_capped(std::string_view phrase, std::optional<std::uint32_t> listeners);

  RecordId suspended(AccountId account, std::string_view reason);
  RecordId restored(AccountId account);
  RecordId operator_named(AccountId account, bool revoked);
  RecordId domain_banned(std::string_view domain, bool lifted);
  RecordId nick_reserved(std::string_view nick, AccountId account, bool released);
  RecordId registration_set(bool closed);
  RecordId renamed(AccountId account, std::string_view nick);
  RecordId announced(std::string_view text);
  RecordId audited(std::string_view what);

  Batch take() { return std::exchange(batch_, {}); }

 private:
  RecordId add(Record record);
  // What somebody who was created() writes says who they are.
  template <class Written>
  void name(Written& written) {
    if (const auto it = nicks_.find(written.author()); it != nicks_.end())
      written.set_nick(it->second);
  }

  RecordId head_;
  base::WallMs time_ms_ = 1'000;
  std::map<AccountId, std::string> nicks_;
  std::map<AccountId, std::uint64_t> ordinals_;
  Batch batch_;
};

}  // namespace bridge::backbone
