// The pages on which people sign in: with a code from chat, or by a question there.
#include <fmt/format.h>

#include "gateway/web/pages/frame.h"
#include "gateway/web/pages/pages.h"

namespace gateway::web::pages {
namespace {

// Without scripts the page of a question looks so often whether it was answered.
constexpr unsigned kLookEveryS = 5;

// Of a visitor, who has no session: with the token and the way back.
template <std::invocable Body>
void visitor_form(Html& html, std::string_view action, const std::string& csrf,
                  const std::string& back, std::string_view id, Body body) {
  html.in("form", {{"method", "post"}, {"action", action}, {"class", "one-field"}, {"id", id}},
          [&] {
            html.empty("input", {{"type", "hidden"}, {"name", "csrf"}, {"value", csrf}});
            html.empty("input", {{"type", "hidden"}, {"name", "back"}, {"value", back}});
            body();
          });
}

void problem(Html& html, const std::string& text, std::string_view id) {
  if (text.empty()) return;
  html.element("p", {{"class", "notice problem"}, {"role", "alert"}, {"id", id}}, text);
}

std::string_view bot_of(const Frame& frame) {
  return frame.bot.empty() ? std::string_view("the address you chat with Lapwing at")
                           : std::string_view(frame.bot);
}

void by_code(Html& html, const Frame& frame, const SignIn& sign_in) {
  html.in("ol", {{"class", "steps"}}, [&] {
    html.in("li", {}, [&] {
      html.text("From your Jabber client, write ");
      html.element("kbd", {}, "login");
      html.text(" to ");
      html.element("b", {}, bot_of(frame));
      html.text(".");
    });
    html.element("li", {}, "Type the code from the answer here, within two minutes.");
  });
  visitor_form(html, "/sign-in", sign_in.csrf, sign_in.back, "by-code", [&] {
    html.element("label", {{"for", "code"}}, "Code");
    problem(html, sign_in.problem, "problem");
    html.in("div", {{"class", "row"}}, [&] {
      html.empty("input", {{"id", "code"},
                           {"name", "code"},
                           {"type", "text"},
                           {"class", "code"},
                           {"value", sign_in.code},
                           {"required", true},
                           {"maxlength", "20"},
                           {"placeholder", "ABCDE-FGHJK"},
                           {"autocomplete", "one-time-code"},
                           {"autocapitalize", "characters"},
                           {"spellcheck", "false"},
                           {"autofocus", sign_in.name_problem.empty()},
                           {"aria-invalid", sign_in.problem.empty() ? "false" : "true"},
                           {"aria-describedby", sign_in.problem.empty() ? "hint" : "problem"}});
      html.element("button", {{"class", "primary"}}, "Sign in");
    });
    html.in("p", {{"class", "hint"}, {"id", "hint"}}, [&] {
      html.text("Not a member yet? Write ");
      html.element("kbd", {}, "join NICK");
      html.text(" there first.");
    });
  });
}

void by_question(Html& html, const SignIn& sign_in) {
  html.element("h2", {}, "Or without a code");
  visitor_form(html, "/sign-in/ask", sign_in.csrf, sign_in.back, "by-question", [&] {
    html.element("label", {{"for", "name"}}, "Your name");
    problem(html, sign_in.name_problem, "name-problem");
    html.in("div", {{"class", "row"}}, [&] {
      html.empty("input", {{"id", "name"},
                           {"name", "name"},
                           {"type", "text"},
                           {"value", sign_in.name},
                           {"required", true},
                           {"maxlength", "21"},
                           {"autocomplete", "username"},
                           {"autocapitalize", "none"},
                           {"spellcheck", "false"},
                           {"autofocus", !sign_in.name_problem.empty()},
                           {"aria-invalid", sign_in.name_problem.empty() ? "false" : "true"},
                           {"aria-describedby",
                            sign_in.name_problem.empty() ? "name-hint" : "name-problem"}});
      html.element("button", {{"class", "button"}}, "Ask me in my chat client");
    });
    html.element("p", {{"class", "hint"}, {"id", "name-hint"}},
                 "While you are online there, you are asked whether it is you.");
  });
}

void way_back(Html& html, const SignInAsked& asked) {
  html.in("div", {{"class", "row start"}}, [&] {
    html.element("a", {{"class", "button"}, {"href", "/sign-in?back=" + url_part(asked.back)}},
                 "Try again, or use a code");
  });
}

void go_on(Html& html, const SignInAsked& asked, std::string_view button) {
  visitor_form(html, "/sign-in/asked", asked.csrf, asked.back, "go-on", [&] {
    problem(html, asked.problem, "problem");
    html.element("button", {{"class", "primary"}}, button);
  });
}

void waiting(Html& html, const Frame& frame, const SignInAsked& asked) {
  html.in("ol", {{"class", "steps"}}, [&] {
    html.in("li", {}, [&] {
      html.text("Look at the question in your chat client, from ");
      html.element("b", {}, bot_of(frame));
      html.text(".");
    });
    html.in("li", {}, [&] {
      html.text("Does it show ");
      html.element("strong", {{"class", "code"}, {"id", "transaction"}}, asked.transaction);
      html.text("? Only then confirm it.");
    });
  });
  go_on(html, asked, "I have confirmed");
  html.element("p", {{"class", "hint"}, {"role", "status"}, {"id", "asked"}},
               fmt::format("There is time for {}. Nothing comes while you are not online there, or "
                           "when the name is not yours.",
                           duration(asked.left_s)));
  way_back(html, asked);
}

std::string_view title_of(SignInAsked::State state) {
  switch (state) {
    case SignInAsked::State::kWaiting:
      return "Answer in your chat client";
    case SignInAsked::State::kConfirmed:
      return "Confirmed";
    case SignInAsked::State::kRefused:
      return "Refused";
    case SignInAsked::State::kOver:
      return "That is over";
  }
  return {};
}

}  // namespace

std::string sign_in_page(const Frame& frame, const SignIn& sign_in) {
  return page(frame, {.title = "Sign in", .current = "/sign-in", .script = {}, .page = "narrow"},
              [&](Html& html) {
                html.element("h1", {}, "Sign in");
                if (frame.viewer)
                  html.element("p", {{"class", "notice"}},
                               "You are signed in as " + frame.viewer->nick +
                                   ". This ends that, and signs in whom the code is for.");
                by_code(html, frame, sign_in);
                by_question(html, sign_in);
              });
}

std::string sign_in_asked_page(const Frame& frame, const SignInAsked& asked) {
  const std::string title(title_of(asked.state));
  const bool waits = asked.state == SignInAsked::State::kWaiting;
  Head head{.title = title, .current = "/sign-in", .script = {}, .page = "narrow"};
  if (waits) head.script = "sign-in.js";
  if (waits)
    head.reload = fmt::format("{}; url=/sign-in/asked?back={}", kLookEveryS, url_part(asked.back));
  return page(frame, head, [&](Html& html) {
    html.element("h1", {}, title);
    switch (asked.state) {
      case SignInAsked::State::kWaiting:
        return waiting(html, frame, asked);
      case SignInAsked::State::kConfirmed:
        html.element("p", {}, "The question was answered with yes.");
        return go_on(html, asked, "Sign in");
      case SignInAsked::State::kRefused:
        html.element("p", {}, "The question was answered with no: nobody is signed in.");
        return way_back(html, asked);
      case SignInAsked::State::kOver:
        html.element("p", {},
                     "Nobody has confirmed it in time, or it was used already, or a newer question "
                     "took its place.");
        return way_back(html, asked);
    }
  });
}

}  // namespace gateway::web::pages
