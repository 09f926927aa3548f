#include "gateway/web/site.h"

#include <algorithm>
#include <utility>

#include "bridge/base/log.h"
#include "bridge/base/text.h"
#include "bridge/wire/messages.h"
#include "gateway/web/json.h"
#include "gateway/web/words.h"

namespace gateway::web {
namespace {

namespace base = bridge::base;

constexpr std::size_t kClientIdMax = 128;
// The head is a record's id, and may be no post: a feed that says nothing for so long has caught
// up.
constexpr std::chrono::milliseconds kCaughtUp{300};

}  // namespace

Post post_of(const wire::Item& item) {
  return {.id = item.id(),
          .author = item.author(),
          .text = item.text(),
          .time_ms = item.time_ms(),
          .in_reply_to = item.in_reply_to()};
}

Site::Site(const SiteSettings& settings, Sessions& sessions, OutboxStore& store)
    : settings_(settings),
      sessions_(sessions),
      view_(settings.view),
      outbox_(settings.outbox, asker_, store),
      live_(settings.live, view_) {
  outbox_.on_settled(
      [this](const std::string& nick, const wire::Request& request, const Sent& sent) {
        const bool refused = sent.state == Sent::State::kRefused;
        apply_follow(nick, request, refused);
        apply(request, sent);
        JsonWriter json;
        json.begin_object().key("waiting").number(sent.number);
        if (refused) json.key("refused").text(sent.reply.error().text());
        if (sent.reply.has_published()) json.key("id").number(sent.reply.published().id());
        if (request.has_publish()) json.key("client_id").text(request.publish().client_id());
        json.end_object();
        live_.tell(nick, "outbox", json.take());
      });
}

void Site::attach(bridge::client::Backbone& backbone) {
  backbone_ = &backbone;
  asker_.attach(backbone);
}

base::Result<void> Site::check_post(const wire::Publish& publish) const {
  if (publish.client_id().size() > kClientIdMax)
    return base::fail(base::ErrorCode::kBadRequest, "The client_id is too long.");
  if (auto good = check_words(publish.text()); !good) return good;
  return base::check_text(publish.client_id(), kClientIdMax);
}

base::Result<void> Site::check_words(const std::string& text) const {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    return base::fail(base::ErrorCode::kBadRequest, "A post needs a text.");
  return base::check_text(text, settings_.text_bytes_max);
}

base::Result<void> Site::check_change(const std::string& nick, const wire::Request& request) const {
  if (!request.has_retract() && !request.has_correct()) return {};
  if (request.has_correct())
    if (auto good = check_words(request.correct().text()); !good) return good;
  const std::uint64_t id =
      request.has_retract() ? request.retract().post() : request.correct().post();
  const Post* post = view_.find(id);
  if (post != nullptr && folded(post->author) != folded(nick))
    return base::fail(base::ErrorCode::kForbidden,
                      "Post #" + std::to_string(id) + " is not yours.");
  return {};
}

void Site::apply_follow(const std::string& nick, const wire::Request& request, bool undo) {
  if (!request.has_follow() && !request.has_leave()) return;
  if (const auto asked = follows_asked_.find(folded(nick)); asked != follows_asked_.end())
    asked->second.outdated = true;
  if (request.has_follow()) view_.set_follow(nick, request.follow().nick(), !undo);
  if (request.has_leave()) view_.set_follow(nick, request.leave().nick(), undo);
}

void Site::act(const std::string& nick, const wire::Request& request, const base::Now& now,
               Outbox::Then then) {
  outbox_.submit(nick, request, now,
                 [this, nick, request, then = std::move(then)](const Sent& sent) {
                   if (sent.state != Sent::State::kRefused) apply_follow(nick, request, false);
                   apply(request, sent);
                   then(sent);
                 });
}

void Site::with_follows(const std::string& nick, const base::Now& now, std::function<void()> then) {
  if (view_.follows_known(nick) || !asker_.ready(now.mono)) return then();
  auto& waiting = follows_asked_[folded(nick)].waiting;
  waiting.push_back(std::move(then));
  if (waiting.size() == 1) ask_follows(nick, 0, {}, now.mono);
}

// Page by page, as many as the view keeps of one person. A page of before a change and one of after
// it make no list.
void Site::ask_follows(const std::string& nick, std::uint64_t after,
                       std::vector<std::string> follows, bridge::base::Time now) {
  wire::Request question;
  question.mutable_actor()->set_nick(nick);
  question.mutable_list_follows()->set_after(after);
  asker_.ask(question, now,
             [this, nick, follows = std::move(follows)](const wire::Reply& reply) mutable {
               if (!reply.has_names()) return answer_follows(nick);
               if (std::exchange(follows_asked_[folded(nick)].outdated, false))
                 return ask_follows(nick, 0, {}, now_.mono);
               const wire::Names& page = reply.names();
               follows.insert(follows.end(), page.nicks().begin(), page.nicks().end());
               if (page.next() != 0 && follows.size() < settings_.view.follows_max)
                 return ask_follows(nick, page.next(), std::move(follows), now_.mono);
               view_.set_follows(nick, follows);
               answer_follows(nick);
             });
}

// Whoever comes while these are answered asks anew.
void Site::answer_follows(const std::string& nick) {
  auto asked = follows_asked_.extract(folded(nick));
  if (asked.empty()) return;
  for (const auto& one : asked.mapped().waiting) one();
}

void Site::set_live(bool live) {
  if (std::exchange(live_now_, live) == live) return;
  if (live) outbox_.hold(false);
  view_.touch();
  live_.tell_all("view",
                 live ? "{\"live\":true}"
                      : "{\"live\":false,\"as_of_ms\":" + std::to_string(view_.current_ms()) + "}");
}

void Site::on_connected(const wire::Welcome& welcome) {
  base::log::info("the bridge is there; its head is {}, this view ends at {}", welcome.head(),
                  view_.position());
  asker_.on_session();
  outbox_.hold(true);  // until the view is current
  backbone_->grant(settings_.credit_posts, settings_.credit_bytes);
  subscribe(welcome.head());
}

void Site::subscribe(std::uint64_t head) {
  head_at_start_ = head;
  subscribed_ = false;
  // More than the view holds would only push itself out again.
  std::uint64_t after = view_.position();
  if (after == 0 && head > settings_.view.posts_max) after = head - settings_.view.posts_max;
  wire::Request request;
  request.mutable_subscribe()->set_feed("public");
  request.mutable_subscribe()->set_after(after);
  asker_.ask(request, now_.mono,
             [this, head, after](const wire::Reply& reply) { on_subscribed(head, after, reply); });
}

void Site::on_subscribed(std::uint64_t head, std::uint64_t wanted, const wire::Reply& reply) {
  if (reply.has_error()) {
    base::log::error("the feed is refused: {}", reply.error().text());
    return;
  }
  if (reply.subscribed().after() < wanted) {
    base::log::warning(
        "the bridge has less than this view: another log, or an older copy; the view begins anew");
    view_.reset();
    return subscribe(head);
  }
  view_.advance(reply.subscribed().after());
  subscribed_ = true;
  last_feed_ = now_.mono;
}

void Site::on_lost(std::string_view reason) {
  base::log::warning("the bridge is away: {}", reason);
  subscribed_ = false;
  set_live(false);
}

void Site::on_reply(bridge::client::RequestId id, const wire::Reply& reply) {
  asker_.on_reply(id, reply, now_.mono);
}

void Site::retract(std::uint64_t id) {
  if (view_.retract(id)) live_.changed(id);
}

// Whoever looks is told of the newest: more by one person is on no page that is open.
void Site::hide(const std::string& author) {
  std::vector<std::uint64_t> ids;
  for (const Post* post : view_.by(author, {.limit = Live::kRetold}).posts) ids.push_back(post->id);
  view_.hide(author, true);
  for (const std::uint64_t id : ids) live_.changed(id);
}

void Site::correct(std::uint64_t id, const std::string& text) {
  if (view_.correct(id, text)) live_.changed(id);
}

void Site::apply(const wire::Request& request, const Sent& sent) {
  if (sent.state != Sent::State::kDone) return;
  if (request.has_retract()) retract(request.retract().post());
  if (request.has_correct()) correct(request.correct().post(), request.correct().text());
}

void Site::take(const wire::Item& item) {
  if (item.erased()) {
    for (const std::uint64_t id : view_.erase(item.author())) live_.changed(id);
    outbox_.drop(item.author());
    if (on_erased_) on_erased_(item.author());
    return view_.advance(item.id());
  }
  if (!item.renamed_to().empty()) {
    view_.rename(item.author(), item.renamed_to());
    outbox_.rename(item.author(), item.renamed_to());
    for (auto& [nick, asked] : follows_asked_) asked.outdated = true;
    if (on_renamed_) on_renamed_(item.author());
    return view_.advance(item.id());
  }
  if (item.hidden() || item.shown()) {
    if (item.hidden())
      hide(item.author());
    else
      view_.hide(item.author(), false);
    return view_.advance(item.id());
  }
  if (item.changes() != 0) {
    ++feed_changes_;
    if (item.retracted())
      retract(item.changes());
    else
      correct(item.changes(), item.text());
    return view_.advance(item.id());
  }
  ++feed_posts_;
  view_.add(post_of(item));
}

void Site::on_batch(std::uint64_t sequence, const wire::Batch& batch) {
  for (const wire::Item& item : batch.items()) take(item);
  last_feed_ = now_.mono;
  const bridge::wire::Cost cost = bridge::wire::cost_of(batch);
  backbone_->ack(sequence);
  backbone_->grant(cost.deliveries, cost.bytes);
}

void Site::on_gap(const wire::Gap& gap) {
  ++gaps_;
  base::log::warning("the feed has a gap from {} to {}", gap.from(), gap.to());
  view_.advance(gap.to());
  live_.tell_all("gap", "{\"from\":" + std::to_string(gap.from()) +
                            ",\"to\":" + std::to_string(gap.to()) + "}");
}

std::size_t Site::turn(const base::Now& now) {
  now_ = now;
  std::size_t work = backbone_->turn(now.mono);
  if (subscribed_ && !live_now_ &&
      (view_.position() >= head_at_start_ || now.mono - last_feed_ >= kCaughtUp))
    set_live(true);
  if (live_now_) view_.set_current(now.wall_ms);
  work += outbox_.turn(now);
  work += live_.turn(now);
  return work;
}

}  // namespace gateway::web
