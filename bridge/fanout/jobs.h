// Jobs: posts, and changes of posts, on their way through the lists of those who listen to them.
//
// A post is brought to its author's followers, then to the listeners of one matching phrase after
// the other, long lists last. Nothing is copied: a job is where it stands, a subscription number in
// one of its lists, and is moved on a quantum at a time, so that a word with a million listeners
// holds up nobody. Long lists are walked from a place that differs per post and round, so that
// being late is shared out fairly.
//
// Somebody on several lists gets the post from the first of them, in the job's order. Whoever
// leaves a list behind which a job has come already is exempt: a later list must not bring it
// again.
//
// Only bookkeeping here; who walks and what is brought is the fan-out's. One thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridge/backbone/cursor_store.h"
#include "bridge/fanout/post_cache.h"
#include "bridge/state/state.h"
#include "bridge/track/subscribers.h"

namespace bridge::fanout {

using backbone::AccountId;
using backbone::RecordId;
using track::SubscriptionNumber;

// The list of those who follow the post's author; any other is a canonical phrase.
inline constexpr std::string_view kFollowers = "";
// The list of everybody, by the ids of their accounts; no phrase reads so.
inline constexpr std::string_view kEverybody = "\n";

class Job {
 public:
  Job(PreparedPtr post, std::vector<std::string> lists);
  Job(PreparedPtr post, backbone::JobRow row) : post_(std::move(post)), row_(std::move(row)) {}

  const PreparedPtr& post() const { return post_; }
  void complete(PreparedPtr post) { post_ = std::move(post); }
  RecordId id() const { return row_.post; }
  const backbone::JobRow& row() const { return row_; }

  bool finished() const { return row_.at == row_.lists.size(); }
  // Of a job that is not.
  const std::string& list() const { return row_.lists[row_.at]; }
  // The stretch to be walked next.
  track::Subscribers::Range ahead() const;
  // Before a list is begun: from this number on and round.
  bool untouched() const { return !row_.wrapped && row_.start == 0 && row_.reached == 0; }
  void begin_at(SubscriptionNumber start);
  void reach(SubscriptionNumber number) { row_.reached = number; }
  // The stretch is walked: round to its other part, or on to the next list.
  void end_stretch();

  // Comes to somebody from the list being walked, and no earlier one.
  bool comes_from_here(const state::Account& account) const;
  // Has yet to come to somebody, who will then be owed it or not.
  bool ahead_of(const state::Account& account) const;
  bool exempt(AccountId account) const;
  void make_exempt(AccountId account);
  // They are about to leave this list.
  void leaves(const state::Account& account, std::string_view list);
  AccountId author() const { return post_->passed_on_by(); }
  // Its author reaches more than they may: it comes to the listeners of its phrases by the weight
  // of the backlog. Not remembered across a restart, which may bring it sooner.
  void divert() { diverted_ = true; }
  bool diverted() const { return diverted_; }
  // Subscriptions from before this hold: what a change is about was posted earlier.
  SubscriptionNumber subscribed_before() const { return post_->about(); }

 private:
  struct Place {
    std::size_t list = 0;
    SubscriptionNumber number = 0;
  };
  std::optional<Place> place_of(const state::Account& account) const;
  bool behind_us(const Place& place) const;

  PreparedPtr post_;
  backbone::JobRow row_;
  bool diverted_ = false;
};

class Jobs {
 public:
  // At it, the log is matched no further: it is the queue.
  static constexpr std::size_t kJobsMax = 1024;

  std::size_t size() const { return running_.size(); }

  Job& add(Job job);
  void remove(RecordId post) { running_.erase(post); }
  // What `record` makes of the posts that are on their way.
  void amend(const backbone::Record& record);
  // nullptr when there is none.
  Job* find(RecordId post);
  // Posts up to here, at most `position`, have come to everybody.
  RecordId horizon(RecordId position) const;

  // About to leave a list, see Job.
  void leaves_author(const state::Account& account, AccountId followee);
  void leaves_phrase(const state::Account& account, std::string_view canonical);
  std::vector<backbone::JobRow> rows() const;

 private:
  void erase(AccountId erased);

  std::map<RecordId, Job> running_;
};

}  // namespace bridge::fanout
