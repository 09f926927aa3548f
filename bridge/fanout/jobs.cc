#include "bridge/fanout/jobs.h"

#include <algorithm>
#include <utility>

#include "bridge/backbone/amend.h"

namespace bridge::fanout {

Job::Job(PreparedPtr post, std::vector<std::string> lists) : post_(std::move(post)) {
  row_.post = post_->record->id();
  row_.lists = std::move(lists);
}

// A subscription holds for the posts after its own record, so nobody beyond the post's id listens.
track::Subscribers::Range Job::ahead() const {
  if (row_.wrapped) return {.after = row_.reached, .before = row_.start};
  return {.after = std::max(row_.reached, row_.start == 0 ? 0 : row_.start - 1),
          .before = subscribed_before()};
}

void Job::begin_at(SubscriptionNumber start) {
  row_.start = start;
  row_.reached = 0;
  row_.wrapped = false;
}

void Job::end_stretch() {
  row_.reached = 0;
  if (!row_.wrapped && row_.start > 0) {
    row_.wrapped = true;
    return;
  }
  row_.wrapped = false;
  row_.start = 0;
  ++row_.at;
}

std::optional<Job::Place> Job::place_of(const state::Account& account) const {
  for (std::size_t i = 0; i < row_.lists.size(); ++i) {
    SubscriptionNumber number = 0;
    if (row_.lists[i] == kFollowers) {
      if (const auto* follow = account.find_follow(author())) number = follow->since;
    } else if (row_.lists[i] == kEverybody) {
      number = account.id;
    } else if (const auto* track = account.find_track(row_.lists[i])) {
      if (account.awake_at(*track, subscribed_before())) number = track->since;
    }
    if (number != 0 && number < subscribed_before()) return Place{i, number};
  }
  return std::nullopt;
}

bool Job::behind_us(const Place& place) const {
  if (place.list != row_.at) return place.list < row_.at;
  if (row_.wrapped) return place.number >= row_.start || place.number <= row_.reached;
  return place.number >= row_.start && place.number <= row_.reached;
}

bool Job::comes_from_here(const state::Account& account) const {
  const auto place = place_of(account);
  return place && place->list == row_.at;
}

bool Job::ahead_of(const state::Account& account) const {
  if (exempt(account.id)) return false;
  const auto place = place_of(account);
  return place && !behind_us(*place);
}

bool Job::exempt(AccountId account) const {
  return std::ranges::binary_search(row_.exempt, account);
}

void Job::leaves(const state::Account& account, std::string_view list) {
  const auto place = place_of(account);
  if (place && row_.lists[place->list] == list && behind_us(*place)) make_exempt(account.id);
}

void Job::make_exempt(AccountId account) {
  const auto at = std::ranges::lower_bound(row_.exempt, account);
  if (at == row_.exempt.end() || *at != account) row_.exempt.insert(at, account);
}

Job& Jobs::add(Job job) {
  const RecordId id = job.id();
  return running_.emplace(id, std::move(job)).first->second;
}

Job* Jobs::find(RecordId post) {
  const auto it = running_.find(post);
  return it == running_.end() ? nullptr : &it->second;
}

void Jobs::amend(const backbone::Record& record) {
  for (const RecordId id : backbone::amended_ids(record))
    if (Job* job = find(id))
      job->complete(std::make_shared<const Prepared>(std::make_shared<const backbone::Record>(
          backbone::amended(*job->post()->record, record))));
  if (record.has_erased()) return erase(record.erased().account());
  if (!record.has_changed()) return;
  for (auto& [id, job] : running_)
    if (job.post()->record->reposted().post() == record.changed().post())
      job.complete(std::make_shared<const Prepared>(job.post()->record));  // and incomplete again
}

void Jobs::erase(AccountId erased) {
  for (auto& [id, job] : running_) {
    const backbone::Record& record = *job.post()->record;
    if (backbone::concerns(record, erased))
      job.complete(std::make_shared<const Prepared>(
          std::make_shared<const backbone::Record>(backbone::without(record, erased))));
    else if (record.has_reposted() && record.reposted().author() == erased)
      job.complete(std::make_shared<const Prepared>(job.post()->record));  // and incomplete again
  }
}

RecordId Jobs::horizon(RecordId position) const {
  return running_.empty() ? position : running_.begin()->first - 1;
}

void Jobs::leaves_author(const state::Account& account, AccountId followee) {
  for (auto& [id, job] : running_)
    if (job.author() == followee) job.leaves(account, kFollowers);
}

void Jobs::leaves_phrase(const state::Account& account, std::string_view canonical) {
  for (auto& [id, job] : running_) job.leaves(account, canonical);
}

std::vector<backbone::JobRow> Jobs::rows() const {
  std::vector<backbone::JobRow> rows;
  for (const auto& [id, job] : running_) rows.push_back(job.row());
  return rows;
}

}  // namespace bridge::fanout
