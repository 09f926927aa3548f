// The operations page: charts where there are scripts, the same in tables in any case, and forms
// for the limits in force.
#include <fmt/format.h>

#include "gateway/web/pages/frame.h"
#include "gateway/web/pages/pages.h"

namespace gateway::web::pages {
namespace {

void head_row(Html& html, std::initializer_list<std::string_view> titles) {
  html.in("thead", {}, [&] {
    html.in("tr", {}, [&] {
      for (const std::string_view title : titles) html.element("th", {{"scope", "col"}}, title);
    });
  });
}

void number_cell(Html& html, std::string_view text) {
  html.element("td", {{"class", "number"}}, text);
}

void facts(Html& html, const Operations& operations) {
  html.in("dl", {{"class", "facts"}}, [&] {
    for (const auto& [label, value] : operations.facts)
      html.in("div", {}, [&] {
        html.element("dt", {}, label);
        html.element("dd", {}, value);
      });
  });
}

void classes(Html& html, const Operations& operations) {
  html.in("div", {{"class", "scroll"}}, [&] {
    html.in("table", {}, [&] {
      html.element("caption", {}, "Deliveries to Jabber by class, as of this page");
      html.in("thead", {}, [&] {
        html.in("tr", {}, [&] {
          html.element("th", {{"scope", "col"}}, "Class");
          for (const std::string_view title : {"Per second", "Delivered", "Waiting", "Oldest"})
            html.element("th", {{"scope", "col"}, {"class", "number"}}, title);
        });
      });
      html.in("tbody", {}, [&] {
        for (const ClassRow& row : operations.classes)
          html.in("tr", {}, [&] {
            html.element("th", {{"scope", "row"}}, row.name);
            number_cell(html, fmt::format("{:.1f}", row.per_second));
            number_cell(html, number(row.delivered));
            number_cell(html, number(row.queued));
            number_cell(html, fmt::format("{:.1f} s", row.oldest_s));
          });
      });
    });
  });
}

void links(Html& html, const Operations& operations) {
  if (operations.links.empty()) return;
  html.in("ul", {{"class", "links"}, {"id", "links"}, {"aria-label", "Connections"}}, [&] {
    for (const LinkRow& link : operations.links)
      html.in("li", {{"class", link.well ? "well" : "unwell"}}, [&] {
        html.element("b", {}, link.name);
        html.text(" " + link.state);
      });
  });
}

void hidden(Html& html, std::string_view name, std::string_view value) {
  html.empty("input", {{"type", "hidden"}, {"name", name}, {"value", value}});
}

void limit_form(Html& html, const Frame& frame, const LimitRow& limit, std::string_view key,
                std::string_view value) {
  const std::string label =
      key.empty() ? "Value of " + limit.name : fmt::format("Value of {} for {}", limit.name, key);
  form(html, frame, "/operations/limits", "limit-form", [&] {
    hidden(html, "limit", limit.name);
    hidden(html, "key", key);
    html.empty("input", {{"type", "text"},
                         {"name", "value"},
                         {"value", value},
                         {"required", true},
                         {"autocomplete", "off"},
                         {"spellcheck", "false"},
                         {"aria-label", label}});
    html.element("button", {{"class", "small"}, {"name", "do"}, {"value", "set"}}, "Set");
    if (!key.empty() || limit.changed)
      html.element("button", {{"class", "small"}, {"name", "do"}, {"value", "unset"}},
                   key.empty() ? "As configured" : "Remove");
  });
}

void shadow_form(Html& html, const Frame& frame, const LimitRow& limit) {
  form(html, frame, "/operations/limits", "inline", [&] {
    hidden(html, "limit", limit.name);
    hidden(html, "value", limit.value);
    html.element("button",
                 {{"class", "small"},
                  {"name", "do"},
                  {"value", limit.shadow ? "enforce" : "shadow"},
                  {"aria-label", (limit.shadow ? "Enforce " : "Only watch ") + limit.name}},
                 limit.shadow ? "Enforce" : "Only watch");
  });
}

void limits(Html& html, const Frame& frame, const Operations& operations) {
  if (operations.limits.empty()) return;
  html.element("h2", {{"id", "limits"}}, "Limits in force");
  html.element(
      "p", {{"class", "hint"}},
      "A change holds from the next decision on, refills nothing and drops nothing. Watched "
      "only, a limit counts what it would have refused. Written as 20/10s burst 40, 5/s, "
      "unlimited.");
  html.in("div", {{"class", "scroll"}}, [&] {
    html.in("table", {}, [&] {
      head_row(html, {"Limit", "Value", ""});
      html.in("tbody", {}, [&] {
        for (const LimitRow& limit : operations.limits) {
          html.in("tr", {{"data-limit", limit.name}}, [&] {
            html.in("th", {{"scope", "row"}}, [&] {
              html.text(limit.name);
              if (limit.shadow) html.element("span", {{"class", "mark"}}, "watched only");
              if (!limit.help.empty()) html.element("p", {{"class", "hint"}}, limit.help);
            });
            html.in("td", {}, [&] { limit_form(html, frame, limit, "", limit.value); });
            html.in("td", {}, [&] { shadow_form(html, frame, limit); });
          });
          for (const LimitOverride& one : limit.overrides)
            html.in("tr", {}, [&] {
              html.element("th", {{"scope", "row"}}, "for " + one.key);
              html.in("td", {{"colspan", "2"}},
                      [&] { limit_form(html, frame, limit, one.key, one.value); });
            });
        }
      });
    });
  });
}

void talkers(Html& html, const Operations& operations) {
  if (operations.talkers.empty()) return;
  html.element("h2", {}, "Held back most");
  html.in("div", {{"class", "columns"}}, [&] {
    for (const Talkers& talkers : operations.talkers) {
      html.in("table", {}, [&] {
        html.element("caption", {}, talkers.title);
        html.in("tbody", {}, [&] {
          for (const auto& [key, count] : talkers.rows)
            html.in("tr", {}, [&] {
              html.element("th", {{"scope", "row"}}, key);
              number_cell(html, number(count));
            });
        });
      });
      if (talkers.rows.empty()) html.element("p", {{"class", "hint"}}, talkers.title + ": nobody.");
    }
  });
}

void changes(Html& html, const Operations& operations) {
  if (operations.changes.empty()) return;
  html.element("h2", {{"id", "changes"}}, "Changes");
  html.in("div", {{"class", "scroll"}}, [&] {
    html.in("table", {}, [&] {
      head_row(html, {"When", "Who", "What", "From", "To"});
      html.in("tbody", {}, [&] {
        for (const ChangeRow& change : operations.changes)
          html.in("tr", {}, [&] {
            html.in("td", {}, [&] { moment(html, change.time_ms); });
            for (const std::string* text :
                 {&change.who, &change.what, &change.old_value, &change.new_value})
              html.element("td", {}, *text);
          });
      });
    });
  });
}

}  // namespace

std::string operations_page(const Frame& frame, const Operations& operations) {
  const Head head{
      .title = "Operations", .current = "/operations", .script = "operations.js", .page = "wide"};
  return page(frame, head, [&](Html& html) {
    html.element("h1", {}, "Operations");
    if (!operations.known)
      html.element(
          "p", {{"class", "notice problem"}, {"role", "alert"}},
          "The bridge does not answer on its lane admin: what is shown is the last that was "
          "heard of it.");
    links(html, operations);
    facts(html, operations);
    html.in("div", {{"id", "charts"}, {"class", "charts"}}, [&] {
      html.element("p", {{"class", "hint"}}, "The charts of the last hour need scripts.");
    });
    html.element("h2", {}, "Classes");
    classes(html, operations);
    limits(html, frame, operations);
    talkers(html, operations);
    changes(html, operations);
  });
}

}  // namespace gateway::web::pages
