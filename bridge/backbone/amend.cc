#include "bridge/backbone/amend.h"

namespace bridge::backbone {

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
    if (post.expired()) return now;
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

}  // namespace bridge::backbone
