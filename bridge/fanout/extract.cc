#include "bridge/fanout/extract.h"

#include <algorithm>

namespace bridge::fanout {
namespace {

using backbone::AccountId;
using backbone::Record;
using backbone::RecordId;
using wire::Extract;
using wire::Extracted;
using wire::ExtractedLine;

// A stretch of a list of `size` things, from the place `after` on.
template <class Add>
void add_some(Extracted& page, std::size_t after, std::size_t size, const Add& add) {
  const std::size_t end = std::min(size, after + kExtractLines);
  for (std::size_t at = after; at < end; ++at) add(at);
  if (end < size) page.set_next(end);
}

void add_account(Extracted& page, const state::Account& account) {
  ExtractedLine& line = *page.add_lines();
  line.set_id(account.id);
  line.set_time_ms(account.created_ms);
  line.set_nick(account.nick.str());
  line.set_text(account.address.str());
  line.set_zone(std::string(account.zone()));
  line.set_delivery_off(!account.delivery_on);
  line.set_plain_text(account.plain_text_posts);
}

void add_followers(Extracted& page, const state::State& state, const state::Account& account,
                   RecordId after) {
  RecordId last = after;
  const bool more = account.followers().visit(
      {.after = after}, kExtractLines, [&](RecordId since, state::PersonNumber follower) {
        ExtractedLine& line = *page.add_lines();
        line.set_id(since);
        line.set_nick(state.accounts()[follower].nick.str());
        last = since;
      });
  if (more) page.set_next(last);
}

void add_post(ExtractedLine& line, const state::State& state, const backbone::record::Post& post) {
  line.set_kind(ExtractedLine::POST);
  line.set_text(post.text());
  line.set_gone(post.deleted());
  line.set_changed(post.changed_by() != 0 && !post.deleted());
  line.set_about(post.in_reply_to());
  line.set_nick(std::string(state.name_of(post.reply_author(), post.reply_nick())));
}

// Nothing: it is none of this account's, or it is kept from it.
void add_record(Extracted& page, const state::State& state, const state::Account& account,
                const Record& record) {
  const auto nick = [&](AccountId other) {
    const state::Account* found = state.find(other);
    return found ? found->nick.str() : std::string();
  };
  ExtractedLine line;
  if (record.has_post() && record.post().author() == account.id) {
    add_post(line, state, record.post());
  } else if (record.has_reposted() && record.reposted().account() == account.id) {
    line.set_kind(ExtractedLine::REPOST);
    line.set_about(record.reposted().post());
    line.set_nick(nick(record.reposted().author()));
  } else if (record.has_direct() && record.direct().author() == account.id) {
    line.set_kind(ExtractedLine::DIRECT_SENT);
    line.set_nick(nick(record.direct().recipient()));
  } else if (record.has_direct() && record.direct().recipient() == account.id &&
             !account.shuts_out(record.direct().author(), record.id()) &&
             !state.order().silences(record.direct().author(), record.id())) {
    line.set_kind(ExtractedLine::DIRECT_TAKEN);
    line.set_nick(nick(record.direct().author()));
  } else {
    return;
  }
  if (record.has_direct()) {
    line.set_text(record.direct().text());
    line.set_gone(record.direct().deleted());
    line.set_nudge(record.direct().nudge());
  }
  line.set_id(record.id());
  line.set_time_ms(record.time_ms());
  *page.add_lines() = std::move(line);
}

base::Result<void> add_records(Extracted& page, const state::State& state,
                               const backbone::Store& store, const state::Account& account,
                               RecordId after, RecordId head) {
  page.set_head(head);
  page.set_at(head);
  after = std::max(after, account.id - 1);  // there is nothing of theirs before
  if (after >= head) return {};
  const auto records = store.read(after, kExtractRecords, kExtractBytes);
  if (!records) return tl::unexpected(records.error());
  if (records->empty()) return {};
  for (const backbone::RecordPtr& record : *records)
    if (record->id() <= head) add_record(page, state, account, *record);
  const RecordId last = records->back()->id();
  page.set_at(std::min(last, head));
  if (last < head) page.set_next(last);
  return {};
}

}  // namespace

base::Result<Extracted> extract(const state::State& state, const backbone::Store& store,
                                const state::Account& account, const Extract& what, RecordId head,
                                base::WallMs now_ms) {
  Extracted page;
  const std::size_t after = what.after();
  const auto phrase = [&](const auto& subscription) -> ExtractedLine& {
    ExtractedLine& line = *page.add_lines();
    line.set_id(subscription.since);
    line.set_text(subscription.phrase->canonical());
    return line;
  };
  switch (what.part()) {
    case Extract::ACCOUNT:
      add_account(page, account);
      break;
    case Extract::FOLLOWS:
      add_some(page, after, account.follows.size(), [&](std::size_t at) {
        const state::FollowEdge& edge = account.follows.begin()[at];
        ExtractedLine& line = *page.add_lines();
        line.set_id(edge.since);
        line.set_nick(state.find(edge.followee)->nick.str());
      });
      break;
    case Extract::FOLLOWERS:
      add_followers(page, state, account, after);
      break;
    case Extract::TRACKS:
      add_some(page, after, account.tracks.size(), [&](std::size_t at) {
        const state::TrackEdge& edge = account.tracks.begin()[at];
        ExtractedLine& line = phrase(edge);
        line.set_per_hour(edge.per_hour);
        line.set_asleep(account.asleep(edge) != nullptr);
      });
      break;
    case Extract::BLOCKS:
      add_some(page, after, account.blocks().size(), [&](std::size_t at) {
        const state::Block& block = account.blocks().begin()[at];
        if (block.in_force()) page.add_lines()->set_nick(state.find(block.other)->nick.str());
      });
      break;
    case Extract::MUTES:
      add_some(page, after, account.mutes().size(), [&](std::size_t at) {
        const state::Mute& mute = account.mutes().begin()[at];
        if (mute.in_force(now_ms)) phrase(mute).set_until_ms(mute.until_ms);
      });
      break;
    case Extract::FAVOURITES:
      add_some(page, after, account.favourites().size(),
               [&](std::size_t at) { page.add_lines()->set_id(account.favourites().begin()[at]); });
      break;
    case Extract::RECORDS:
      if (auto ok = add_records(page, state, store, account, what.after(), head); !ok)
        return tl::unexpected(ok.error());
      break;
    default:
      return base::fail(base::ErrorCode::kBadRequest, "There is no such part.");
  }
  return page;
}

}  // namespace bridge::fanout
