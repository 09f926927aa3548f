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
    post.set_deleted(changed.deleted());
    post.set_text(changed.text());
    *post.mutable_caught() = changed.caught();
  } else if (now.has_changed()) {
    now.mutable_changed()->set_superseded_by(record.id());
    now.mutable_changed()->clear_text();
  }
  return now;
}

}  // namespace bridge::backbone
