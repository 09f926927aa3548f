#include "bridge/backbone/amend.h"

namespace bridge::backbone {
namespace {

// Calls `visit` for a record that says something about a phrase of an account.
template <class Visit>
void visit_phrase(const Record& record, Visit visit) {
  if (record.has_tracked()) visit(record.tracked());
  if (record.has_untracked()) visit(record.untracked());
  if (record.has_muted()) visit(record.muted());
  if (record.has_unmuted()) visit(record.unmuted());
  if (record.has_capped()) visit(record.capped());
}

}  // namespace

std::vector<RecordId> amended_ids(const Record& record) {
  if (!record.has_changed()) return {};
  const auto& changed = record.changed();
  if (changed.previous() == 0) return {changed.post()};
  return {changed.post(), changed.previous()};
}

Record amended(const Record& old, const Record& record) {
  Record now = old;
  const auto& changed = record.changed();
  if (now.has_post()) {
    auto& post = *now.mutable_post();
    post.set_changed_by(record.id());
    // Nor does it bring back what expired, or what an author wrote who was erased.
    if (post.expired() || (post.deleted() && post.nick().empty())) return now;
    post.set_deleted(changed.deleted());
    post.set_text(changed.text());
    *post.mutable_caught() = changed.caught();
  } else if (now.has_changed()) {
    now.mutable_changed()->set_superseded_by(record.id());
    now.mutable_changed()->clear_text();
  }
  return now;
}

Record expired(const Record& record, const std::vector<std::string>& caught) {
  Record left = record;
  if (left.has_post() && !left.post().deleted()) {
    auto& post = *left.mutable_post();
    post.clear_text();
    post.set_deleted(true);
    post.set_expired(true);
    post.mutable_caught()->Clear();
    post.mutable_caught()->Add(caught.begin(), caught.end());
  } else if (left.has_changed() && left.changed().superseded_by() == 0) {
    left.mutable_changed()->clear_text();
    left.mutable_changed()->set_superseded_by(record.id());  // nothing is left to be told
  }
  return left;
}

bool concerns(const Record& record, AccountId erased) {
  switch (record.body_case()) {
    case Record::kPost:
      return record.post().author() == erased && !record.post().nick().empty();
    case Record::kDirect:
      return (record.direct().author() == erased || record.direct().recipient() == erased) &&
             !record.direct().deleted();
    case Record::kChanged:
      return record.changed().author() == erased && !record.changed().nick().empty();
    case Record::kReposted:
      return record.reposted().account() == erased && !record.reposted().deleted();
    case Record::kDormant:
      return record.dormant().account() == erased && !record.dormant().phrase().empty();
    case Record::kWoken:
      return record.woken().account() == erased && !record.woken().phrase().empty();
    case Record::kTold:
      return record.told().account() == erased && !record.told().text().empty();
    case Record::kAddressBound:
      return record.address_bound().account() == erased;
    case Record::kAddressReleased:
      return record.address_released().account() == erased;
    case Record::kAddressMoved:
      return record.address_moved().account() == erased;
    case Record::kZoneSet:
      return record.zone_set().account() == erased && !record.zone_set().zone().empty();
    case Record::kSuspended:
      return record.suspended().account() == erased &&
             (!record.suspended().reason().empty() || !record.suspended().nick().empty());
    case Record::kRestored:
      return record.restored().account() == erased && !record.restored().nick().empty();
    default:
      break;
  }
  bool concerned = false;
  visit_phrase(record, [&](const auto& said) { concerned = said.account() == erased; });
  return concerned;
}

Record without(const Record& record, AccountId erased) {
  Record left = record;
  if (!concerns(record, erased)) return left;
  switch (record.body_case()) {
    case Record::kPost: {
      auto& post = *left.mutable_post();
      post.clear_text();
      post.clear_client_id();
      post.clear_nick();
      post.clear_caught();
      post.clear_expired();
      post.set_deleted(true);
      break;
    }
    case Record::kDirect: {
      auto& direct = *left.mutable_direct();
      direct.clear_text();
      direct.clear_client_id();
      direct.clear_nick();
      direct.set_deleted(true);
      break;
    }
    case Record::kChanged: {
      auto& changed = *left.mutable_changed();
      changed.clear_text();
      changed.clear_nick();
      changed.clear_caught();
      if (changed.superseded_by() == 0) changed.set_superseded_by(record.id());
      break;
    }
    case Record::kReposted:
      left.mutable_reposted()->clear_nick();
      left.mutable_reposted()->set_deleted(true);
      break;
    case Record::kDormant:  // also in the index of what is for one person alone
      left.mutable_dormant()->clear_phrase();
      break;
    case Record::kWoken:
      left.mutable_woken()->clear_phrase();
      break;
    case Record::kTold:
      left.mutable_told()->clear_text();
      break;
    case Record::kSuspended:  // that it was stays: it decides what is not brought
      left.mutable_suspended()->clear_reason();
      left.mutable_suspended()->clear_nick();
      break;
    case Record::kRestored:
      left.mutable_restored()->clear_nick();
      break;
    default: {
      // What it was about is all there was to say: the record stays, so that the log is dense.
      left.Clear();
      left.set_id(record.id());
      left.set_time_ms(record.time_ms());
    }
  }
  return left;
}

}  // namespace bridge::backbone
