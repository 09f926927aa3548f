#include "gateway/web/operations_routes.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "gateway/web/target.h"

namespace gateway::web {
namespace {

using pages::Notice;
using pages::Operations;

std::string counted(std::uint64_t value) {
  return pages::number(value);
}

std::uint64_t counter_of(const wire::StatusReport& status, std::string_view name) {
  for (const wire::Counter& counter : status.counters())
    if (counter.name() == name) return counter.value();
  return 0;
}

void add_facts(Operations& page, const Seen& seen) {
  const wire::StatusReport& status = seen.status;
  page.facts = {{"Accounts", counted(status.accounts())},
                {"Reachable on Jabber", counted(status.online())},
                {"Follows", counted(status.follows())},
                {"Tracks", counted(status.tracks())},
                {"Records in the log", counted(status.head())},
                {"Up for", pages::duration(static_cast<std::int64_t>(status.uptime_ms() / 1000))},
                {"Gives way to the website", fmt::format("level {} of 4", seen.limits.pressure())},
                {"Web lane, 99 of 100",
                 fmt::format("{:.2f} ms", static_cast<double>(seen.limits.web_p99_us()) / 1000)}};
  for (const wire::LaneReport& lane : status.lanes())
    page.facts.emplace_back("Lane " + lane.lane(),
                            fmt::format("{} session{}, {} refused", lane.sessions(),
                                        lane.sessions() == 1 ? "" : "s", lane.refused()));
}

std::string breaker_words(int state, std::uint64_t opened) {
  const std::string_view now = state == 0   ? "closed"
                               : state == 1 ? "half open: one request at a time"
                                            : "open: requests wait";
  return fmt::format("breaker {}{}", now,
                     opened == 0 ? std::string() : fmt::format(", opened {} times", opened));
}

void add_links(Operations& page, const Seen& seen, const std::vector<GatewayPeek>& gateways) {
  const WebsiteNumbers& website = seen.website;
  page.links.push_back({"Website to bridge", breaker_words(website.breaker, website.breaker_opened),
                        website.breaker == 0});
  for (const GatewayPeek& gateway : gateways) {
    const std::string name =
        gateways.size() == 1 ? std::string("Gateway") : "Gateway " + gateway.address();
    const auto& one = gateway.seen();
    if (!one) {
      page.links.push_back({name, "does not answer at " + gateway.address(), false});
      continue;
    }
    page.links.push_back(
        {name + " to bridge",
         one->bridge_connected
             ? breaker_words(one->breaker, static_cast<std::uint64_t>(one->breaker_opened))
             : "the bridge is away",
         one->bridge_connected && one->breaker == 0});
    page.links.push_back(
        {name + " to the XMPP server", one->xmpp_online ? "online" : "away", one->xmpp_online});
  }
}

void add_classes(Operations& page, const Seen& seen) {
  constexpr std::string_view kDelivered = "delivered_";
  for (const wire::Counter& counter : seen.status.counters()) {
    if (!counter.name().starts_with(kDelivered)) continue;
    const std::string kind = counter.name().substr(kDelivered.size());
    const auto rate = seen.rates.find(kind);
    page.classes.push_back(
        {.name = kind,
         .delivered = counter.value(),
         .per_second = rate == seen.rates.end() ? 0 : rate->second,
         .queued = counter_of(seen.status, "queued_" + kind),
         .oldest_s = static_cast<double>(counter_of(seen.status, "oldest_ms_" + kind)) / 1000});
  }
}

void add_limits(Operations& page, const Seen& seen) {
  for (const wire::LimitLine& line : seen.limits.limits()) {
    if (!line.key().empty()) {  // an exception, behind its limit
      if (!page.limits.empty()) page.limits.back().overrides.push_back({line.key(), line.value()});
      continue;
    }
    page.limits.push_back({.name = line.name(),
                           .value = line.value(),
                           .help = line.what(),
                           .shadow = line.shadow(),
                           .changed = line.source() == "set"});
  }
}

void add_talkers(Operations& page, const Seen& seen) {
  for (const wire::TopGroup& group : seen.top.groups()) {
    pages::Talkers talkers{.title = group.what()};
    for (const wire::TopLine& line : group.lines())
      talkers.rows.emplace_back(line.key(), line.count());
    page.talkers.push_back(std::move(talkers));
  }
}

void add_changes(Operations& page, const Seen& seen) {
  for (const wire::LimitChangeLine& line : seen.changes.changes()) {
    std::string value = line.unset() ? "as configured" : line.value();
    if (line.shadow()) value += " (watched only)";
    page.changes.push_back(
        {.time_ms = line.time_ms(),
         .who = line.who(),
         .what = line.key().empty() ? line.name() : line.name() + " for " + line.key(),
         .old_value = line.old().empty() ? "as configured" : line.old(),
         .new_value = std::move(value)});
  }
}

}  // namespace

void OperationsRoutes::add_to(Router& router) {
  router.add("GET", "/operations", [this](const HttpRequest& request, const Respond& respond) {
    const Visit visit = visit_of(context_, request);
    if (!refused(visit, respond)) show(visit, 200, respond);
  });
  router.add(
      "GET", "/operations/samples",
      [this](const HttpRequest& request, const Respond& respond) { samples(request, respond); });
  router.add(
      "POST", "/operations/limits",
      [this](const HttpRequest& request, const Respond& respond) { change(request, respond); });
}

bool OperationsRoutes::refused(const Visit& visit, const Respond& respond) const {
  if (visit.known && visit.known->is_operator) return false;
  respond(problem_answer(context_, visit,
                         {404, "Not here", "There is no such page, or it is not kept any more."}));
  return true;
}

void OperationsRoutes::show(const Visit& visit, unsigned status, const Respond& respond) {
  watch_.look(visit.now, [=, this](const Seen& seen) {
    Operations page;
    page.known = seen.now;
    add_links(page, seen, watch_.gateways());
    add_facts(page, seen);
    add_classes(page, seen);
    add_limits(page, seen);
    add_talkers(page, seen);
    add_changes(page, seen);
    respond(page_answer(context_, visit, pages::operations_page(visit.frame, page), status));
  });
}

void OperationsRoutes::samples(const HttpRequest& request, const Respond& respond) {
  const Visit visit = visit_of(context_, request);
  if (refused(visit, respond)) return;
  const std::string_view text = request.argument("after");
  bridge::base::WallMs after = 0;
  std::from_chars(text.data(), text.data() + text.size(), after);
  HttpResponse response{.content_type = std::string(kJson),
                        .headers = {{"Cache-Control", "no-store"}},
                        .body = watch_.samples().json(after)};
  add_guards(context_, response);
  respond(std::move(response));
}

void OperationsRoutes::change(const HttpRequest& request, const Respond& respond) {
  Visit visit = visit_of(context_, request);
  if (refused(visit, respond)) return;
  const auto form = parse_form(request.body);
  if (!form || !visit.known->may_change)
    return respond(problem_answer(context_, visit,
                                  {403, "Not from here", "That form was not from this site."}));
  const std::string_view what = field(*form, "do");
  wire::ChangeLimit change;
  change.set_name(std::string(field(*form, "limit")));
  change.set_key(std::string(field(*form, "key")));
  change.set_value(std::string(field(*form, "value")));
  change.set_unset(what == "unset");
  change.set_shadow(what == "shadow");
  change.set_who(visit.nick());
  visit.frame.path = "/operations";
  watch_.change(change, visit.now, [=, this](const wire::Reply& reply) {
    if (!reply.has_error()) {
      context_.sessions.tell(visit.known->token,
                             {Notice::Kind::kDone, change.name() + " is changed."});
      return respond(go_to(context_, "/operations"));
    }
    Visit again = visit;
    again.frame.notice = Notice{Notice::Kind::kProblem, reply.error().text()};
    show(again, 422, respond);
  });
}

}  // namespace gateway::web
