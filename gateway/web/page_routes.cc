#include "gateway/web/page_routes.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "gateway/command/nick.h"
#include "gateway/web/assets/assets.h"

namespace gateway::web {
namespace {

using pages::Timeline;
using Kind = Selection::Kind;

Timeline::Kind shown_as(Kind kind) {
  switch (kind) {
    case Kind::kHome:
      return Timeline::Kind::kHome;
    case Kind::kMentions:
      return Timeline::Kind::kMentions;
    case Kind::kTag:
      return Timeline::Kind::kTag;
    default:
      return Timeline::Kind::kPublic;
  }
}

constexpr std::size_t kFavouritesPerPage = bridge::wire::kGetMax;

const pages::Problem kNotHere{.status = 404,
                              .title = "Not here",
                              .text = "There is no such page, or it is not kept any more."};

// What the pages about a person's own settings ask of the bridge, all at once.
struct Asking {
  pages::Settings settings;
  std::size_t open = 0;
  std::function<void(const pages::Settings&)> then;
};

void people_of(const wire::Reply& reply, std::vector<pages::Person>& people, std::uint64_t& total) {
  for (const std::string& nick : reply.names().nicks()) people.push_back({.nick = nick});
  total = reply.names().total();
}

}  // namespace

void PageRoutes::add_to(Router& router) {
  const auto page = [&](std::string_view path, Kind kind) {
    router.add("GET", path, [this, kind](const HttpRequest& request, const Respond& respond) {
      timeline({.kind = kind}, request, respond);
    });
  };
  page("/", Kind::kHome);
  page("/public", Kind::kPublic);
  page("/mentions", Kind::kMentions);
  router.add("GET", "/tag/{tag}", [this](const HttpRequest& request, const Respond& respond) {
    timeline({.kind = Kind::kTag, .of = std::string(request.part("tag"))}, request, respond);
  });
  router.add("GET", "/post/{id}", [this](const HttpRequest& request, const Respond& respond) {
    thread(request, respond);
  });
  router.add("GET", "/favourites", [this](const HttpRequest& request, const Respond& respond) {
    favourites(request, respond);
  });
  for (const std::string_view path : {"/tracks", "/people", "/settings"})
    router.add("GET", path, [this, path](const HttpRequest& request, const Respond& respond) {
      settings(path, request, respond);
    });
  router.add("GET", "/static/{name}", [this](const HttpRequest& request, const Respond& respond) {
    asset(request, respond);
  });
  router.add("GET", "/{name}", [this](const HttpRequest& request, const Respond& respond) {
    const std::string_view name = request.part("name");
    const std::string nick(name.starts_with('@') ? name.substr(1) : std::string_view());
    if (command::is_nick(nick)) return profile(nick, request, respond);
    not_here(request, respond);
  });
  router.otherwise(
      [this](const HttpRequest& request, const Respond& respond) { not_here(request, respond); });
}

void PageRoutes::not_here(const HttpRequest& request, const Respond& respond) {
  respond(problem_answer(context_, visit_of(context_, request), kNotHere));
}

void PageRoutes::timeline(const Selection& selection, const HttpRequest& request,
                          const Respond& respond) {
  const Visit visit = visit_of(context_, request);
  const bool own = selection.kind == Kind::kHome || selection.kind == Kind::kMentions;
  if (own && !visit.known) {
    if (selection.kind == Kind::kHome) return timeline({.kind = Kind::kPublic}, request, respond);
    return respond(go_to(context_, "/sign-in?back=/mentions"));
  }
  const std::uint64_t before = id_in(request.argument("before"));
  const bool front = selection.kind == Kind::kPublic && before == 0 && !visit.known;
  if (front && !visit.frame.standing.backbone_away) return front_page(visit, respond);
  if (selection.kind != Kind::kHome) return respond(timeline_of(visit, selection, before));
  context_.world.learn(visit.nick(), visit.now,
                       [=, this] { respond(timeline_of(visit, selection, before)); });
}

void PageRoutes::front_page(const Visit& visit, const Respond& respond) {
  const std::uint64_t version = context_.world.version();
  if (!front_page_.body || front_page_.version != version) {
    HttpResponse made = timeline_of(visit, {.kind = Kind::kPublic}, 0);
    front_page_ = {version, std::make_shared<const std::string>(std::move(made.body)), made.etag};
  }
  HttpResponse response = page_answer(context_, visit, "");
  response.shared = front_page_.body;
  response.etag = front_page_.etag;
  respond(std::move(response));
}

HttpResponse PageRoutes::timeline_of(const Visit& visit, const Selection& selection,
                                     std::uint64_t before) {
  const std::string viewer = visit.known ? visit.nick() : std::string();
  Selection wanted = selection;
  if (wanted.kind == Kind::kHome || wanted.kind == Kind::kMentions) wanted.of = viewer;
  Excerpt excerpt = context_.world.select(wanted, before, viewer);
  Timeline timeline{.kind = shown_as(selection.kind),
                    .tag = selection.kind == Kind::kTag ? selection.of : std::string(),
                    .posts = std::move(excerpt.posts),
                    .older = excerpt.older,
                    .first_page = before == 0,
                    .powers = context_.world.powers()};
  const bool shows_waiting = before == 0 && !viewer.empty() && selection.kind != Kind::kMentions &&
                             selection.kind != Kind::kTag;
  if (shows_waiting) timeline.waiting = context_.world.waiting(viewer);
  return page_answer(context_, visit, pages::timeline_page(visit.frame, timeline));
}

HttpResponse PageRoutes::home_again(const Visit& visit, const std::string& draft, unsigned status) {
  Excerpt excerpt =
      context_.world.select({.kind = Kind::kHome, .of = visit.nick()}, 0, visit.nick());
  const Timeline timeline{.kind = Timeline::Kind::kHome,
                          .waiting = context_.world.waiting(visit.nick()),
                          .posts = std::move(excerpt.posts),
                          .older = excerpt.older,
                          .draft = draft,
                          .powers = context_.world.powers()};
  return page_answer(context_, visit, pages::timeline_page(visit.frame, timeline), status);
}

void PageRoutes::profile(const std::string& nick, const HttpRequest& request,
                         const Respond& respond) {
  auto visit = std::make_shared<Visit>(visit_of(context_, request));
  const std::string viewer = visit->known ? visit->nick() : std::string();
  const std::uint64_t before = id_in(request.argument("before"));
  Excerpt excerpt = context_.world.select({.kind = Kind::kUser, .of = nick}, before, viewer);
  auto profile = std::make_shared<pages::Profile>();
  profile->nick = nick;
  profile->posts = std::move(excerpt.posts);
  profile->older = excerpt.older;
  profile->first_page = before == 0;
  profile->powers = context_.world.powers();
  if (viewer == nick && before == 0) profile->waiting = context_.world.waiting(viewer);

  const auto show = [this, visit, profile, respond] {
    respond(page_answer(context_, *visit, pages::profile_page(visit->frame, *profile)));
  };
  const auto follows = [this, visit, profile, viewer, show] {
    if (viewer.empty()) return show();
    context_.world.learn(viewer, visit->now, [=, this] {
      profile->follow_known = true;  // while the bridge is away, either way can be tried
      profile->followed = context_.world.follows(viewer, profile->nick);
      show();
    });
  };
  wire::Request whois;
  whois.mutable_whois()->set_nick(nick);
  context_.world.ask(whois, visit->now, [=, this](const wire::Reply& reply) {
    if (reply.error().code() == wire::UNKNOWN)
      return respond(problem_answer(context_, *visit, kNotHere));
    if (reply.has_profile()) {
      profile->nick = reply.profile().nick();
      profile->joined_ms = reply.profile().joined_ms();
      profile->follows = reply.profile().follows();
      profile->followers = reply.profile().followers();
      profile->posts_total = reply.profile().posts();
      profile->numbers_known = true;
    }
    follows();
  });
}

void PageRoutes::thread(const HttpRequest& request, const Respond& respond) {
  thread_again(visit_of(context_, request), id_in(request.part("id")), {}, 200, respond);
}

void PageRoutes::thread_again(const Visit& visit, std::uint64_t id, const std::string& correction,
                              unsigned status, const Respond& respond) {
  const std::string viewer = visit.known ? visit.nick() : std::string();
  auto thread = context_.world.thread(id, viewer);
  if (!thread) return respond(problem_answer(context_, visit, kNotHere));
  thread->powers = context_.world.powers();
  thread->correction = correction;
  const auto show = [this, visit, status, respond](const pages::Thread& made) {
    respond(page_answer(context_, visit, pages::thread_page(visit.frame, made), status));
  };
  if (!visit.known || visit.frame.standing.backbone_away) return show(*thread);
  // Is it a favourite? The newest of theirs that is not newer than it is the one, or it is none.
  wire::Request question;
  question.mutable_actor()->set_nick(viewer);
  question.mutable_list_favourites()->set_count(1);
  question.mutable_list_favourites()->set_before(id + 1);
  context_.world.ask(
      question, visit.now, [id, show, made = std::move(*thread)](const wire::Reply& reply) mutable {
        made.powers.fav = reply.has_posts();
        made.post.faved = reply.posts().items_size() > 0 && reply.posts().items(0).id() == id;
        show(made);
      });
}

void PageRoutes::favourites(const HttpRequest& request, const Respond& respond) {
  const Visit visit = visit_of(context_, request);
  if (!visit.known) return respond(go_to(context_, "/sign-in?back=/favourites"));
  wire::Request question;
  question.mutable_actor()->set_nick(visit.nick());
  question.mutable_list_favourites()->set_count(kFavouritesPerPage);
  question.mutable_list_favourites()->set_before(id_in(request.argument("before")));
  context_.world.ask(question, visit.now, [this, visit, respond](const wire::Reply& reply) {
    Timeline timeline{.kind = Timeline::Kind::kFavourites, .first_page = false};
    for (const wire::Item& item : reply.posts().items())
      timeline.posts.push_back({.id = item.id(),
                                .author = item.author(),
                                .text = item.text(),
                                .time_ms = item.time_ms(),
                                .reply_to = item.in_reply_to(),
                                .reply_to_author = item.reply_to()});
    if (timeline.posts.size() == kFavouritesPerPage) timeline.older = timeline.posts.back().id;
    Visit shown = visit;
    if (reply.has_error())
      shown.frame.notice = pages::Notice{pages::Notice::Kind::kProblem, reply.error().text()};
    respond(page_answer(context_, shown, pages::timeline_page(shown.frame, timeline)));
  });
}

void PageRoutes::settings(std::string_view page, const HttpRequest& request,
                          const Respond& respond) {
  const Visit visit = visit_of(context_, request);
  if (!visit.known) return respond(go_to(context_, "/sign-in?back=" + std::string(page)));
  settings_again(visit, page, std::string(request.argument("add")), 200, respond);
}

void PageRoutes::settings_again(const Visit& visit, std::string_view page, const std::string& draft,
                                unsigned status, const Respond& respond) {
  auto asking = std::make_shared<Asking>();
  asking->settings.tracks_draft = draft;
  for (const Session& session : context_.sessions.table().of(visit.nick(), visit.now.wall_ms))
    asking->settings.sessions.push_back({.id = session.id(),
                                         .agent = session.agent,
                                         .created_ms = session.created_ms,
                                         .seen_ms = session.seen_ms,
                                         .this_one = session.id() == visit.known->id});
  asking->then = [this, visit, page, status, respond](const pages::Settings& settings) {
    const auto render = page == "/tracks"   ? pages::tracks_page
                        : page == "/people" ? pages::people_page
                                            : pages::settings_page;
    respond(page_answer(context_, visit, render(visit.frame, settings), status));
  };
  std::vector<wire::Request> questions(page == "/people" ? 2 : 1);
  for (wire::Request& question : questions) question.mutable_actor()->set_nick(visit.nick());
  if (page == "/tracks") questions[0].mutable_list_tracks();
  if (page == "/people") {
    questions[0].mutable_list_follows();
    questions[1].mutable_list_followers();
  }
  if (page == "/settings") questions[0].mutable_stats();
  asking->open = questions.size();
  for (const wire::Request& question : questions) {
    const bool followers = question.has_list_followers();
    context_.world.ask(question, visit.now, [asking, followers](const wire::Reply& reply) {
      pages::Settings& settings = asking->settings;
      if (reply.has_error()) settings.known = false;
      if (reply.has_numbers()) {
        settings.delivery_on = reply.numbers().delivery_on();
        settings.zone = reply.numbers().zone();
      }
      for (const wire::Phrase& phrase : reply.phrases().phrases())
        settings.tracks.push_back({.phrase = phrase.text(),
                                   .per_hour = phrase.per_hour(),
                                   .dormant = phrase.place() > 0});
      if (reply.has_names() && followers)
        people_of(reply, settings.followers, settings.followers_total);
      else if (reply.has_names())
        people_of(reply, settings.follows, settings.follows_total);
      if (--asking->open == 0) asking->then(settings);
    });
  }
}

void PageRoutes::asset(const HttpRequest& request, const Respond& respond) {
  const Asset* asset = find_asset(request.part("name"));
  if (asset == nullptr) return not_here(request, respond);
  // What is asked for by its version never changes.
  const bool fixed = request.argument("v") == asset->version;
  HttpResponse response{.content_type = std::string(asset->type),
                        .body = std::string(asset->bytes)};
  response.headers.emplace_back("Cache-Control",
                                fixed ? "public, max-age=31536000, immutable" : "public, no-cache");
  response.etag = '"' + std::string(asset->version) + '"';
  add_guards(context_, response);
  respond(std::move(response));
}

}  // namespace gateway::web
