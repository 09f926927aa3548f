// SessionTable: who is signed in on the website, by the cookie a browser brings.
//
//   const auto token = sessions.open({"alice", 7, "Firefox on Linux"}, now_ms);  // for the cookie
//   if (const Session* session = sessions.find(cookie, now_ms)) ...
//
// A token is 32 random bytes, new at every sign-in, so that a cookie somebody planted before is
// worth nothing after it. Kept is only its SHA-256: whoever reads the file or the memory's dump
// cannot sign in with it. A session ends when its owner ends it, after `idle_max` without a visit
// and after `age_max` whatever happens. At `per_person_max` the one of that person that was longest
// unused gives way; at `sessions_max` nobody can sign in until some end.
//
// Changes go to a SessionJournal, from which the next start builds the same sessions. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bridge/base/result.h"
#include "bridge/base/secret.h"
#include "bridge/base/time.h"
#include "gateway/web/session/journal.h"

namespace gateway::web {

namespace base = bridge::base;

struct Session {
  std::string nick;
  std::uint64_t account = 0;
  std::string agent;  // for its owner to tell it from others
  base::WallMs created_ms = 0;
  base::WallMs seen_ms = 0;
  base::Digest digest{};  // of its token

  // Names it to its owner; of no use as a token.
  std::string id() const { return base::hex(digest).substr(0, 16); }
};

struct SessionLimits {
  std::size_t sessions_max = 100'000;
  std::size_t per_person_max = 20;
  std::chrono::milliseconds idle_max = std::chrono::days(30);
  std::chrono::milliseconds age_max = std::chrono::days(180);
};

struct SignedIn {
  std::string nick;
  std::uint64_t account = 0;
  std::string agent;
};

class SessionTable {
 public:
  // How stale `seen_ms` may be on disk.
  static constexpr std::chrono::minutes kSeenEvery{30};
  static constexpr std::size_t kTokenBytes = 32;

  // The journal must outlive it.
  SessionTable(const SessionLimits& limits, SessionJournal& journal);

  // What the journal holds, less what has ended by now.
  base::Result<void> load(base::WallMs now_ms);

  // The new session's token. kBusy at sessions_max.
  base::Result<std::string> open(const SignedIn& who, base::WallMs now_ms);
  // nullptr: no such session, or it is over. Valid until the next call that is not const.
  const Session* find(std::string_view token, base::WallMs now_ms);

  void end(std::string_view token);
  // One of this person's own, by Session::id(). False: they have none of that id.
  bool end_of(std::string_view nick, std::string_view id);
  std::size_t end_all_of(std::string_view nick);

  // The newest first.
  std::vector<Session> of(std::string_view nick, base::WallMs now_ms) const;
  std::size_t size() const { return sessions_.size(); }

 private:
  using Map = std::unordered_map<base::Digest, Session, base::HashDigest>;

  bool over(const Session& session, base::WallMs now_ms) const;
  void erase(Map::iterator session);
  void drop_over(base::WallMs now_ms);
  void make_room_for(const std::string& nick);
  void tidy();

  const SessionLimits limits_;
  SessionJournal& journal_;
  Map sessions_;
  std::unordered_map<std::string, std::vector<base::Digest>> of_person_;  // by folded nick
};

// What a form must carry to be believed: made from the cookie's token, of no use to find it out.
std::string csrf_of(std::string_view token);

}  // namespace gateway::web
