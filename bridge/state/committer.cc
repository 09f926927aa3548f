#include "bridge/state/committer.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "bridge/backbone/amend.h"
#include "bridge/backbone/dedupe.h"
#include "bridge/base/time_zone.h"
#include "bridge/state/listeners.h"
#include "bridge/state/snapshot.h"
#include "bridge/wire/messages.h"

namespace bridge::state {
// All three: whoever sends one client id with many texts must not make every lookup long.
std::size_t Committer::HashPublish::operator()(const backbone::PublishKey& key) const {
  const std::hash<std::string_view> hash;
  return hash(key.text) ^ (hash(key.client_id) * 31) ^ key.author ^ (key.recipient << 32);
}

Committer::Committer(backbone::Store& store, Rules rules, CommitListener& listener)
    : store_(store), rules_(std::move(rules)), listener_(listener) {}

Committer::Basis Committer::prepare(const Snapshot& snapshot) {
  Basis basis{State(snapshot), {}};
  snapshot.for_each_limit([&](const Record& record) { basis.limits.apply(record); });
  return basis;
}

base::Result<void> Committer::load() {
  auto snapshot = Snapshot::read(store_);
  if (!snapshot) return tl::unexpected(snapshot.error());
  return load(prepare(*snapshot));
}

base::Result<void> Committer::load(Basis basis) {
  state_ = std::move(basis.state);
  limits_ = std::move(basis.limits);
  next_id_ = store_.head() + 1;
  if (store_.head() != 0) {
    auto last = store_.read(store_.head() - 1, 1, 1);
    if (!last) return tl::unexpected(last.error());
    if (!last->empty()) last_ms_ = last->front()->time_ms();
  }
  // The cap of every word may be another than before.
  unsettled_.clear();
  state_.words().visit([this](const Word& word) {
    if (!settled(word, rules_)) unsettled_.insert(word.phrase.canonical());
  });
  publish_gauges();
  return {};
}

void Committer::note_unsettled(const Record& record) {
  if (record.has_listeners_capped()) unsettled_.insert(record.listeners_capped().phrase());
  if (!record.has_untracked()) return;
  const Word* word = state_.find_word(record.untracked().phrase());
  if (word && word->asleep > 0) unsettled_.insert(record.untracked().phrase());
}

// A place that became free is taken in the commit in which it did.
void Committer::settle_words(base::Now now) {
  if (!writable_) return;
  last_ms_ = std::max(last_ms_, now.wall_ms);
  for (std::size_t left = kSettledPerCommit; left > 0 && !unsettled_.empty();) {
    auto records = settle(state_, rules_, *unsettled_.begin(), left, next_id_, last_ms_);
    if (records.empty()) {
      unsettled_.erase(unsettled_.begin());
      continue;
    }
    left -= std::min(left, records.size());
    take(std::move(records));
  }
}

base::Result<std::optional<RecordId>> Committer::find_duplicate(const backbone::PublishKey& publish,
                                                                base::WallMs now_ms) const {
  const auto staged = publishes_in_batch_.find(publish);
  if (staged != publishes_in_batch_.end()) return std::optional<RecordId>(staged->second);
  return store_.find_duplicate(publish, now_ms);
}

// Of this batch, or of the log. A read of the store: it costs a few microseconds, and requests that
// ask for many records are bounded.
base::Result<backbone::RecordPtr> Committer::find_record(RecordId id) const {
  auto found = find_as_written(id);
  if (found && *found) found = erased_in_batch_.left_of(std::move(*found));
  return found;
}

base::Result<backbone::RecordPtr> Committer::find_as_written(RecordId id) const {
  if (const auto it = amended_in_batch_.find(id); it != amended_in_batch_.end()) return it->second;
  if (!batch_.empty() && id >= batch_.front()->id()) {
    const std::size_t at = id - batch_.front()->id();
    return at < batch_.size() ? batch_[at] : nullptr;
  }
  auto read = store_.read(id - 1, 1, 1);
  if (!read) return tl::unexpected(read.error());
  if (read->empty() || read->front()->id() != id) return nullptr;
  return std::move(read->front());
}

void Committer::stage(Submission submission, base::Now now) {
  // The log's time never runs backwards, whatever the wall clock does.
  last_ms_ = std::max(last_ms_, now.wall_ms);
  if (submission.request.has_offer_move()) {
    waiting_.push_back(
        {submission.reply_to, answer_offer(offers_, state_, submission.request, now.mono)});
    return;
  }
  const bool sign_in = submission.request.has_issue_code() || submission.request.has_redeem_code();
  if (!sign_in) return decide_one(std::move(submission), now.mono);
  wire::Reply reply = answer_sign_in(codes_, state_, rules_.website, submission.request, now.mono);
  if (reply.has_sign_in_code()) counters_.sign_in_codes.add();
  if (reply.has_signed_in()) counters_.sign_ins.add();
  if (reply.has_error() && submission.request.has_redeem_code()) counters_.sign_ins_refused.add();
  waiting_.push_back({submission.reply_to, std::move(reply)});
}

void Committer::decide_one(Submission submission, base::Time now) {
  const Moment moment{
      .next_id = next_id_,
      .now_ms = last_ms_,
      .may_create_author = submission.may_create_author,
      .find_duplicate =
          [&](const backbone::PublishKey& publish) { return find_duplicate(publish, last_ms_); },
      .find_record = [&](RecordId id) { return find_record(id); },
      .known_zone = base::known_zone,
      .may_take = [&](AccountId account,
                      std::string_view address) { return offers_.may_take(account, address, now); },
      .caught = &submission.caught};
  Decision decision = submission.request.has_change_limit()
                          ? change_limit(submission.request.change_limit(), moment)
                          : decide(state_, rules_, std::move(submission.request), moment);
  const bool writes = !decision.records.empty();
  if (writes && !writable_) {
    decision.reply =
        wire::error_reply({base::ErrorCode::kUnavailable,
                           "The log cannot be written just now: try again in a moment.",
                           std::chrono::milliseconds(kResumeEvery)});
  } else if (writes) {
    take(std::move(decision.records));
  }
  waiting_.push_back({submission.reply_to, std::move(decision.reply)});
}

Decision Committer::change_limit(const wire::ChangeLimit& request, const Moment& moment) {
  Decision decision;
  auto change = limits_.decide(request);
  if (!change) {
    decision.reply = wire::error_reply(change.error());
    return decision;
  }
  Record& record = decision.records.emplace_back();
  record.set_id(moment.next_id);
  record.set_time_ms(moment.now_ms);
  *record.mutable_limit_changed() = std::move(*change);
  decision.reply.mutable_done()->set_id(record.id());
  decision.reply.mutable_done()->set_changed(true);
  audit_limit(decision, moment);
  return decision;
}

// In the one trail of all that operators do, too.
void Committer::audit_limit(Decision& decision, const Moment& moment) const {
  const auto& change = decision.records.front().limit_changed();
  Record audited;
  audited.set_id(moment.next_id + 1);
  audited.set_time_ms(moment.now_ms);
  auto& line = *audited.mutable_audited();
  line.set_who(change.who());
  line.set_what("limit");
  line.set_about(change.key().empty() ? change.name() : change.name() + " for " + change.key());
  line.set_old(change.old());
  line.set_now(change.unset() ? "as configured" : change.value());
  if (change.shadow()) line.mutable_now()->append(" in shadow");
  line.set_previous(state_.order().newest_audited());
  decision.records.push_back(std::move(audited));
}

void Committer::take(std::vector<Record> records) {
  for (Record& record : records) {
    state_.apply(record);
    limits_.apply(record);
    note_unsettled(record);
    if (record.has_address_moved()) offers_.drop(record.address_moved().account());
    bytes_ += record.ByteSizeLong();
    const auto& kept = *batch_.emplace_back(std::make_shared<const Record>(std::move(record)));
    const auto note = [&](const auto& written) {
      publishes_in_batch_[backbone::key_of(written)] = kept.id();
    };
    if (kept.has_post()) note(kept.post());
    if (kept.has_direct()) note(kept.direct());
    if (kept.has_erased()) erased_in_batch_.add(kept.erased().account(), kept.id());
    for (const RecordId old : backbone::amended_ids(kept))
      if (const auto found = find_record(old); found && *found)
        amended_in_batch_[old] = std::make_shared<const Record>(backbone::amended(**found, kept));
  }
  next_id_ += records.size();
}

void Committer::commit(base::Now now) {
  if (!writable_) try_to_resume(now.mono);
  settle_words(now);
  if (!batch_.empty()) {
    if (const auto appended = store_.append(batch_)) {
      counters_.batches.add();
      counters_.records.add(batch_.size());
      counters_.posts.add(static_cast<std::uint64_t>(std::ranges::count_if(
          batch_, [](const backbone::RecordPtr& record) { return record->has_post(); })));
      counters_.batch_records.record(batch_.size());
      publish_gauges();
      listener_.on_committed(batch_);
    } else {
      next_resume_ = now.mono + kResumeEvery;
      refuse_batch(appended.error());
    }
  }
  for (Waiting& waiting : waiting_) listener_.on_reply(waiting.to, std::move(waiting.reply));
  waiting_.clear();
  publishes_in_batch_.clear();  // before the records that it views
  amended_in_batch_.clear();
  erased_in_batch_ = {};
  batch_.clear();
  bytes_ = 0;
}

// Everything decided in this batch saw records that are not in the log: none of it holds.
void Committer::refuse_batch(const base::Error& error) {
  counters_.refused_by_disk.add();
  counters_.read_only.set(1);
  writable_ = false;
  const wire::Reply refusal = wire::error_reply(
      {base::ErrorCode::kUnavailable, error.text, std::chrono::milliseconds(kResumeEvery)});
  for (Waiting& waiting : waiting_) waiting.reply = refusal;
  // Reading needs no room on the disk; if even that fails there is nothing left to serve from.
  if (auto reloaded = load(); !reloaded)
    throw std::runtime_error("the store cannot be read: " + reloaded.error().text);
}

void Committer::try_to_resume(base::Time now) {
  if (now < next_resume_) return;
  next_resume_ = now + kResumeEvery;
  writable_ = store_.resume().has_value();
  counters_.read_only.set(writable_ ? 0 : 1);
}

bool Committer::expire(const backbone::Expiry& expiry) {
  return writable_ && store_.expire(expiry).has_value();
}

bool Committer::erase_some() {
  const bool stepped =
      writable_ && store_.to_erase() > 0 && store_.erase_some(kErasedPerStep).has_value();
  counters_.to_erase.set(store_.to_erase());
  return stepped && store_.to_erase() > 0;
}

void Committer::publish_gauges() {
  counters_.accounts.set(state_.accounts().size());
  counters_.follows.set(state_.follows());
  counters_.tracks.set(state_.tracks());
}

}  // namespace bridge::state
