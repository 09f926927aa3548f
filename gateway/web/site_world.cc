#include "gateway/web/site_world.h"

#include <algorithm>
#include <utility>

#include "bridge/wire/messages.h"
#include "gateway/web/pages/rich_text.h"
#include "gateway/web/words.h"

namespace gateway::web {
namespace {

// Without case for ASCII: what goes further (docs/track.md) is for tracks to find.
bool has_tag(std::string_view text, const std::string& tag) {
  for (const pages::Piece& piece : pages::pieces_of(text))
    if (piece.kind == pages::Piece::Kind::kTag && folded(piece.text.substr(1)) == tag) return true;
  return false;
}

}  // namespace

pages::Standing SiteWorld::standing(bridge::base::Now now) const {
  if (site_.live_now()) return {};
  const auto age = (now.wall_ms - view_.current_ms()) / 1000;
  return {.backbone_away = true,
          .age_s = view_.current_ms() == 0 ? 0 : std::max<std::int64_t>(age, 0)};
}

pages::Post SiteWorld::shown(const Post& post) const {
  pages::Post out{.id = post.id,
                  .author = post.author,
                  .text = post.text,
                  .time_ms = post.time_ms,
                  .reply_to = post.in_reply_to,
                  .corrected = post.corrected};
  if (const Post* parent = post.in_reply_to == 0 ? nullptr : view_.find(post.in_reply_to))
    out.reply_to_author = parent->author;
  out.replies = view_.replies_to(post.id, {.limit = kRepliesMax}).posts.size();
  return out;
}

Page SiteWorld::page_of(const Selection& selection, std::uint64_t before) const {
  const Range range{.before = before, .limit = kPostsPerPage};
  switch (selection.kind) {
    case Selection::Kind::kPublic:
      return view_.all(range);
    case Selection::Kind::kHome:
      return view_.home(selection.of, range);
    case Selection::Kind::kMentions:
      return view_.mentions(selection.of, range);
    case Selection::Kind::kUser:
      return view_.by(selection.of, range);
    case Selection::Kind::kTag:
      return with_tag(selection.of, before);
  }
  return {};
}

Page SiteWorld::with_tag(std::string_view tag, std::uint64_t before) const {
  const std::string wanted = folded(tag);
  Page found;
  const auto& posts = view_.posts();
  std::size_t looks = 0;
  for (auto post = posts.rbegin(); post != posts.rend() && ++looks <= kTagLooks; ++post) {
    const bool later = before != 0 && post->id >= before;
    if (later || !view_.shown(*post) || !has_tag(post->text, wanted)) continue;
    if (found.posts.size() == kPostsPerPage) {
      found.more = true;
      break;
    }
    found.posts.push_back(&*post);
  }
  return found;
}

Excerpt SiteWorld::select(const Selection& selection, std::uint64_t before,
                          std::string_view) const {
  const Page page = page_of(selection, before);
  Excerpt excerpt;
  excerpt.posts.reserve(page.posts.size());
  for (const Post* post : page.posts) excerpt.posts.push_back(shown(*post));
  if (page.more && !page.posts.empty()) excerpt.older = page.posts.back()->id;
  return excerpt;
}

std::optional<pages::Thread> SiteWorld::thread(std::uint64_t id, std::string_view) const {
  const Post* post = view_.find(id);
  if (post == nullptr) return std::nullopt;
  pages::Thread thread{.post = shown(*post)};
  for (const Post* above : view_.above(*post)) thread.above.push_back(shown(*above));
  for (const Post* reply : view_.replies_to(id, {.limit = kRepliesMax}).posts)
    thread.replies.push_back(shown(*reply));
  std::ranges::reverse(thread.replies);
  return thread;
}

std::vector<pages::WaitingPost> SiteWorld::waiting(std::string_view nick) const {
  std::vector<pages::WaitingPost> posts;
  for (const Outbox::Waiting& one : site_.outbox().waiting(nick)) {
    if (!one.request.has_publish()) continue;
    posts.push_back({.client_id = one.request.publish().client_id(),
                     .text = one.request.publish().text(),
                     .time_ms = one.time_ms,
                     .refused = one.refused});
  }
  return posts;
}

void SiteWorld::act(const wire::Request& request, bridge::base::Now now,
                    std::function<void(const Outcome&)> then) {
  if (request.has_publish()) {
    if (const auto good = site_.check_post(request.publish()); !good)
      return then(
          {.state = Outcome::State::kRefused, .reply = bridge::wire::error_reply(good.error())});
  }
  if (const auto good = site_.check_change(request.actor().nick(), request); !good)
    return then(
        {.state = Outcome::State::kRefused, .reply = bridge::wire::error_reply(good.error())});
  site_.act(request.actor().nick(), request, now, [then = std::move(then)](const Sent& sent) {
    const auto state = sent.state == Sent::State::kDone      ? Outcome::State::kDone
                       : sent.state == Sent::State::kWaiting ? Outcome::State::kWaiting
                                                             : Outcome::State::kRefused;
    then({.state = state, .reply = sent.reply});
  });
}

void SiteWorld::ask(const wire::Request& request, bridge::base::Now now,
                    std::function<void(const wire::Reply&)> then) {
  site_.asker().ask(request, now.mono, std::move(then));
}

}  // namespace gateway::web
