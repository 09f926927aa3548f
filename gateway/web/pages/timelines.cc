// The pages that are lists of posts: timelines, profiles, threads.
#include <fmt/format.h>

#include "gateway/web/pages/pages.h"
#include "gateway/web/pages/posts.h"

namespace gateway::web::pages {
namespace {

struct Words {
  std::string title;
  std::string path;
  std::string_view feed;
  std::string_view none;
};

Words words_of(const Timeline& timeline) {
  switch (timeline.kind) {
    case Timeline::Kind::kPublic:
      return {"Public", "/public", "public", "Nobody has posted anything yet."};
    case Timeline::Kind::kHome:
      return {"Home", "/", "home",
              "Nothing here yet. Follow people whose posts you like, and they appear here."};
    case Timeline::Kind::kMentions:
      return {"Mentions", "/mentions", "mentions", "Nobody has mentioned you yet."};
    case Timeline::Kind::kFavourites:
      return {"Favourites", "/favourites", "",
              "No favourites yet: on a post's own page there is a star."};
    case Timeline::Kind::kTag:
      return {"#" + timeline.tag, "/tag/" + url_part(timeline.tag), "",
              "No recent post has this tag."};
  }
  return {};
}

void welcome(Html& html, const Frame& frame) {
  html.in("section", {{"class", "welcome"}, {"aria-label", "What this is"}}, [&] {
    html.in("p", {{"class", "lead"}}, [&] {
      html.text(
          "Short posts, as they happen. Follow people, track words, here or from any Jabber "
          "client.");
    });
    html.in("p", {}, [&] {
      html.element("a", {{"class", "button primary"}, {"href", "/sign-in"}}, "Sign in");
      if (!frame.bot.empty()) {
        html.text(" or write ");
        html.element("kbd", {}, "join NICK");
        html.text(" to ");
        html.element("b", {}, frame.bot);
      }
    });
  });
}

void track_tag(Html& html, const Frame& frame, const std::string& tag) {
  if (!frame.viewer) return;
  form(html, frame, "/track", "inline", [&] {
    html.empty("input", {{"type", "hidden"}, {"name", "phrases"}, {"value", "#" + tag}});
    html.element("button", {{"class", "button"}}, "Track #" + tag);
  });
}

void follow_button(Html& html, const Frame& frame, const Profile& profile) {
  if (!frame.viewer || !profile.follow_known || frame.viewer->nick == profile.nick) return;
  form(html, frame, profile.followed ? "/leave" : "/follow", "inline follow", [&] {
    html.empty("input", {{"type", "hidden"}, {"name", "nick"}, {"value", profile.nick}});
    html.element("button", {{"class", profile.followed ? "button" : "button primary"}},
                 (profile.followed ? "Stop following " : "Follow ") + profile.nick);
  });
}

void profile_head(Html& html, const Frame& frame, const Profile& profile) {
  html.in("section", {{"class", "profile"}, {"aria-labelledby", "title"}}, [&] {
    avatar(html, profile.nick, true);
    html.in("div", {}, [&] {
      html.element("h1", {{"id", "title"}}, profile.nick);
      if (profile.numbers_known) {
        html.in("ul", {{"class", "numbers"}}, [&] {
          html.element("li", {}, counted(profile.posts_total, "post", "posts"));
          html.element("li", {}, counted(profile.followers, "follower", "followers"));
          html.element("li", {}, fmt::format("follows {}", number(profile.follows)));
          if (profile.joined_ms > 0)
            html.element("li", {}, "here since " + long_date(profile.joined_ms));
        });
      }
    });
    if (frame.viewer && frame.viewer->nick == profile.nick)
      html.element("a", {{"class", "button"}, {"href", "/favourites"}}, "Favourites");
    follow_button(html, frame, profile);
  });
}

// Closed until it is asked for; open with what was refused.
void correction(Html& html, const Frame& frame, const Thread& thread) {
  const Post& post = thread.post;
  if (!thread.powers.remove || !frame.viewer || frame.viewer->nick != post.author) return;
  html.in("details", {{"class", "correction"}, {"open", !thread.correction.empty()}}, [&] {
    html.element("summary", {}, "Correct this post");
    compose(html, frame,
            {.action = "/correct",
             .area = "correction",
             .label = "How it should read",
             .button = "Correct",
             .draft = thread.correction.empty() ? post.text : thread.correction,
             .post = {"id", post.id}});
  });
}

}  // namespace

std::string timeline_page(const Frame& frame, const Timeline& timeline) {
  const Words words = words_of(timeline);
  return page(frame, {.title = words.title, .current = words.path}, [&](Html& html) {
    html.in("div", {{"class", "title"}}, [&] {
      html.element("h1", {}, words.title);
      if (timeline.kind == Timeline::Kind::kTag) track_tag(html, frame, timeline.tag);
    });
    if (!frame.viewer && timeline.kind == Timeline::Kind::kPublic && timeline.first_page)
      welcome(html, frame);
    const bool may_write =
        timeline.kind == Timeline::Kind::kHome || timeline.kind == Timeline::Kind::kPublic;
    if (may_write && timeline.first_page) compose(html, frame, {.draft = timeline.draft});
    post_list(html, frame,
              {.live = timeline.first_page ? words.feed : "",
               .waiting = &timeline.waiting,
               .posts = &timeline.posts,
               .older = timeline.older,
               .path = words.path,
               .none = words.none},
              timeline.powers);
  });
}

std::string profile_page(const Frame& frame, const Profile& profile) {
  const std::string path = "/@" + profile.nick;
  return page(frame, {.title = profile.nick, .current = path}, [&](Html& html) {
    profile_head(html, frame, profile);
    const std::string feed = "user/" + profile.nick;
    const std::string none = profile.nick + " has not posted lately.";
    post_list(html, frame,
              {.live = profile.first_page ? std::string_view(feed) : std::string_view(),
               .waiting = &profile.waiting,
               .posts = &profile.posts,
               .older = profile.older,
               .path = path,
               .none = none},
              profile.powers);
  });
}

std::string thread_page(const Frame& frame, const Thread& thread) {
  const Post& post = thread.post;
  const std::string title = fmt::format("{}: {}", post.author, post.text.substr(0, 60));
  // Of the posts around it nobody asked whether they are favourites.
  Powers around = thread.powers;
  around.fav = false;
  return page(frame, {.title = title, .current = ""}, [&](Html& html) {
    html.element("h1", {{"class", "quiet"}}, "Post by " + post.author);
    for (const Post& above : thread.above)
      html.in("div", {{"class", "parent"}}, [&] { post_item(html, frame, above, around); });
    post_item(html, frame, post, thread.powers, true);
    correction(html, frame, thread);
    if (frame.viewer && thread.powers.reply) {
      html.in("section", {{"id", "reply"}, {"aria-label", "Reply"}}, [&] {
        compose(
            html, frame,
            {.label = "Reply to " + post.author, .button = "Reply", .post = {"reply_to", post.id}});
      });
    }
    if (thread.replies.empty()) return;
    html.element("h2", {}, counted(thread.replies.size(), "reply", "replies"));
    html.in("ol", {{"class", "posts"}}, [&] {
      for (const Post& reply : thread.replies)
        html.in("li", {}, [&] { post_item(html, frame, reply, around); });
    });
  });
}

}  // namespace gateway::web::pages
