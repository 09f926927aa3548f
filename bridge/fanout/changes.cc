// The part of Fanout that deals with posts which their authors correct or take back: whom that
// reaches, and whom it need not reach, because they get the post as it is now, or not at all.
// docs/decisions/changes-reach-whom-the-post-reached.md
#include <algorithm>
#include <utility>

#include "bridge/fanout/fanout.h"
#include "bridge/wire/messages.h"

namespace bridge::fanout {
namespace {

constexpr std::chrono::milliseconds kAskAgain{100};
constexpr std::size_t kPreparedPerTurn = 64;

RecordId changed_post(const wire::Request& request) {
  if (request.has_operate()) return request.operate().remove().post();
  return request.has_retract() ? request.retract().post() : request.correct().post();
}

}  // namespace

// ---- on the way to the log ---------------------------------------------------------------------

void Fanout::ask_for_change(std::uint64_t ticket, const wire::Request& request) {
  if (asked_changes_.size() < kReadingsMax) return asked_changes_.push_back({ticket, request, {}});
  answers_.push_back(
      {ticket, wire::error_reply({base::ErrorCode::kBusy,
                                  "Too many posts are being changed just now.", kAskAgain})});
}

// Whose tracks and mutes catch the post can be told as soon as it is matched: later ones do not
// count.
std::size_t Fanout::prepare_changes() {
  std::size_t done = 0;
  for (; done < kPreparedPerTurn && !asked_changes_.empty(); ++done) {
    Change& change = asked_changes_.front();
    const RecordId post = changed_post(change.request);
    if (post > position_ && post <= store_.head()) break;
    const auto prepared = post != 0 && post <= position_ ? cache_.get(post)
                                                         : base::Result<PreparedPtr>(PreparedPtr());
    if (!prepared && prepared.error().code == base::ErrorCode::kUnavailable) {
      answers_.push_back({change.ticket, wire::error_reply(prepared.error())});
    } else {
      if (prepared && *prepared && (*prepared)->record->has_post())
        change.caught = all_that_catches(**prepared);
      changes_.push_back(std::move(change));
    }
    asked_changes_.pop_front();
  }
  return done;
}

std::vector<std::string> Fanout::all_that_catches(const Prepared& prepared) const {
  std::vector<std::string> caught;
  if (!prepared.post) return {prepared.caught().begin(), prepared.caught().end()};
  const auto note = [&](std::string_view canonical) { caught.emplace_back(canonical); };
  index_.match(*prepared.post,
               [&](std::string_view canonical, const track::Listeners&) { note(canonical); });
  mutes_.match(*prepared.post, note);
  if (caught.size() > kCaughtMax) caught.resize(kCaughtMax);
  std::ranges::sort(caught);
  const auto repeats = std::ranges::unique(caught);
  caught.erase(repeats.begin(), repeats.end());
  return caught;
}

// Before it is applied. A mute counts for what was posted during it until it is forgotten.
void Fanout::keep_mutes(const backbone::Record& record) {
  const auto known = [&](AccountId account, RecordId since) {
    const auto& mutes = state_.find(account)->mutes();
    const auto it = std::ranges::find(mutes, since, &state::Mute::since);
    return it == mutes.end() ? nullptr : &*it;
  };
  const auto keep = [&](AccountId account, RecordId since, std::string_view canonical) {
    if (known(account, since)) return;
    if (const auto phrase = track::Phrase::parse(canonical)) mutes_.add(*phrase);
  };
  if (record.has_muted()) {
    const auto& muted = record.muted();
    keep(muted.account(), muted.since() != 0 ? muted.since() : record.id(), muted.phrase());
  } else if (record.has_unmuted()) {
    keep(record.unmuted().account(), record.unmuted().since(), record.unmuted().phrase());
  } else if (record.has_mute_forgotten()) {
    const auto& forgotten = record.mute_forgotten();
    if (const auto* mute = known(forgotten.account(), forgotten.since()))
      mutes_.remove(*mute->phrase);
  }
}

// ---- on the way out ----------------------------------------------------------------------------

// The post is owed to them, and nobody has been given it to bring.
bool Fanout::still_waits(PersonNumber number, RecordId post) {
  if (holds(number, post)) return true;
  const Job* job = jobs_.find(post);
  if (job && job->ahead_of(roll_.account(number))) return true;
  if (!roll_.find(number)) return post > roll_.behind(number, backbone::kStreamCursor);
  const Pending& stream = wake(number).stream();
  return stream.outstanding(post) && !stream.in_flight(post);
}

// They may have got the post, as it was, though it seems to wait. If their client says so before it
// is sent again, as it reads now, nothing but the change tells them what became of it. What the
// last process did and did not save counts for what is gone alone: that is not sent again, while a
// correction would come before its post.
bool Fanout::in_doubt(PersonNumber number, RecordId post, RecordId change, bool gone) const {
  return doubts_.has(number, post) || (gone && change > unsaved_.after && change <= unsaved_.to);
}

std::optional<Owed> Fanout::due(PersonNumber number, const Prepared& prepared) {
  const auto as = owed(state_, roll_.account(number), prepared);
  if (!as || !prepared.changes()) return as;
  const RecordId post = prepared.about();
  const bool deleted = prepared.record->changed().deleted();
  if (in_doubt(number, post, prepared.record->id(), deleted)) return as;
  if (!still_waits(number, post)) return as;
  return std::nullopt;
}

// They have been given the post as it is now, or nothing because it is gone: no need to tell them
// of the change that made it so.
void Fanout::told_with(Person& who, const Prepared& prepared) {
  const RecordId change = prepared.changed_by();
  if (change == 0) return;
  if (in_doubt(who.number, prepared.about(), change, prepared.gone())) return;
  if (Job* job = jobs_.find(change)) job->make_exempt(who.account->id);
  who.stream().skip(change, position_);
  touch(who);
}

// A post that is gone has come to somebody.
void Fanout::pass_over(Person& who, const Prepared& prepared) {
  if (!concerns(state_, *who.account, prepared)) return;
  if (prepared.expired()) note_expired(who, prepared);
  told_with(who, prepared);
  moved(who);
}

// A change has come to somebody, and is due or not.
void Fanout::note_change(Person& who, const Prepared& prepared, bool is_due) {
  const auto as = owed(state_, *who.account, prepared);
  if (!as) return;
  const RecordId post = prepared.about();
  const auto digest = digests_.find(who.number);
  if (prepared.record->changed().deleted() && holds(who.number, post)) {
    digest->second.take(post, as->phrase);  // gone from what it counts
    if (digest->second.empty()) digests_.erase(digest);
  }
  // The post comes as it is now, or not at all: that has been settled here, whatever is read again.
  if (!is_due) who.stream().skip(prepared.record->id(), position_);
  touch(who);
}

}  // namespace bridge::fanout
