#include "tests/sim/laws.h"

#include <fmt/format.h>

#include "tests/sim/oracle.h"

namespace tests::sim {
namespace {

// The author as the log knows it, for a publication that named a nick or an address.
std::string address_like(const std::string& nick) {
  return nick + "@example.org";
}

bool by(const std::string& asked, const std::string& nick) {
  return asked == nick || asked == address_like(nick);
}

bool is_body_of(const std::string& body, const bridge::backbone::Record& record,
                const std::vector<RecordPtr>& log) {
  if (record.has_reposted()) return is_body_of(body, *log[record.reposted().post() - 1], log);
  if (record.has_direct())
    return body == "(direct) " + record.direct().nick() + ": " + record.direct().text();
  const std::string plain = record.post().nick() + ": " + record.post().text();
  return body == plain || (body.starts_with('[') && body.ends_with("] " + plain));
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

void Laws::in_feed(const std::string& reader, RecordId id, const std::string& author,
                   const std::string& text) {
  feeds_[reader].push_back({id, author, text});
}

void Laws::judge(const std::vector<RecordPtr>& log) const {
  judge_publications(log);
  judge_arrivals(log);
  judge_feeds(log);
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
    const std::string at =
        fmt::format("(after {}.{:03} s)", arrival.at.count() / 1000, arrival.at.count() % 1000);
    if (id > log.size())
      broken(fmt::format("law 1: {} got #{}, which is not in the log {}", address, id, at));
    for (const std::string& body : arrival.bodies)
      if (!is_body_of(body, *log[id - 1], log))
        broken(fmt::format("{} got #{} with a text that is not its own {}", address, id, at));
    if (!owed.may.contains(delivery))
      broken(fmt::format("{}: {} got #{}, which was not owed to them {}",
                         log[id - 1]->has_direct() ? "law 10" : "law 2", address, id, at));
  }
  if (const std::string sentence = missing(log); !sentence.empty()) broken(sentence);
}

std::string Laws::missing(const std::vector<RecordPtr>& log) const {
  const Owed owed = owed_by(log);
  std::string first;
  std::size_t count = 0;
  for (const auto& [address, id] : owed.must) {
    if (has_arrived(address, id) || excused(address, id)) continue;
    if (count++ == 0) first = fmt::format("#{} was owed to {} and never came", id, address);
  }
  if (count == 0) return {};
  return fmt::format("law 2: {} (and {} more)", first, count - 1);
}

bool Laws::feeds_complete(const std::vector<RecordPtr>& log) const {
  const auto posts = static_cast<std::size_t>(
      std::ranges::count_if(log, [](const RecordPtr& record) { return record->has_post(); }));
  return std::ranges::all_of(feeds_, [&](const auto& feed) { return feed.second.size() >= posts; });
}

void Laws::judge_feeds(const std::vector<RecordPtr>& log) const {
  for (const auto& [reader, items] : feeds_) {
    std::size_t at = 0;
    for (const auto& record : log) {
      if (!record->has_post()) continue;
      if (at == items.size())
        broken(fmt::format("the feed of {} ends before #{}", reader, record->id()));
      const FeedItem& item = items[at++];
      if (item.id != record->id())
        broken(fmt::format("law 10: the feed of {} has #{} where #{} belongs", reader, item.id,
                           record->id()));
      if (item.author != record->post().nick() || item.text != record->post().text())
        broken(fmt::format("the feed of {} has another text for #{}", reader, item.id));
    }
    if (at != items.size())
      broken(fmt::format("law 1: the feed of {} has #{}, which is not in the log", reader,
                         items[at].id));
  }
}

}  // namespace tests::sim
