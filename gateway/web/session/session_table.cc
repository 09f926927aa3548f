#include "gateway/web/session/session_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace gateway::web {
namespace {

using base::Digest;
using base::ErrorCode;
using base::Result;
using base::WallMs;

// A line of the journal:
//   + DIGEST ACCOUNT CREATED SEEN NICK AGENT   a session, the agent may hold spaces
//   ~ DIGEST SEEN                              its last visit
//   - DIGEST                                   its end
std::string opened_line(const Session& session) {
  return fmt::format("+ {} {} {} {} {} {}", base::hex(session.digest), session.account,
                     session.created_ms, session.seen_ms, session.nick, session.agent);
}

std::string_view take_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

template <class Number>
std::optional<Number> read_number(std::string_view word) {
  Number number = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
  if (read.ec != std::errc{} || read.ptr != word.data() + word.size()) return std::nullopt;
  return number;
}

std::optional<Digest> read_digest(std::string_view word) {
  Digest digest;
  if (word.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const char* from = word.data() + 2 * i;
    const auto read = std::from_chars(from, from + 2, digest[i], 16);
    if (read.ec != std::errc{} || read.ptr != from + 2) return std::nullopt;
  }
  return digest;
}

std::optional<Session> read_opened(std::string_view rest) {
  Session session;
  const auto digest = read_digest(take_word(rest));
  const auto account = read_number<std::uint64_t>(take_word(rest));
  const auto created = read_number<WallMs>(take_word(rest));
  const auto seen = read_number<WallMs>(take_word(rest));
  if (!digest || !account || !created || !seen) return std::nullopt;
  session.digest = *digest;
  session.account = *account;
  session.created_ms = *created;
  session.seen_ms = *seen;
  session.nick = take_word(rest);
  session.agent = rest;
  return session.nick.empty() ? std::nullopt : std::optional(std::move(session));
}

std::string folded(std::string_view nick) {
  std::string out(nick);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

SessionTable::SessionTable(const SessionLimits& limits, SessionJournal& journal)
    : limits_(limits), journal_(journal) {}

Result<void> SessionTable::load(WallMs now_ms) {
  const auto lines = journal_.read();
  if (!lines) return tl::unexpected(lines.error());
  sessions_.clear();
  of_person_.clear();
  for (const std::string& line : *lines) {
    std::string_view rest = line;
    const std::string_view kind = take_word(rest);
    if (kind == "+") {
      if (auto session = read_opened(rest)) sessions_[session->digest] = std::move(*session);
      continue;
    }
    const auto digest = read_digest(take_word(rest));
    const auto found = digest ? sessions_.find(*digest) : sessions_.end();
    if (found == sessions_.end()) continue;  // of an ended session, or a line that was torn
    if (kind == "-") sessions_.erase(found);
    const auto seen = kind == "~" ? read_number<WallMs>(rest) : std::nullopt;
    if (seen) found->second.seen_ms = *seen;
  }
  std::erase_if(sessions_, [&](const auto& entry) { return over(entry.second, now_ms); });
  for (const auto& [digest, session] : sessions_)
    of_person_[folded(session.nick)].push_back(digest);
  tidy();
  return {};
}

Result<std::string> SessionTable::open(const SignedIn& who, WallMs now_ms) {
  if (sessions_.size() >= limits_.sessions_max) drop_over(now_ms);
  make_room_for(folded(who.nick));
  if (sessions_.size() >= limits_.sessions_max)
    return base::fail(ErrorCode::kBusy, "As many people are signed in as this site takes.");
  std::string token = base::random_token(kTokenBytes);
  const Session session{.nick = who.nick,
                        .account = who.account,
                        .agent = who.agent,
                        .created_ms = now_ms,
                        .seen_ms = now_ms,
                        .digest = base::digest_of(token)};
  journal_.append(opened_line(session), false);
  of_person_[folded(who.nick)].push_back(session.digest);
  sessions_[session.digest] = session;
  return token;
}

const Session* SessionTable::find(std::string_view token, WallMs now_ms) {
  const auto found = sessions_.find(base::digest_of(token));
  if (found == sessions_.end()) return nullptr;
  Session& session = found->second;
  if (over(session, now_ms)) {
    erase(found);
    return nullptr;
  }
  if (now_ms - session.seen_ms >= std::chrono::milliseconds(kSeenEvery).count()) {
    session.seen_ms = now_ms;
    journal_.append(fmt::format("~ {} {}", base::hex(session.digest), now_ms), false);
    tidy();
  }
  return &session;
}

void SessionTable::end(std::string_view token) {
  const auto found = sessions_.find(base::digest_of(token));
  if (found != sessions_.end()) erase(found);
}

bool SessionTable::end_of(std::string_view nick, std::string_view id) {
  const auto person = of_person_.find(folded(nick));
  if (person == of_person_.end()) return false;
  for (const Digest& digest : person->second) {
    const auto session = sessions_.find(digest);
    if (session->second.id() != id) continue;
    erase(session);
    return true;
  }
  return false;
}

std::size_t SessionTable::end_all_of(std::string_view nick) {
  std::size_t ended = 0;
  for (auto person = of_person_.find(folded(nick)); person != of_person_.end();
       person = of_person_.find(folded(nick)), ++ended)
    erase(sessions_.find(person->second.front()));
  return ended;
}

std::vector<Session> SessionTable::of(std::string_view nick, WallMs now_ms) const {
  std::vector<Session> list;
  const auto person = of_person_.find(folded(nick));
  if (person == of_person_.end()) return list;
  for (const Digest& digest : person->second) {
    const Session& session = sessions_.at(digest);
    if (!over(session, now_ms)) list.push_back(session);
  }
  std::ranges::sort(list, std::greater(), &Session::created_ms);
  return list;
}

bool SessionTable::over(const Session& session, WallMs now_ms) const {
  return now_ms - session.seen_ms >= limits_.idle_max.count() ||
         now_ms - session.created_ms >= limits_.age_max.count();
}

void SessionTable::erase(Map::iterator session) {
  journal_.append("- " + base::hex(session->first), true);
  const auto person = of_person_.find(folded(session->second.nick));
  std::erase(person->second, session->first);
  if (person->second.empty()) of_person_.erase(person);
  sessions_.erase(session);
  tidy();
}

void SessionTable::drop_over(WallMs now_ms) {
  for (auto it = sessions_.begin(); it != sessions_.end();) {
    const auto session = it++;
    if (over(session->second, now_ms)) erase(session);
  }
}

void SessionTable::make_room_for(const std::string& nick) {
  const auto person = of_person_.find(nick);
  if (person == of_person_.end() || person->second.size() < limits_.per_person_max) return;
  const auto unused = std::ranges::min_element(
      person->second, {}, [&](const Digest& digest) { return sessions_.at(digest).seen_ms; });
  erase(sessions_.find(*unused));
}

// A journal that says mostly what is over is written anew.
void SessionTable::tidy() {
  constexpr std::size_t kSlack = 1024;
  if (journal_.lines() <= 2 * sessions_.size() + kSlack) return;
  std::vector<std::string> lines;
  lines.reserve(sessions_.size());
  for (const auto& [digest, session] : sessions_) lines.push_back(opened_line(session));
  journal_.replace(lines);
}

std::string csrf_of(std::string_view token) {
  return base::hex(base::digest_of("csrf " + std::string(token))).substr(0, 32);
}

}  // namespace gateway::web
