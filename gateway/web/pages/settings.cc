// The pages about the person who has signed in: what they track, whom they follow, how they are
// reached, where they are signed in.
#include <fmt/format.h>

#include "gateway/web/pages/frame.h"
#include "gateway/web/pages/pages.h"

namespace gateway::web::pages {
namespace {

void not_known(Html& html) {
  html.element(
      "p", {{"class", "none"}},
      "This cannot be read while the message backbone is out of reach. What you change now "
      "waits, and is done when it is back.");
}

void one_field(Html& html, const Frame& frame, std::string_view action, std::string_view field,
               std::string_view label, std::string_view hint, std::string_view value,
               std::string_view button) {
  form(html, frame, action, "one-field", [&] {
    html.element("label", {{"for", field}}, label);
    html.in("div", {{"class", "row"}}, [&] {
      html.empty("input", {{"id", field},
                           {"name", field},
                           {"type", "text"},
                           {"value", value},
                           {"required", true},
                           {"autocomplete", "off"},
                           {"autocapitalize", "none"},
                           {"spellcheck", "false"},
                           {"aria-describedby", "hint"}});
      html.element("button", {{"class", "primary"}}, button);
    });
    html.element("p", {{"class", "hint"}, {"id", "hint"}}, hint);
  });
}

void end_form(Html& html, const Frame& frame, std::string_view action, std::string_view field,
              std::string_view value, std::string_view label, std::string_view spoken) {
  form(html, frame, action, "inline", [&] {
    html.empty("input", {{"type", "hidden"}, {"name", field}, {"value", value}});
    html.element("button", {{"class", "button small"}, {"aria-label", spoken}}, label);
  });
}

void track_line(Html& html, const Frame& frame, const Track& track) {
  html.in("li", {}, [&] {
    html.element("span", {{"class", "what"}}, track.phrase);
    if (track.per_hour > 0)
      html.element("span", {{"class", "mark"}}, fmt::format("at most {} an hour", track.per_hour));
    if (track.waiting) html.element("span", {{"class", "mark"}}, "waiting");
    if (track.dormant)
      html.element("span", {{"class", "mark"}}, "dormant: too many people track it");
    end_form(html, frame, "/untrack", "phrases", track.phrase, "Stop",
             "Stop tracking " + track.phrase);
  });
}

void person_line(Html& html, const Frame& frame, const Person& person, bool followed) {
  html.in("li", {}, [&] {
    avatar(html, person.nick);
    html.element("a", {{"class", "what"}, {"href", "/@" + person.nick}}, person.nick);
    if (person.waiting) html.element("span", {{"class", "mark"}}, "waiting");
    if (followed)
      end_form(html, frame, "/leave", "nick", person.nick, "Stop", "Stop following " + person.nick);
  });
}

void people_list(Html& html, const Frame& frame, const std::vector<Person>& people,
                 std::uint64_t total, bool followed) {
  html.in("ul", {{"class", "lines"}}, [&] {
    for (const Person& person : people) person_line(html, frame, person, followed);
  });
  if (total > people.size())
    html.element("p", {{"class", "hint"}},
                 fmt::format("and {} more", number(total - people.size())));
}

void delivery(Html& html, const Frame& frame, const Settings& settings) {
  html.in("section", {{"aria-labelledby", "delivery"}}, [&] {
    html.element("h2", {{"id", "delivery"}}, "Delivery to your Jabber address");
    if (!settings.known) return not_known(html);
    html.in("p", {}, [&] {
      html.text("It is ");
      html.element("strong", {}, settings.delivery_on ? "on" : "off");
      html.text(settings.delivery_on ? ": posts come to you as messages while you are online."
                                     : ": everything waits until you switch it on.");
    });
    form(html, frame, "/delivery", "inline", [&] {
      html.empty("input",
                 {{"type", "hidden"}, {"name", "on"}, {"value", settings.delivery_on ? "0" : "1"}});
      html.element("button", {{"class", "button"}},
                   settings.delivery_on ? "Switch it off" : "Switch it on");
    });
  });
}

void own_data(Html& html) {
  html.in("section", {{"aria-labelledby", "data"}}, [&] {
    html.element("h2", {{"id", "data"}}, "Your data");
    html.element("p", {},
                 "All that is kept of you, as a file of JSON: your account, whom you follow, what "
                 "you track, your posts and your direct messages.");
    html.element("a", {{"class", "button"}, {"href", "/settings/export"}}, "Download my data");
  });
}

void session_line(Html& html, const Frame& frame, const SessionLine& line) {
  html.in("li", {}, [&] {
    html.in("span", {{"class", "what"}}, [&] {
      html.element("b", {}, line.agent.empty() ? std::string("A browser") : line.agent);
      html.in("span", {{"class", "hint"}}, [&] {
        html.text(" signed in ");
        moment(html, line.created_ms);
        html.text(", last here ");
        moment(html, line.seen_ms);
      });
    });
    if (line.this_one) html.element("span", {{"class", "mark"}}, "this one");
    end_form(html, frame, "/sessions/end", "session", line.id, "End",
             "End the session of " + (line.agent.empty() ? std::string("a browser") : line.agent));
  });
}

void sessions(Html& html, const Frame& frame, const Settings& settings) {
  html.in("section", {{"aria-labelledby", "sessions"}}, [&] {
    html.element("h2", {{"id", "sessions"}}, "Where you are signed in");
    html.in("ul", {{"class", "lines"}}, [&] {
      for (const SessionLine& line : settings.sessions) session_line(html, frame, line);
    });
    html.in("div", {{"class", "row start"}}, [&] {
      form(html, frame, "/sign-out", "inline", [&] {
        html.element("button", {{"class", "button"}}, "Sign out");
      });
      form(html, frame, "/sessions/end", "inline", [&] {
        html.empty("input", {{"type", "hidden"}, {"name", "session"}, {"value", "all"}});
        html.element("button", {{"class", "button danger"}}, "Sign out everywhere");
      });
    });
  });
}

}  // namespace

std::string tracks_page(const Frame& frame, const Settings& settings) {
  return page(frame, {.title = "Tracks", .current = "/tracks"}, [&](Html& html) {
    html.element("h1", {}, "Tracks");
    one_field(
        html, frame, "/track", "phrases", "Track words",
        "All words of a phrase, in any order: night train. In quotes, exactly so: \"red kite\". "
        "Without a word: tea -milk. Several phrases with commas between them.",
        settings.tracks_draft, "Track");
    if (!settings.known) not_known(html);
    if (settings.known && settings.tracks.empty())
      html.element("p", {{"class", "none"}}, "You track nothing yet.");
    html.in("ul", {{"class", "lines"}}, [&] {
      for (const Track& track : settings.tracks) track_line(html, frame, track);
    });
  });
}

std::string people_page(const Frame& frame, const Settings& settings) {
  return page(frame, {.title = "People", .current = "/people"}, [&](Html& html) {
    html.element("h1", {}, "People");
    one_field(html, frame, "/follow", "nick", "Follow somebody", "Their name here, such as mira.",
              "", "Follow");
    if (!settings.known) not_known(html);
    html.element("h2", {},
                 fmt::format("You follow {}", counted(settings.follows_total, "person", "people")));
    people_list(html, frame, settings.follows, settings.follows_total, true);
    html.element(
        "h2", {},
        fmt::format("Followed by {}", counted(settings.followers_total, "person", "people")));
    people_list(html, frame, settings.followers, settings.followers_total, false);
  });
}

std::string settings_page(const Frame& frame, const Settings& settings) {
  return page(frame, {.title = "Settings", .current = "/settings"}, [&](Html& html) {
    html.element("h1", {}, "Settings");
    html.in("ul", {{"class", "lines ways"}}, [&] {
      html.in("li", {}, [&] {
        html.element("a", {{"class", "what"}, {"href", "/people"}}, "People you follow");
      });
      html.in("li", {}, [&] {
        html.element("a", {{"class", "what"}, {"href", "/tracks"}}, "Words you track");
      });
    });
    delivery(html, frame, settings);
    sessions(html, frame, settings);
    own_data(html);
  });
}

std::string problem_page(const Frame& frame, const Problem& problem) {
  return page(frame, {.title = problem.title, .current = "", .script = {}, .page = "narrow"},
              [&](Html& html) {
                html.element("p", {{"class", "status"}}, std::to_string(problem.status));
                html.element("h1", {}, problem.title);
                html.element("p", {}, problem.text);
                html.in("p", {}, [&] {
                  html.element("a", {{"class", "button"}, {"href", "/"}}, "To the posts");
                });
              });
}

}  // namespace gateway::web::pages
