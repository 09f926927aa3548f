// lapwingctl op, lapwingctl audit: what operators do to keep order, in the words of the chat, and
// what was done.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <functional>
#include <iostream>
#include <memory>
#include <string_view>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/exit_code.h"
#include "bridge/ctl/json.h"
#include "bridge/ctl/report.h"
#include "bridge/ctl/request.h"

namespace bridge::ctl {
namespace {

struct OpOptions {
  std::string action;
  std::string what;
  std::string text;
  std::string who;
  bool yes = false;
};

// What an action needs beside its name.
struct OpAction {
  std::string_view name;
  std::string_view what;  // empty: nothing
  std::string_view text;  // empty: nothing; in brackets: it may be left out
  std::string_view warning;
  void (*set)(wire::Operate& operate, const OpOptions& options);
};

std::uint64_t post_number(std::string_view text) {
  if (text.starts_with('#')) text.remove_prefix(1);
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ptr == text.data() + text.size() ? number : 0;
}

wire::Registration registration_of(std::string_view word) {
  if (word == "open") return wire::OPEN;
  if (word == "closed") return wire::CLOSED;
  return word == "configured" ? wire::AS_CONFIGURED : static_cast<wire::Registration>(-1);
}

constexpr std::array kActions = {
    OpAction{"suspend",
             "NICK",
             "[REASON]",
             {},
             [](wire::Operate& operate, const OpOptions& options) {
               operate.mutable_suspend()->set_nick(options.what);
               operate.mutable_suspend()->set_reason(options.text);
             }},
    OpAction{"restore",
             "NICK",
             {},
             {},
             [](wire::Operate& operate, const OpOptions& options) {
               operate.set_restore(options.what);
             }},
    OpAction{
        "delete",
        "NICK",
        {},
        "erases the account, all it wrote and all that was written to it",
        [](wire::Operate& operate, const OpOptions& options) { operate.set_erase(options.what); }},
    OpAction{"remove",
             "N",
             "[REASON]",
             {},
             [](wire::Operate& operate, const OpOptions& options) {
               operate.mutable_remove()->set_post(post_number(options.what));
               operate.mutable_remove()->set_reason(options.text);
             }},
    OpAction{"rename",
             "NICK",
             "NEW",
             {},
             [](wire::Operate& operate, const OpOptions& options) {
               operate.mutable_rename()->set_nick(options.what);
               operate.mutable_rename()->set_to(options.text);
             }},
    OpAction{
        "ban",
        "DOMAIN",
        {},
        {},
        [](wire::Operate& operate, const OpOptions& options) { operate.set_ban(options.what); }},
    OpAction{
        "unban",
        "DOMAIN",
        {},
        {},
        [](wire::Operate& operate, const OpOptions& options) { operate.set_unban(options.what); }},
    OpAction{"reserve",
             "NICK",
             {},
             {},
             [](wire::Operate& operate, const OpOptions& options) {
               operate.set_reserve(options.what);
             }},
    OpAction{"release",
             "NICK",
             {},
             {},
             [](wire::Operate& operate, const OpOptions& options) {
               operate.set_release(options.what);
             }},
    OpAction{"registration",
             "open|closed|configured",
             {},
             {},
             [](wire::Operate& operate, const OpOptions& options) {
               operate.set_registration(registration_of(options.what));
             }},
    OpAction{"announce",
             "TEXT",
             {},
             "goes to everybody who has an account",
             [](wire::Operate& operate, const OpOptions& options) {
               operate.set_announce(options.what);
             }},
    OpAction{
        "grant",
        "NICK",
        {},
        {},
        [](wire::Operate& operate, const OpOptions& options) { operate.set_grant(options.what); }},
    OpAction{
        "revoke",
        "NICK",
        {},
        {},
        [](wire::Operate& operate, const OpOptions& options) { operate.set_revoke(options.what); }},
};

const OpAction* find_action(std::string_view name) {
  for (const OpAction& action : kActions)
    if (action.name == name) return &action;
  return nullptr;
}

// What is wrong with the words, if anything.
base::Result<void> check(const OpAction& action, const OpOptions& options) {
  const bool needs_text = !action.text.empty() && !action.text.starts_with('[');
  if (options.what.empty() || (needs_text && options.text.empty()) ||
      (action.text.empty() && !options.text.empty()))
    return base::fail(
        base::ErrorCode::kBadRequest,
        fmt::format("It is written: lapwingctl op {} {}{}{} (in quotes, if it has "
                    "spaces).",
                    action.name, action.what, action.text.empty() ? "" : " ", action.text));
  if (!action.warning.empty() && !options.yes)
    return base::fail(base::ErrorCode::kBadRequest,
                      fmt::format("This {}, and cannot be undone: say --yes.", action.warning));
  return {};
}

int list(Connection& connection, const OpOptions& options) {
  wire::Request request;
  request.mutable_show_order()->set_who(options.who);
  const auto reply = connection.ask(request);
  if (!reply) return report(reply.error());
  if (!reply->has_order()) return report(unexpected_reply());
  std::cout << to_text(reply->order());
  return kOk;
}

int op(const Access& access, OpOptions options) {
  if (options.who.empty()) options.who = operator_name();
  const OpAction* action = find_action(options.action);
  if (!action && options.action != "list")
    return report_usage({base::ErrorCode::kBadRequest,
                         "An operator can: list, suspend, restore, delete, remove, rename, ban, "
                         "unban, reserve, release, registration, announce, grant, revoke."});
  wire::Request request;
  if (action) {
    if (const auto good = check(*action, options); !good) return report_usage(good.error());
    request.mutable_operate()->set_who(options.who);
    action->set(*request.mutable_operate(), options);
  }
  const auto connection = Connection::open(access);
  if (!connection) return report_usage(connection.error());
  if (!action) return list(**connection, options);
  const auto reply = (*connection)->ask(request);
  if (!reply) return report(reply.error());
  if (!reply->has_done()) return report(unexpected_reply());
  std::cout << (reply->done().changed() ? "Done.\n" : "It was so already.\n");
  return kOk;
}

struct AuditOptions {
  std::size_t count = 0;
  bool json = false;
};

int audit(const Access& access, const AuditOptions& options) {
  const auto connection = Connection::open(access);
  if (!connection) return report_usage(connection.error());
  wire::Request request;
  request.mutable_audit()->set_count(static_cast<std::uint32_t>(options.count));
  const auto reply = (*connection)->ask(request);
  if (!reply) return report(reply.error());
  if (!reply->has_audit_trail()) return report(unexpected_reply());
  std::cout << (options.json ? to_json(reply->audit_trail()) + "\n"
                             : to_text(reply->audit_trail()));
  return kOk;
}

}  // namespace

void add_op(base::CommandLine& line, const Access& access, Action& action) {
  base::Command command =
      line.command("op", "Keep order: suspend and rename accounts, remove posts, ban domains, …");
  command.inherit_options();
  const auto options = std::make_shared<OpOptions>();
  command.option(options->action, {.name = "action",
                                   .help = "list, suspend, restore, delete, remove, rename, ban, "
                                           "unban, reserve, release, registration, announce, "
                                           "grant or revoke",
                                   .type = "ACTION",
                                   .required = true});
  command.option(options->what,
                 {.name = "what", .help = "a nick, a post's number, a domain", .type = "WHAT"});
  command.option(options->text, {.name = "text", .help = "a reason; the new name", .type = "TEXT"});
  command.option(options->who,
                 {.name = "--by", .help = "for the audit trail; your user name", .type = "NAME"});
  command.flag(options->yes, "--yes", "yes, what cannot be undone");
  command.footer(
      "The same as `op` in a chat, where `op` lists what each does.\n"
      "Examples:\n"
      "  lapwingctl op suspend mallory \"the same link, forty times\"\n"
      "  lapwingctl op remove 1234\n"
      "  lapwingctl op registration closed");
  command.on_chosen(
      [options, &access, &action] { action = [=, &access] { return op(access, *options); }; });
}

void add_audit(base::CommandLine& line, const Access& access, Action& action) {
  base::Command command =
      line.command("audit", "Show what operators did, the newest first, with who did it.");
  command.inherit_options();
  const auto options = std::make_shared<AuditOptions>();
  command.option(options->count, {.name = "--count", .help = "so many", .type = "N"},
                 {.min = 1, .max = 100});
  command.flag(options->json, "--json", "as one JSON object on one line");
  command.on_chosen(
      [options, &access, &action] { action = [=, &access] { return audit(access, *options); }; });
}

}  // namespace bridge::ctl
