#include "gateway/web/pages/frame.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "gateway/web/assets/assets.h"

namespace gateway::web::pages {
namespace {

struct Entry {
  std::string_view path;
  std::string_view label;
  std::string_view icon;  // an id in the sprite
};

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

std::chrono::sys_time<std::chrono::milliseconds> at(std::int64_t unix_ms) {
  return std::chrono::sys_time<std::chrono::milliseconds>{std::chrono::milliseconds{unix_ms}};
}

struct Civil {
  int year;
  unsigned month, day;
  int hour, minute, second;
};

Civil civil(std::int64_t unix_ms) {
  const auto day = std::chrono::floor<std::chrono::days>(at(unix_ms));
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at(unix_ms) - day)};
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          static_cast<int>(time.hours().count()),
          static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count())};
}

void icon(Html& html, std::string_view name) {
  html.in("svg", {{"class", "icon"}, {"aria-hidden", "true"}, {"focusable", "false"}}, [&] {
    html.element("use", {{"href", asset_path("icons.svg") + "#" + std::string(name)}}, "");
  });
}

void navigation_entry(Html& html, const Entry& entry, std::string_view current) {
  html.in("li", {}, [&] {
    const bool here = entry.path == current;
    html.in("a", {{"href", entry.path}, {"aria-current", here ? "page" : "false"}}, [&] {
      icon(html, entry.icon);
      html.element("span", {}, entry.label);
    });
  });
}

void navigation(Html& html, const Frame& frame, std::string_view current) {
  html.in("nav", {{"aria-label", "Main"}, {"class", "menu"}}, [&] {
    html.in("ul", {}, [&] {
      if (frame.viewer) {
        const std::string profile = "/@" + frame.viewer->nick;
        const std::string_view me = current == profile ? std::string_view(profile) : current;
        navigation_entry(html, {"/", "Home", "home"}, current);
        navigation_entry(html, {"/public", "Public", "globe"}, current);
        navigation_entry(html, {"/mentions", "Mentions", "at"}, current);
        navigation_entry(html, {profile, "Profile", "person"}, me);
        navigation_entry(html, {"/tracks", "Tracks", "tag"}, current);
        navigation_entry(html, {"/settings", "Settings", "gear"}, current);
        if (frame.viewer->is_operator)
          navigation_entry(html, {"/operations", "Operations", "pulse"}, current);
      } else {
        navigation_entry(html, {"/public", "Public", "globe"}, current);
        navigation_entry(html, {"/sign-in", "Sign in", "person"}, current);
      }
    });
  });
}

void standing(Html& html, const Standing& standing) {
  // Always there: a live region is heard only if it was in the page before it changed.
  html.in("div", {{"id", "standing"}, {"class", "standing"}, {"role", "status"}}, [&] {
    if (!standing.backbone_away) return;
    html.in("p", {}, [&] {
      html.element("strong", {}, "The message backbone is out of reach.");
      html.text(
          fmt::format(" This is how things stood {} ago. What you write waits here and is "
                      "published when it is back.",
                      duration(standing.age_s)));
    });
  });
}

void notice(Html& html, const Notice& notice) {
  const bool problem = notice.kind == Notice::Kind::kProblem;
  const std::string_view css = problem                                 ? "notice problem"
                               : notice.kind == Notice::Kind::kWaiting ? "notice waiting"
                                                                       : "notice done";
  html.element("p", {{"class", css}, {"role", problem ? "alert" : "status"}}, notice.text);
}

void brand(Html& html, const Frame& frame) {
  html.in("a", {{"class", "brand"}, {"href", "/"}}, [&] {
    html.empty(
        "img",
        {{"src", asset_path("lapwing.svg")}, {"alt", ""}, {"width", "32"}, {"height", "32"}});
    html.element("span", {}, frame.site);
  });
}

}  // namespace

void begin_page(Html& html, const Frame& frame, const Head& head) {
  html.doctype();
  // <html>, <head> and <body> stay open until end_page(): their end tags may be left out.
  html.open("html", {{"lang", "en"}});
  html.empty("meta", {{"charset", "utf-8"}});
  html.element("title", {}, head.title + " · " + frame.site);
  html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  html.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  html.empty("link", {{"rel", "stylesheet"}, {"href", asset_path("lapwing.css")}});
  html.empty("link",
             {{"rel", "icon"}, {"type", "image/svg+xml"}, {"href", asset_path("lapwing.svg")}});
  html.element("script", {{"src", asset_path("lapwing.js")}, {"defer", true}}, "");
  if (!head.script.empty())
    html.element("script", {{"src", asset_path(head.script)}, {"defer", true}}, "");
  if (!head.reload.empty())
    html.in("noscript", {}, [&] {
      html.empty("meta", {{"http-equiv", "refresh"}, {"content", head.reload}});
    });
  html.open("body", {{"class", head.page},
                     {"data-csrf", frame.viewer ? frame.viewer->csrf : std::string()},
                     {"data-nick", frame.viewer ? frame.viewer->nick : std::string()}});
  html.element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the content");
  html.in("header", {{"class", "top"}}, [&] {
    brand(html, frame);
    navigation(html, frame, head.current);
  });
  html.open("main", {{"id", "main"}, {"tabindex", "-1"}});
  standing(html, frame.standing);
  if (frame.notice) notice(html, *frame.notice);
}

void end_page(Html& html, const Frame& frame) {
  html.close("main");
  html.in("footer", {{"class", "foot"}}, [&] {
    html.in("p", {}, [&] {
      html.text("On Jabber, too");
      if (!frame.bot.empty()) {
        html.text(": write to ");
        html.element("b", {}, frame.bot);
      }
      html.text(".");
    });
  });
}

void moment(Html& html, std::int64_t unix_ms) {
  const Civil c = civil(unix_ms);
  const std::string text = fmt::format("{} {} {}, {:02}:{:02} UTC", c.day,
                                       kMonths[c.month - 1].substr(0, 3), c.year, c.hour, c.minute);
  html.element("time", {{"datetime", iso_time(unix_ms)}, {"title", text}}, text);
}

std::string iso_time(std::int64_t unix_ms) {
  const Civil c = civil(unix_ms);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour,
                     c.minute, c.second);
}

std::string long_date(std::int64_t unix_ms) {
  const Civil c = civil(unix_ms);
  return fmt::format("{} {} {}", c.day, kMonths[c.month - 1], c.year);
}

std::string duration(std::int64_t seconds) {
  const auto in = [](std::int64_t count, std::string_view unit) {
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
  };
  if (seconds < 60) return in(seconds < 0 ? 0 : seconds, "second");
  if (seconds < 3600) return in(seconds / 60, "minute");
  if (seconds < 48 * 3600) return in(seconds / 3600, "hour");
  return in(seconds / 86400, "day");
}

std::string number(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", number(count), count == 1 ? one : many);
}

void avatar(Html& html, std::string_view nick, bool large) {
  unsigned hue = 0;
  for (const char c : nick)
    hue = hue * 31 + static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  const std::string css = fmt::format("avatar hue{}{}", hue % 8, large ? " large" : "");
  html.element("span", {{"class", css}, {"aria-hidden", "true"}}, nick.substr(0, 1));
}

}  // namespace gateway::web::pages
