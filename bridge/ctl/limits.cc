// lapwingctl limits, lapwingctl top: the limits in force, changing them, what was changed, and who
// meets them.
#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <utility>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/exit_code.h"
#include "bridge/ctl/json.h"
#include "bridge/ctl/report.h"
#include "bridge/ctl/request.h"

namespace bridge::ctl {
namespace {

struct LimitsOptions {
  std::string action = "show";
  std::string name;
  std::string value;
  std::string key;
  std::string who;
  std::size_t percent = 0;
  std::size_t count = 0;
  bool json = false;
};

base::Error usage(std::string_view sentence) {
  return {base::ErrorCode::kBadRequest, std::string(sentence), std::nullopt};
}

wire::Request show_request(const LimitsOptions& options) {
  wire::Request request;
  request.mutable_show_limits()->set_name(options.name);
  return request;
}

wire::ChangeLimit& change(wire::Request& request, const LimitsOptions& options) {
  wire::ChangeLimit& change = *request.mutable_change_limit();
  change.set_name(options.name);
  change.set_key(options.key);
  change.set_value(options.value);
  change.set_percent(static_cast<std::uint32_t>(options.percent));
  change.set_who(options.who.empty() ? operator_name() : options.who);
  return change;
}

int show(Connection& connection, const LimitsOptions& options) {
  const auto reply = connection.ask(show_request(options));
  if (!reply) return report(reply.error());
  if (!reply->has_limits()) return report(unexpected_reply());
  std::cout << (options.json ? to_json(reply->limits()) + "\n" : to_text(reply->limits()));
  return kOk;
}

int history(Connection& connection, const LimitsOptions& options) {
  wire::Request request;
  request.mutable_limit_history()->set_count(static_cast<std::uint32_t>(options.count));
  const auto reply = connection.ask(request);
  if (!reply) return report(reply.error());
  if (!reply->has_limit_changes()) return report(unexpected_reply());
  std::cout << (options.json ? to_json(reply->limit_changes()) + "\n"
                             : to_text(reply->limit_changes()));
  return kOk;
}

int change_limit(Connection& connection, const wire::Request& request,
                 const LimitsOptions& options) {
  const auto reply = connection.ask(request, Repeat::kNo);
  if (!reply) return report(reply.error());
  return show(connection, options);
}

// Into shadow and out of it with the value that is in force, or with a new one to be tried.
int shadow(Connection& connection, LimitsOptions options) {
  const bool on = options.value != "off";
  if (options.value.empty() || options.value == "on" || !on) {
    const auto reply = connection.ask(show_request(options));
    if (!reply) return report(reply.error());
    if (!reply->has_limits() || reply->limits().limits().empty()) return report(unexpected_reply());
    options.value = reply->limits().limits(0).value();
  }
  wire::Request request;
  change(request, options).set_shadow(on);
  return change_limit(connection, request, options);
}

int limits(const Access& access, const LimitsOptions& options) {
  const auto opened = Connection::open(access);
  if (!opened) return report_usage(opened.error());
  Connection& connection = **opened;
  if (options.action == "show") return show(connection, options);
  if (options.action == "history") return history(connection, options);
  if (options.name.empty())
    return report_usage(usage("Say which limit: `lapwingctl limits show` lists them."));
  wire::Request request;
  if (options.action == "unset") {
    change(request, options).set_unset(true);
    return change_limit(connection, request, options);
  }
  if (options.action == "shadow") return shadow(connection, options);
  if (options.action != "set")
    return report_usage(usage("A limit can be: show, set, unset, shadow, history."));
  if (options.value.empty())
    return report_usage(usage("Say what to set it to, such as \"20/10s burst 40\"."));
  change(request, options);
  return change_limit(connection, request, options);
}

int top(const Access& access, const LimitsOptions& options) {
  const auto connection = Connection::open(access);
  if (!connection) return report_usage(connection.error());
  wire::Request request;
  request.mutable_top()->set_count(static_cast<std::uint32_t>(options.count));
  const auto reply = (*connection)->ask(request);
  if (!reply) return report(reply.error());
  if (!reply->has_top()) return report(unexpected_reply());
  std::cout << (options.json ? to_json(reply->top()) + "\n" : to_text(reply->top()));
  return kOk;
}

}  // namespace

void add_limits(base::CommandLine& line, const Access& access, Action& action) {
  base::Command command =
      line.command("limits", "Show the limits in force and change them while the bridge runs.");
  command.inherit_options();
  const auto options = std::make_shared<LimitsOptions>();
  command.option(
      options->action,
      {.name = "action", .help = "show, set, unset, shadow or history", .type = "ACTION"});
  command.option(options->name,
                 {.name = "name",
                  .help = "a limit, such as im.publishes; or first whom an exception "
                          "is for, such as person:alice@example.org",
                  .type = "NAME"});
  command.option(
      options->value,
      {.name = "value",
       .help = "\"20/10s burst 40\", unlimited, a number, a duration; of shadow: on, off, "
               "or a limit to try",
       .type = "VALUE"});
  // After `person:… NAME`, the value is the fourth word.
  const auto last = std::make_shared<std::string>();
  command.option(
      *last,
      {.name = "exception_value", .help = "the value, behind whom it is for", .type = "VALUE"});
  command.option(options->key, {.name = "--for",
                                .help = "an exception: person:ADDRESS, domain:NAME or client:NAME",
                                .type = "KEY"});
  command.option(options->percent,
                 {.name = "--percent", .help = "binds only this share of the people", .type = "N"},
                 {.min = 1, .max = 100});
  command.option(options->count,
                 {.name = "--count", .help = "of history: so many changes", .type = "N"},
                 {.min = 1, .max = 500});
  command.option(options->who,
                 {.name = "--by", .help = "for the audit trail; your user name", .type = "NAME"});
  command.flag(options->json, "--json", "as one JSON object on one line");
  command.footer(
      "Examples:\n"
      "  lapwingctl limits set im.publishes \"300/1s burst 1000\"\n"
      "  lapwingctl limits set person:alice@example.org im.requests_per_person 1/s\n"
      "  lapwingctl limits shadow im.requests_per_domain \"100/1s\"\n"
      "  lapwingctl limits unset im.publishes");
  command.on_chosen([options, last, &access, &action] {
    action = [=, &access]() -> int {
      LimitsOptions chosen = *options;
      // `set person:alice@example.org NAME VALUE` is `set NAME VALUE --for person:…`: the name of a
      // limit has no colon.
      if (chosen.name.find(':') != std::string::npos) {
        chosen.key = std::exchange(chosen.name, std::exchange(chosen.value, *last));
      } else if (!last->empty()) {
        return report_usage(usage("A limit with spaces goes in quotes: \"20/10s burst 40\"."));
      }
      return limits(access, chosen);
    };
  });
}

void add_top(base::CommandLine& line, const Access& access, Action& action) {
  base::Command command = line.command(
      "top", "Show who met limits most of late, and the words and authors with most listeners.");
  command.inherit_options();
  const auto options = std::make_shared<LimitsOptions>();
  command.option(options->count, {.name = "--count", .help = "of each kind", .type = "N"},
                 {.min = 1, .max = 50});
  command.flag(options->json, "--json", "as one JSON object on one line");
  command.on_chosen(
      [options, &access, &action] { action = [=, &access] { return top(access, *options); }; });
}

}  // namespace bridge::ctl
