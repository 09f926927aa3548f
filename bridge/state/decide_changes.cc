// The part of deciding that changes posts which are in the log: their author takes them back, or
// corrects them.
#include <fmt/format.h>

#include "bridge/base/text.h"
#include "bridge/state/deciding.h"

namespace bridge::state {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

// "10 minutes", "90 seconds".
std::string in_words(std::chrono::milliseconds span) {
  using std::chrono::duration_cast;
  const auto seconds = duration_cast<std::chrono::seconds>(span).count();
  if (seconds < 60 || seconds % 60 != 0)
    return fmt::format("{} second{}", seconds, seconds == 1 ? "" : "s");
  return fmt::format("{} minute{}", seconds / 60, seconds == 60 ? "" : "s");
}

}  // namespace

Result<backbone::RecordPtr> Deciding::any_post(RecordId id) const {
  auto found = id == 0 || id >= moment_.next_id ? Result<backbone::RecordPtr>(nullptr)
                                                : moment_.find_record(id);
  if (found && (!*found || !(*found)->has_post()))
    return fail(ErrorCode::kUnknown, fmt::format("There is no post #{}.", id));
  return found;
}

Result<backbone::RecordPtr> Deciding::own_post(const Account& account, RecordId id) const {
  auto found = any_post(id);
  if (found && (*found)->post().author() != account.id)
    return fail(ErrorCode::kForbidden, fmt::format("Post #{} is not yours.", id));
  return found;
}

Record& Deciding::change(const Record& post) {
  Record& record = add_record();
  auto& changed = *record.mutable_changed();
  changed.set_post(post.id());
  changed.set_author(post.post().author());
  changed.set_nick(name_now(post.post().author(), post.post().nick()));
  changed.set_posted_ms(post.time_ms());
  changed.set_reply_author(post.post().reply_author());
  changed.set_previous(post.post().changed_by());
  // Whom it reached is whom it reached as it was posted, however often it is changed.
  if (post.post().changed_by() != 0)
    *changed.mutable_caught() = post.post().caught();
  else if (moment_.caught)
    changed.mutable_caught()->Add(moment_.caught->begin(), moment_.caught->end());
  done(record.id());
  return record;
}

Result<void> Deciding::retract(const Account& account, RecordId id) {
  const auto post = own_post(account, id);
  if (!post) return tl::unexpected(post.error());
  if ((*post)->post().deleted()) {
    done(0);
    return {};
  }
  change(**post).mutable_changed()->set_deleted(true);
  return {};
}

Result<void> Deciding::correct(const Account& account, const wire::Correct& what) {
  if (auto ok = check_written(what.text()); !ok) return ok;
  const auto post = own_post(account, what.post());
  if (!post) return tl::unexpected(post.error());
  if ((*post)->post().expired())
    return fail(ErrorCode::kConflict, fmt::format("Post #{} is kept no longer.", what.post()));
  if ((*post)->post().deleted())
    return fail(ErrorCode::kConflict, fmt::format("Post #{} is gone.", what.post()));
  if ((*post)->post().text() == what.text()) {
    done(0);
    return {};
  }
  if (moment_.now_ms - (*post)->time_ms() > rules_.correct_within.count())
    return fail(ErrorCode::kForbidden,
                fmt::format("A post can be corrected for {}: `del #{}` takes it back, and you can "
                            "post it anew.",
                            in_words(rules_.correct_within), what.post()));
  change(**post).mutable_changed()->set_text(what.text());
  return {};
}

}  // namespace bridge::state
