#include "tests/sim/laws.h"

#include <fmt/format.h>

#include "bridge/backbone/compaction.h"
#include "tests/sim/home.h"
#include "tests/sim/oracle.h"

namespace tests::sim {
namespace {

// The author as the log knows it, for a publication that named a nick or an address.
std::string address_like(const std::string& nick) {
  return nick + "@example.org";
}

bool by(const std::string& asked, const std::string& nick) {
  return asked == nick || home_of(asked) == address_like(nick);
}

// As it is told to somebody, whatever caught it.
bool tells(const std::string& body, const std::string& nick, const std::string& text) {
  // Its number at the end; a phrase, who passed it on and whom it answers around the nick.
  const std::size_t number = body.rfind(" (#");
  if (number == std::string::npos || !body.ends_with(')')) return false;
  const std::string_view told = std::string_view(body).substr(0, number);
  const std::string end = ": " + text;
  return told.ends_with(end) && told.find(nick) < told.size() - end.size();
}

// Whether one of the texts a post has had, each with its author's nick, is the one looked for.
template <class Says>
bool any_text_of(const Record& record, const std::vector<RecordPtr>& log, Says says) {
  if (says(record.post().nick(), record.post().text())) return true;
  return std::ranges::any_of(log, [&](const RecordPtr& later) {
    return later->has_changed() && later->changed().post() == record.id() &&
           !later->changed().deleted() && says(later->changed().nick(), later->changed().text());
  });
}

bool is_body_of(const std::string& body, const Record& record, const std::vector<RecordPtr>& log) {
  if (record.has_reposted()) return is_body_of(body, *log[record.reposted().post() - 1], log);
  if (record.has_direct())
    return body == "(direct) " + record.direct().nick() + ": " + record.direct().text();
  if (record.has_woken()) return body.find(record.woken().phrase()) != std::string::npos;
  if (record.has_dormant()) return body.find(record.dormant().phrase()) != std::string::npos;
  if (record.has_changed()) {
    const auto& changed = record.changed();
    return changed.deleted() ? body == changed.nick() + " has taken back an earlier post."
                             : tells(body, changed.nick(), changed.text());
  }
  return any_text_of(record, log, [&](const std::string& nick, const std::string& text) {
    return tells(body, nick, text);
  });
}

// By post.
std::map<RecordId, const Record*> newest_changes(const std::vector<RecordPtr>& log) {
  std::map<RecordId, const Record*> newest;
  for (const auto& record : log)
    if (record->has_changed()) newest[record->changed().post()] = record.get();
  return newest;
}

enum class InFeed { kNever, kPerhaps, kAlways };

// What was changed before a reader came to it does not show in their feed.
InFeed in_feed_of_all(const Record& record, const std::map<RecordId, const Record*>& newest,
                      const Erased& erased) {
  if (record.has_erased()) return InFeed::kAlways;
  if (went(record, erased))
    return record.has_post() || record.has_changed() ? InFeed::kPerhaps : InFeed::kNever;
  if (record.has_changed())
    return newest.at(record.changed().post()) == &record ? InFeed::kAlways : InFeed::kPerhaps;
  if (!record.has_post()) return InFeed::kNever;
  const auto change = newest.find(record.id());
  return change != newest.end() && change->second->changed().deleted() ? InFeed::kPerhaps
                                                                       : InFeed::kAlways;
}

}  // namespace

void Laws::broken(const std::string& how) const {
  const auto ms = agenda_.elapsed().count();
  throw Violation(
      fmt::format("after {}.{:03} s, step {}: {}", ms / 1000, ms % 1000, agenda_.steps(), how));
}

void Laws::acknowledged(const Publication& publication, RecordId id) {
  const auto [at, is_new] = acknowledged_.try_emplace(publication, id);
  if (at->second != id)
    broken(fmt::format("law 1: {} {} was acknowledged as #{} and as #{}", publication.author,
                       publication.client_id, at->second, id));
}

void Laws::cut_off(const std::string& address, Time until) {
  cut_off_[address] = {.since = agenda_.now(), .until = until, .repeats = {}, .came_back = {}};
}

void Laws::came_back(const std::string& address, RecordId id) {
  const auto it = cut_off_.find(address);
  if (it != cut_off_.end()) it->second.came_back.insert(id);
}

// docs/owed.md: what came back goes once or twice, and then one by one, ever more rarely.
void Laws::judge_repeat(const std::string& address, RecordId id) {
  const auto it = cut_off_.find(address);
  if (it == cut_off_.end() || agenda_.now() > it->second.until) return;
  CutOff& cut_off = it->second;
  if (cut_off.came_back.erase(id) == 0 || ++cut_off.repeats[id] <= 2) return;
  const auto ever =
      static_cast<std::uint64_t>((agenda_.now() - cut_off.since) / kBounceWaits.longest);
  if (++cut_off.further > 6 + ever)
    broken(fmt::format("law 5: {} is cut off, and still all is sent there again and again, now #{}",
                       address, id));
}

void Laws::handed_over(const std::string& address, RecordId id) {
  judge_repeat(address, id);
  handed_over_.try_emplace({address, id}, breaks_);
}

void Laws::arrived(const std::string& address, RecordId id, const std::string& body) {
  const auto given = handed_over_.find({address, id});
  if (given == handed_over_.end())
    broken(fmt::format("{} got #{} which the bridge never sent", address, id));
  Arrival& arrival = arrivals_[{address, id}];
  if (arrival.copies == 0) arrival.at = agenda_.elapsed();
  ++arrival.copies;
  arrival.bodies.insert(body);
  if (arrival.copies > 1 + breaks_ - given->second)
    broken(fmt::format("law 3: {} got #{} {} times, with {} breaks since it was first sent",
                       address, id, arrival.copies, breaks_ - given->second));
}

void Laws::lost_by_server(const std::string& address, RecordId id) {
  lost_by_server_.insert({address, id});
}

void Laws::in_feed(const std::string& reader, FeedItem item) {
  feeds_[reader].push_back(std::move(item));
}

void Laws::gap_in_feed(const std::string& reader, RecordId from, RecordId to) {
  FeedItem gap;
  gap.id = to;
  gap.gap_from = from;
  feeds_[reader].push_back(std::move(gap));
}

void Laws::bridge_died(const std::set<std::pair<std::string, RecordId>>& known) {
  ++deaths_;
  for (const auto& [delivery, breaks] : handed_over_)
    if (!known.contains(delivery)) forgotten_.insert(delivery);
}

void Laws::judge(const std::vector<RecordPtr>& log) const {
  judge_publications(log);
  judge_arrivals(log);
  judge_changes(log);
  judge_feeds(log);
  if (const std::string how = unfair(log); !how.empty()) broken("the caps: " + how);
}

void Laws::judge_publications(const std::vector<RecordPtr>& log) const {
  std::map<std::pair<std::uint64_t, std::string>, std::map<std::string, RecordId>> seen;
  const auto once = [&](std::uint64_t author, const std::string& client_id, const std::string& text,
                        RecordId id) {
    const auto [at, is_new] = seen[{author, client_id}].try_emplace(text, id);
    if (!is_new)
      broken(fmt::format("law 3: {} of account {} is in the log as #{} and as #{}", client_id,
                         author, at->second, id));
  };
  bridge::base::WallMs newest = 0;
  for (const auto& record : log) {
    if (record->time_ms() < newest)
      broken(fmt::format("#{} is older than those before it", record->id()));
    newest = record->time_ms();
    if (record->has_post())
      once(record->post().author(), record->post().client_id(), record->post().text(),
           record->id());
    if (record->has_direct())
      once(record->direct().author(), record->direct().client_id(), record->direct().text(),
           record->id());
  }
  for (const auto& [publication, id] : acknowledged_) {
    const bool there = id >= 1 && id <= log.size();
    const auto* record = there ? log[id - 1].get() : nullptr;
    const bool same =
        record && (record->has_post()
                       ? by(publication.author, record->post().nick()) &&
                             record->post().client_id() == publication.client_id &&
                             record->post().text() == publication.text
                       : record->has_direct() && by(publication.author, record->direct().nick()) &&
                             record->direct().client_id() == publication.client_id &&
                             record->direct().text() == publication.text);
    if (!same)
      broken(fmt::format("law 1: {} {} was acknowledged as #{}, which is not in the log",
                         publication.author, publication.client_id, id));
  }
}

void Laws::judge_arrivals(const std::vector<RecordPtr>& log) const {
  const Owed owed = owed_by(log);
  for (const auto& [delivery, arrival] : arrivals_) {
    const auto& [address, id] = delivery;
    const auto at = [&arrival] {
      return fmt::format("(after {}.{:03} s)", arrival.at.count() / 1000,
                         arrival.at.count() % 1000);
    };
    if (id > log.size())
      broken(fmt::format("law 1: {} got #{}, which is not in the log {}", address, id, at()));
    for (const std::string& body : arrival.bodies)
      if (!is_body_of(body, *log[id - 1], log))
        broken(fmt::format("{} got #{} with a text that is not its own {}", address, id, at()));
    if (!owed.may.contains(delivery))
      broken(fmt::format("{}: {} got #{}, which was not owed to them {}",
                         bridge::backbone::addressee(*log[id - 1]) ? "law 10" : "law 2", address,
                         id, at()));
  }
  if (const std::string sentence = missing(log, owed); !sentence.empty()) broken(sentence);
}

std::string Laws::missing(const std::vector<RecordPtr>& log, const Owed& owed) const {
  std::string first;
  std::size_t count = 0;
  std::map<std::string, std::uint64_t> too_old;
  for (const auto& [address, id] : owed.must) {
    if (has_arrived(address, id) || excused(address, id)) continue;
    const Record& record = *log[id - 1];
    if (record.has_reposted() && has_expired(record.reposted().post())) continue;
    if (record.has_post() && has_expired(id)) {
      ++too_old[address];
      continue;
    }
    if (count++ == 0) first = fmt::format("#{} was owed to {} and never came", id, address);
  }
  for (const auto& [delivery, post] : owed.changes) {
    const auto& [address, change] = delivery;
    if (knows_of(address, post, *log[change - 1], log) || excused(address, change) ||
        has_expired(change) || forgotten_.contains({address, post}))
      continue;
    if (count++ == 0)
      first = fmt::format("{} got #{} and never heard of its change, #{}", address, post, change);
  }
  if (count > 0) return fmt::format("law 2: {} (and {} more)", first, count - 1);
  return untold(too_old);
}

// Whoever did not get what is kept no longer has been told how much that was, unless what is sent
// to them got lost behind the bridge.
std::string Laws::untold(const std::map<std::string, std::uint64_t>& too_old) const {
  if (notices_may_be_lost_) return {};
  for (const auto& [address, posts] : too_old) {
    const auto told = told_of_expired_.find(address);
    const std::uint64_t known = told == told_of_expired_.end() ? 0 : told->second;
    if (known < posts)
      return fmt::format("law 2: {} posts for {} are kept no longer, and they were told of {}",
                         posts, address, known);
  }
  return {};
}

bool Laws::knows_of(const std::string& address, RecordId post, const Record& change,
                    const std::vector<RecordPtr>& log) const {
  if (has_arrived(address, change.id())) return true;
  const auto arrival = arrivals_.find({address, post});
  if (arrival != arrivals_.end())
    return !change.changed().deleted() &&
           std::ranges::any_of(arrival->second.bodies, [&](const std::string& body) {
             return tells(body, change.changed().nick(), change.changed().text());
           });
  // An earlier correction alone may have come, when what it corrects was on its way and lost.
  return std::ranges::none_of(log, [&](const RecordPtr& record) {
    return record->has_changed() && record->changed().post() == post &&
           has_arrived(address, record->id());
  });
}

void Laws::judge_changes(const std::vector<RecordPtr>& log) const {
  const auto newest = newest_changes(log);
  for (const RecordId post : gone_)
    if (!has_expired(post) && (!newest.contains(post) || !newest.at(post)->changed().deleted()))
      broken(fmt::format("law 1: #{} was acknowledged as taken back, and is not", post));
  for (const auto& [delivery, arrival] : arrivals_) {
    const auto& [address, id] = delivery;
    if (!log[id - 1]->has_changed() || deaths_ > 0) continue;
    const RecordId post = log[id - 1]->changed().post();
    if (!handed_over_.contains({address, post}))
      broken(fmt::format("{} heard of #{}, a change of #{}, which was never sent to them", address,
                         id, post));
  }
}

bool Laws::feeds_complete(const std::vector<RecordPtr>& log) const {
  const auto newest = newest_changes(log);
  const Erased erased = erased_in(log);
  RecordId last = 0;
  for (const auto& record : log)
    if (in_feed_of_all(*record, newest, erased) == InFeed::kAlways) last = record->id();
  return std::ranges::all_of(feeds_, [&](const auto& feed) {
    return !feed.second.empty() && feed.second.back().id >= last;
  });
}

void Laws::judge_feeds(const std::vector<RecordPtr>& log) const {
  const auto newest = newest_changes(log);
  const Erased erased = erased_in(log);
  for (const auto& [reader, items] : feeds_) {
    std::size_t at = 0;
    for (const auto& record : log) {
      const InFeed there = in_feed_of_all(*record, newest, erased);
      if (there == InFeed::kNever) continue;
      while (at < items.size() && items[at].gap_from != 0 && items[at].id < record->id()) ++at;
      const bool gap = at < items.size() && items[at].gap_from != 0;
      if (gap && items[at].gap_from <= record->id()) continue;
      if (!gap && at < items.size() && items[at].id == record->id()) {
        judge_feed_item(reader, items[at++], *record, log);
        continue;
      }
      if (there == InFeed::kPerhaps) continue;
      if (at == items.size())
        broken(fmt::format("the feed of {} ends before #{}", reader, record->id()));
      broken(fmt::format("law 10: the feed of {} has #{} where #{} belongs", reader, items[at].id,
                         record->id()));
    }
    while (at < items.size() && items[at].gap_from != 0) ++at;
    if (at != items.size())
      broken(fmt::format("law 1: the feed of {} has #{}, which is not in the log", reader,
                         items[at].id));
  }
}

void Laws::judge_feed_item(const std::string& reader, const FeedItem& item, const Record& record,
                           const std::vector<RecordPtr>& log) const {
  if (record.has_erased()) {
    if (!item.erased || item.author != record.erased().nick())
      broken(fmt::format("the feed of {} does not say who is erased by #{}", reader, item.id));
    return;
  }
  const bool change = record.has_changed();
  const std::string& nick = change ? record.changed().nick() : record.post().nick();
  const auto says = [&](const std::string&, const std::string& text) { return item.text == text; };
  const bool same = change ? item.changes == record.changed().post() &&
                                 item.retracted == record.changed().deleted() &&
                                 item.text == record.changed().text()
                           : item.changes == 0 && any_text_of(record, log, says);
  if (item.author != nick || !same)
    broken(fmt::format("the feed of {} has something else for #{}", reader, item.id));
}

}  // namespace tests::sim
