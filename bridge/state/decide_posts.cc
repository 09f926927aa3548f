// What is said about posts: replies, favourites, reposts, reading them; and nudges.
#include <fmt/format.h>

#include <algorithm>

#include "bridge/state/deciding.h"

namespace bridge::state {

using backbone::RecordPtr;
using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr std::string_view kNudge = "Are you there? Say something!";
constexpr base::WallMs kNudgeEveryMs = 3'600'000;
constexpr std::size_t kTakenBackMax =
    100;  // posts that are gone, passed over to find one that is not

}  // namespace

// ---- which post --------------------------------------------------------------------------------

// nullptr for what is no post: a direct message must look like nothing at all.
Result<RecordPtr> Deciding::public_record(RecordId id) const {
  if (id == 0 || id >= moment_.next_id) return RecordPtr();
  auto record = moment_.find_record(id);
  if (record && *record && (*record)->has_reposted())
    record = moment_.find_record((*record)->reposted().post());
  const bool there = record && *record && (*record)->has_post() && !(*record)->post().deleted();
  return record && !there ? RecordPtr() : record;
}

// The newest that is still there, of so many.
Result<RecordPtr> Deciding::newest_of(const Account& author) const {
  RecordId id = author.last_post;
  for (std::size_t n = 0; id != 0 && n < kTakenBackMax; ++n) {
    auto record = moment_.find_record(id);
    if (!record || !*record || !(*record)->has_post()) return record;
    if (!(*record)->post().deleted()) return record;
    id = (*record)->post().previous();
  }
  return RecordPtr();
}

Result<RecordPtr> Deciding::post_of(const wire::PostRef& which) const {
  if (which.which_case() == wire::PostRef::kNick) {
    const auto author = anybody(which.nick());
    if (!author) return tl::unexpected(author.error());
    if (auto ok = is_shown(**author); !ok) return tl::unexpected(ok.error());
    auto newest = newest_of(**author);
    if (newest && !*newest)
      return fail(ErrorCode::kUnknown,
                  fmt::format("{} has posted nothing yet.", (*author)->nick.view()));
    return newest;
  }
  auto record = public_record(which.id());
  if (record && !*record)
    return fail(ErrorCode::kUnknown, fmt::format("There is no post #{}.", which.id()));
  if (record) {
    const Account* author = state_.find((*record)->post().author());
    if (auto ok = author ? is_shown(*author) : Result<void>(); !ok)
      return tl::unexpected(ok.error());
  }
  return record;
}

// Whether the two have nothing to do with each other. `what`: "reply to".
Result<void> Deciding::may_meet(const Account& account, AccountId author,
                                std::string_view what) const {
  const Account& other = *state_.find(author);
  if (account.blocks_now(author))
    return fail(ErrorCode::kConflict,
                fmt::format("You block {0}: say `unblock {0}` first.", other.nick.view()));
  if (other.blocks_now(account.id))
    return fail(ErrorCode::kForbidden,
                fmt::format("You cannot {0} {1}: {1} has blocked you.", what, other.nick.view()));
  return {};
}

// ---- replies -----------------------------------------------------------------------------------

Result<void> Deciding::reply_to(const Account& author, const wire::PostRef& which, Record& record) {
  const auto original = post_of(which);
  if (!original) return tl::unexpected(original.error());
  const auto& to = (*original)->post();
  if (auto ok = may_meet(author, to.author(), "reply to"); !ok) return ok;
  auto& post = *record.mutable_post();
  post.set_in_reply_to((*original)->id());
  post.set_reply_author(to.author());
  post.set_reply_nick(name_now(to.author(), to.nick()));
  post.set_thread(to.thread() != 0 ? to.thread() : (*original)->id());
  decision_.reply.mutable_published()->set_about((*original)->id());
  decision_.reply.mutable_published()->set_nick(post.reply_nick());
  return {};
}

// "@alice good morning" is for alice, in reply to her newest post if there is one. Of nobody that
// is here, it is a post like any other.
Result<void> Deciding::address(const Account& author, const std::string& nick, Record& record) {
  const Account* to = valid_nick(nick) ? state_.find_nick(nick) : nullptr;
  if (!to || !to->open || to->id == author.id || !is_shown(*to)) return {};
  wire::PostRef newest;
  newest.set_nick(nick);
  const auto last = newest_of(*to);
  if (!last) return tl::unexpected(last.error());
  if (*last) return reply_to(author, newest, record);
  if (auto ok = may_meet(author, to->id, "reply to"); !ok) return ok;
  record.mutable_post()->set_reply_author(to->id);
  record.mutable_post()->set_reply_nick(to->nick.str());
  decision_.reply.mutable_published()->set_nick(to->nick.str());
  return {};
}

// ---- favourites and reposts --------------------------------------------------------------------

void Deciding::about(const Record& post) {
  decision_.reply.mutable_done()->set_about(post.id());
  decision_.reply.mutable_done()->set_nick(name_now(post.post().author(), post.post().nick()));
}

Result<void> Deciding::favourite(const Account& account, const wire::PostRef& which) {
  const auto post = post_of(which);
  if (!post) return tl::unexpected(post.error());
  if (auto ok = may_meet(account, (*post)->post().author(), "mark posts of"); !ok) return ok;
  about(**post);
  if (account.has_favourite((*post)->id())) {
    done(0);
    return {};
  }
  if (account.favourites().size() >= rules_.favourites_per_person)
    return fail(ErrorCode::kConflict,
                fmt::format("You have {} favourites, the most there can be: `unfav #N` makes room.",
                            account.favourites().size()));
  Record& record = add_record();
  record.mutable_favourited()->set_account(account.id);
  record.mutable_favourited()->set_post((*post)->id());
  done(record.id());
  return {};
}

// Also of a post that is not there any more.
Result<void> Deciding::unfavourite(const Account& account, const wire::PostRef& which) {
  RecordId id = which.id();
  if (!account.has_favourite(id)) {
    const auto post = post_of(which);
    if (!post) return tl::unexpected(post.error());
    about(**post);
    id = (*post)->id();
  } else {
    decision_.reply.mutable_done()->set_about(id);
  }
  if (!account.has_favourite(id)) {
    done(0);
    return {};
  }
  Record& record = add_record();
  record.mutable_unfavourited()->set_account(account.id);
  record.mutable_unfavourited()->set_post(id);
  done(record.id());
  return {};
}

Result<void> Deciding::repost(const Account& account, const wire::PostRef& which) {
  const auto post = post_of(which);
  if (!post) return tl::unexpected(post.error());
  const AccountId author = (*post)->post().author();
  if (author == account.id)
    return fail(ErrorCode::kBadRequest, "That is a post of your own: your followers have it.");
  if (auto ok = may_meet(account, author, "repost"); !ok) return ok;
  about(**post);
  if (account.find_repost((*post)->id())) {
    done(0);
    return {};
  }
  if (account.reposts().size() >= rules_.reposts_remembered) {
    auto& forgotten = *add_record().mutable_repost_forgotten();
    forgotten.set_account(account.id);
    forgotten.set_post(account.reposts()[0].post);
  }
  Record& record = add_record();
  record.mutable_reposted()->set_account(account.id);
  record.mutable_reposted()->set_nick(account.nick.str());
  record.mutable_reposted()->set_post((*post)->id());
  record.mutable_reposted()->set_author(author);
  done(record.id());
  return {};
}

// ---- reading -----------------------------------------------------------------------------------

void Deciding::add_item(const Record& post) {
  auto& item = *decision_.reply.mutable_posts()->add_items();
  item.set_id(post.id());
  item.set_author(name_now(post.post().author(), post.post().nick()));
  item.set_text(post.post().text());
  item.set_time_ms(post.time_ms());
  item.set_in_reply_to(post.post().in_reply_to());
  item.set_reply_to(name_now(post.post().reply_author(), post.post().reply_nick()));
  item.set_thread(post.post().thread());
}

Result<void> Deciding::get(const Request& request) {
  const wire::Get& what = request.get();
  const auto asks = reader(request);
  if (!asks) return tl::unexpected(asks.error());
  const bool one = what.post().which_case() != wire::PostRef::kNick;
  auto post = post_of(what.post());
  if (!post) return tl::unexpected(post.error());
  const AccountId author = (*post)->post().author();
  if (*asks && state_.find(author)->blocks_now((*asks)->id))
    return may_meet(**asks, author, "read");
  if (one) {
    add_item(**post);
    return {};
  }
  decision_.reply.mutable_posts()->set_nick(state_.find(author)->nick.str());
  const std::size_t wanted = std::clamp<std::size_t>(what.count(), 1, wire::kGetMax);
  // Posts of one author know the one before them.
  RecordId id = (*post)->id();
  if (what.before() != 0 && what.before() <= id) {
    const auto from = moment_.find_record(what.before());
    if (!from) return tl::unexpected(from.error());
    if (!*from || !(*from)->has_post() || (*from)->post().author() != author)
      return fail(ErrorCode::kUnknown,
                  fmt::format("#{} is no post of {}.", what.before(), what.post().nick()));
    id = (*from)->post().previous();
  }
  std::size_t gone = 0;
  while (id != 0 && gone < kTakenBackMax &&
         static_cast<std::size_t>(decision_.reply.posts().items_size()) < wanted) {
    const auto record = moment_.find_record(id);
    if (!record) return tl::unexpected(record.error());
    if (!*record || !(*record)->has_post()) break;  // older than what is kept
    if ((*record)->post().deleted())
      ++gone;
    else
      add_item(**record);
    id = (*record)->post().previous();
  }
  return {};
}

Result<void> Deciding::list_favourites(const Account& account, const wire::ListFavourites& what) {
  const std::size_t wanted = std::clamp<std::size_t>(what.count(), 1, wire::kGetMax);
  decision_.reply.mutable_posts()->set_nick(account.nick.str());
  auto it = what.before() == 0 ? account.favourites().end()
                               : std::ranges::lower_bound(account.favourites(), what.before());
  for (std::size_t n = 0; n < wanted && it != account.favourites().begin(); ++n) {
    const auto record = public_record(*--it);
    if (!record) return tl::unexpected(record.error());
    if (*record && !state_.order().is_suspended((*record)->post().author())) add_item(**record);
  }
  return {};
}

// ---- nudges ------------------------------------------------------------------------------------

// Is a direct message, and known again like one: a second one in the hour is a duplicate.
Result<void> Deciding::nudge(const Account& account, const std::string& nick) {
  const auto recipient = person(nick);
  if (!recipient) return tl::unexpected(recipient.error());
  if (*recipient == &account)
    return fail(ErrorCode::kBadRequest, "You cannot nudge yourself: just say something.");
  if ((*recipient)->address.empty())
    return fail(ErrorCode::kUnknown, fmt::format("{} is not on Jabber and cannot get messages.",
                                                 (*recipient)->nick.view()));
  if (auto ok = may_write_to(account, **recipient, "nudge"); !ok) return ok;
  const std::string hour = fmt::format("nudge {}", moment_.now_ms / kNudgeEveryMs);
  const auto before = moment_.find_duplicate(
      {.author = account.id, .client_id = hour, .text = kNudge, .recipient = (*recipient)->id});
  if (!before) return tl::unexpected(before.error());
  if (*before)
    return fail(ErrorCode::kConflict,
                fmt::format("You nudged {} this hour: once is enough.", (*recipient)->nick.view()));
  Record& record = add_record();
  auto& direct = *record.mutable_direct();
  direct.set_author(account.id);
  direct.set_nick(account.nick.str());
  direct.set_recipient((*recipient)->id);
  direct.set_text(std::string(kNudge));
  direct.set_client_id(hour);
  direct.set_nudge(true);
  decision_.reply.mutable_published()->set_id(record.id());
  decision_.reply.mutable_published()->set_nick((*recipient)->nick.str());
  return {};
}

}  // namespace bridge::state
