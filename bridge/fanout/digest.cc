#include "bridge/fanout/digest.h"

#include <algorithm>

namespace bridge::fanout {
namespace {

bool contains(const std::vector<RecordId>& sorted, RecordId id) {
  return std::ranges::binary_search(sorted, id);
}

void insert(std::vector<RecordId>& sorted, RecordId id) {
  const auto at = std::ranges::lower_bound(sorted, id);
  if (at == sorted.end() || *at != id) sorted.insert(at, id);
}

bool erase(std::vector<RecordId>& sorted, RecordId id) {
  const auto at = std::ranges::lower_bound(sorted, id);
  if (at == sorted.end() || *at != id) return false;
  sorted.erase(at);
  return true;
}

bool within(const std::vector<backbone::Stretch>& stretches, RecordId id) {
  return std::ranges::any_of(stretches,
                             [&](const auto& each) { return id > each.after && id <= each.to; });
}

}  // namespace

bool Digest::holds(RecordId id) const {
  if (contains(row_.singles, id)) return true;
  return within(row_.stretches, id) && !contains(row_.taken, id);
}

backbone::DigestLine& Digest::line(std::string_view phrase, base::WallMs time_ms) {
  const auto known = std::ranges::find(row_.lines, phrase, &backbone::DigestLine::phrase);
  if (known != row_.lines.end()) return *known;
  auto& made = row_.lines.emplace_back();
  made.phrase = phrase;
  made.since_ms = time_ms;
  return made;
}

void Digest::count_in(RecordId id, std::string_view phrase, base::WallMs time_ms) {
  backbone::DigestLine& to = line(phrase, time_ms);
  if (to.count++ == 0) to.since_ms = time_ms;
  to.told = false;
  insert(to.last, id);
  if (to.last.size() > kLastMax) to.last.erase(to.last.begin());
}

void Digest::add(RecordId id, std::string_view phrase, base::WallMs time_ms) {
  if (holds(id)) return;
  if (!erase(row_.taken, id) || !within(row_.stretches, id)) {
    if (open_ && id > row_.stretches.back().after)
      row_.stretches.back().to = std::max(row_.stretches.back().to, id);
    else
      row_.stretches.push_back({id - 1, id});
    open_ = true;
  }
  count_in(id, phrase, time_ms);
}

void Digest::exclude(RecordId id) {
  if (open_ && id > row_.stretches.back().after) insert(row_.taken, id);
}

bool Digest::add_single(RecordId id, std::string_view phrase, base::WallMs time_ms) {
  if (holds(id)) return false;
  insert(row_.singles, id);
  count_in(id, phrase, time_ms);
  if (row_.singles.size() <= kSinglesMax) return false;
  remove(row_.singles.front());
  backbone::DigestLine& shortened = line(phrase, time_ms);
  --shortened.count;
  ++shortened.expired;
  return true;
}

void Digest::expire(std::string_view phrase, base::WallMs time_ms, std::uint64_t posts,
                    bool counted) {
  backbone::DigestLine& shortened = line(phrase, time_ms);
  if (counted) shortened.count -= std::min(shortened.count, posts);
  shortened.expired += posts;
  shortened.told = false;
}

std::optional<RecordId> Digest::next(RecordId after) const {
  std::optional<RecordId> first;
  const auto consider = [&](RecordId id) { first = std::min(first.value_or(id), id); };
  for (const backbone::Stretch& stretch : row_.stretches) {
    RecordId id = std::max(stretch.after, after) + 1;
    while (id <= stretch.to && contains(row_.taken, id)) ++id;
    if (id <= stretch.to) consider(id);
  }
  const auto single = std::ranges::upper_bound(row_.singles, after);
  if (single != row_.singles.end()) consider(*single);
  return first;
}

// A stretch may have grown over one that was held by itself: it goes from both.
void Digest::remove(RecordId id) {
  if (!erase(row_.singles, id) || within(row_.stretches, id)) insert(row_.taken, id);
}

void Digest::take(RecordId id, std::string_view phrase) {
  remove(id);
  const auto known = std::ranges::find(row_.lines, phrase, &backbone::DigestLine::phrase);
  if (known != row_.lines.end() && known->count > 0) --known->count;
  tidy();
}

void Digest::forget_to(RecordId id) {
  for (backbone::Stretch& stretch : row_.stretches) stretch.after = std::max(stretch.after, id);
  std::erase_if(row_.singles, [&](RecordId single) { return single <= id; });
  tidy();
}

void Digest::finish(std::string_view phrase) {
  for (backbone::DigestLine& each : row_.lines)
    if (each.phrase == phrase) clear(each);
  tidy();
}

void Digest::clear(backbone::DigestLine& line) {
  line.count = 0;
  line.last.clear();
}

void Digest::tidy() {
  if (open_ && row_.stretches.back().after >= row_.stretches.back().to) open_ = false;
  std::erase_if(row_.stretches, [](const auto& each) { return each.after >= each.to; });
  std::erase_if(row_.taken, [&](RecordId id) {
    return !within(row_.stretches, id) && !(open_ && id > row_.stretches.back().after);
  });
  // What was unsubscribed since it was counted is in no stretch any more, but still in its line.
  if (row_.stretches.empty() && row_.singles.empty())
    for (backbone::DigestLine& each : row_.lines) clear(each);
  std::erase_if(row_.lines, [](const auto& each) {
    return each.count == 0 && (each.told || each.expired == 0);
  });
}

std::uint64_t Digest::count() const {
  std::uint64_t sum = 0;
  for (const backbone::DigestLine& each : row_.lines) sum += each.count;
  return sum;
}

std::uint64_t Digest::count(std::string_view phrase) const {
  const auto known = std::ranges::find(row_.lines, phrase, &backbone::DigestLine::phrase);
  return known == row_.lines.end() ? 0 : known->count;
}

std::vector<const backbone::DigestLine*> Digest::news() const {
  std::vector<const backbone::DigestLine*> news;
  for (const backbone::DigestLine& each : row_.lines)
    if (!each.told) news.push_back(&each);
  return news;
}

bool Digest::has_news() const {
  return std::ranges::any_of(row_.lines, [](const auto& each) { return !each.told; });
}

bool Digest::has_expired() const {
  return std::ranges::any_of(row_.lines, [](const auto& each) { return each.expired > 0; });
}

void Digest::told(const backbone::DigestLine& line) {
  row_.lines[static_cast<std::size_t>(&line - row_.lines.data())].told = true;
}

void Digest::tell_again() {
  for (backbone::DigestLine& each : row_.lines) each.told = false;
}

void Digest::heard() {
  for (backbone::DigestLine& each : row_.lines)
    if (each.told) each.expired = 0;
  tidy();
}

}  // namespace bridge::fanout
