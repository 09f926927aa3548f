#include "gateway/web/pages/posts.h"

#include <fmt/format.h>

#include "gateway/web/pages/pages.h"
#include "gateway/web/pages/rich_text.h"

namespace gateway::web::pages {
namespace {

std::string link_to(std::uint64_t id) {
  return fmt::format("/post/{}", id);
}

void author_line(Html& html, const Post& post) {
  html.in("header", {{"class", "by"}}, [&] {
    html.element("a", {{"class", "author"}, {"href", "/@" + post.author}}, post.author);
    html.in("a", {{"class", "when"}, {"href", link_to(post.id)}},
            [&] { moment(html, post.time_ms); });
    if (post.corrected) html.element("span", {{"class", "mark"}}, "corrected");
  });
}

void reply_line(Html& html, const Post& post) {
  if (post.reply_to == 0) return;
  html.in("p", {{"class", "context"}}, [&] {
    html.text("In reply to ");
    html.element(
        "a", {{"href", link_to(post.reply_to)}},
        post.reply_to_author.empty() ? fmt::format("#{}", post.reply_to) : post.reply_to_author);
  });
}

void id_form(Html& html, const Frame& frame, std::string_view action, std::uint64_t id,
             std::string_view label, std::string_view spoken, std::string_view css) {
  form(html, frame, action, css, [&] {
    html.empty("input", {{"type", "hidden"}, {"name", "id"}, {"value", std::to_string(id)}});
    html.element("button", {{"aria-label", spoken}}, label);
  });
}

void actions(Html& html, const Frame& frame, const Post& post, const Powers& powers) {
  const bool mine = frame.viewer && frame.viewer->nick == post.author;
  const bool any = post.replies > 0 || post.favs > 0 ||
                   (frame.viewer && (powers.reply || powers.fav || (powers.remove && mine)));
  if (!any) return;
  html.in("footer", {{"class", "actions"}}, [&] {
    if (post.replies > 0 || (frame.viewer && powers.reply)) {
      const std::string label =
          post.replies > 0 ? counted(post.replies, "reply", "replies") : std::string("Reply");
      html.element("a", {{"href", link_to(post.id) + "#reply"}}, label);
    }
    if (frame.viewer && powers.fav) {
      const std::string label =
          post.favs > 0 ? fmt::format("★ {}", number(post.favs)) : "☆ Favourite";
      id_form(html, frame, post.faved ? "/unfav" : "/fav", post.id, label,
              fmt::format("{} the post by {}", post.faved ? "No longer a favourite:" : "Favourite",
                          post.author),
              post.faved ? "fav faved" : "fav");
    } else if (post.favs > 0) {
      html.element("span", {}, fmt::format("★ {}", number(post.favs)));
    }
    if (powers.remove && mine)
      id_form(html, frame, "/delete", post.id, "Delete", "Delete this post", "delete");
  });
}

void waiting_item(Html& html, const Frame& frame, const WaitingPost& post) {
  const bool refused = !post.refused.empty();
  html.in("li", {}, [&] {
    html.in(
        "article",
        {{"class", refused ? "post refused" : "post waiting"}, {"data-client-id", post.client_id}},
        [&] {
          avatar(html, frame.viewer ? frame.viewer->nick : std::string());
          html.in("div", {{"class", "body"}}, [&] {
            html.in("header", {{"class", "by"}}, [&] {
              html.element("b", {{"class", "author"}},
                           frame.viewer ? frame.viewer->nick : std::string());
              html.element("span", {{"class", "mark"}}, refused ? "not published" : "waiting");
            });
            html.in("p", {{"class", "text"}, {"dir", "auto"}}, [&] { rich_text(html, post.text); });
            if (refused) html.element("p", {{"class", "context"}}, post.refused);
          });
        });
  });
}

}  // namespace

void post_item(Html& html, const Frame& frame, const Post& post, const Powers& powers, bool large) {
  html.in(
      "article",
      {{"class", large ? "post large" : "post"},
       {"id", fmt::format("p{}", post.id)},
       {"data-id", std::to_string(post.id)},
       {"aria-label", "Post by " + post.author}},
      [&] {
        avatar(html, post.author, large);
        html.in("div", {{"class", "body"}}, [&] {
          author_line(html, post);
          reply_line(html, post);
          html.in("p", {{"class", "text"}, {"dir", "auto"}}, [&] { rich_text(html, post.text); });
          actions(html, frame, post, powers);
        });
      });
}

void post_list(Html& html, const Frame& frame, const PostList& list, const Powers& powers) {
  const bool any_waiting = list.waiting && !list.waiting->empty();
  html.in("div", {{"id", "news"}, {"class", "news"}, {"role", "status"}, {"aria-live", "polite"}},
          [] {});
  const std::string newest =
      list.posts->empty() ? std::string("0") : std::to_string(list.posts->front().id);
  html.in("ol",
          {{"class", "posts"}, {"id", "posts"}, {"data-feed", list.live}, {"data-newest", newest}},
          [&] {
            if (any_waiting)
              for (const WaitingPost& post : *list.waiting) waiting_item(html, frame, post);
            for (const Post& post : *list.posts)
              html.in("li", {}, [&] { post_item(html, frame, post, powers); });
          });
  if (list.posts->empty() && !any_waiting)
    html.element("p", {{"class", "none"}, {"id", "none"}}, list.none);
  if (list.older == 0) return;
  html.in("p", {{"class", "older"}}, [&] {
    html.element("a",
                 {{"class", "button"},
                  {"rel", "next"},
                  {"href", fmt::format("{}?before={}", list.path, list.older)}},
                 "Older posts");
  });
}

void compose(Html& html, const Frame& frame, const Compose& compose) {
  if (!frame.viewer) return;
  const std::string left = std::string(compose.area) + "-left";
  const auto& [field, id] = compose.post;
  form(html, frame, compose.action, "compose", [&] {
    html.empty("input", {{"type", "hidden"}, {"name", "client_id"}, {"value", frame.compose_id}});
    if (id != 0)
      html.empty("input", {{"type", "hidden"}, {"name", field}, {"value", std::to_string(id)}});
    html.element("label", {{"for", compose.area}}, compose.label);
    html.element("textarea",
                 {{"id", compose.area},
                  {"name", "text"},
                  {"rows", "3"},
                  {"required", true},
                  {"data-bytes", std::to_string(kPostBytesMax)},
                  {"aria-describedby", left}},
                 compose.draft);
    html.in("div", {{"class", "row"}}, [&] {
      html.element("output", {{"id", left}, {"class", "left"}, {"for", compose.area}}, "");
      html.element("button", {{"class", "primary"}}, compose.button);
    });
  });
}

}  // namespace gateway::web::pages
