// Commands of operators: what they do to keep order. Shown to them alone; to everybody else there
// are none of these. docs/decisions/keeping-order.md says what each means.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>

#include "gateway/command/commands.h"
#include "gateway/command/fields.h"
#include "gateway/command/phrasing.h"
#include "gateway/command/texts.h"
#include "gateway/command/words.h"

namespace gateway::command {
namespace {

constexpr Field kNick{"nick", Kind::kNick, "Nick"};
constexpr Field kReason{"reason", Kind::kText, "Reason, for them to read", true};

constexpr std::array kNickFields = {kNick};
constexpr std::array kSuspendFields = {kNick, kReason};
constexpr std::array kRemoveFields = {Field{"post", Kind::kNumber, "Its number, as #17"}, kReason};
constexpr std::array kRenameFields = {kNick, Field{"to", Kind::kNick, "New name"}};
constexpr std::array kDomainFields = {Field{"domain", Kind::kWord, "Domain, as example.org"}};
constexpr std::array kRegistrationFields = {
    Field{"to", Kind::kWord, "open, closed, or configured"}};
constexpr std::array kTextFields = {Field{"text", Kind::kText, "Text"}};
constexpr std::array kCountFields = {Field{"count", Kind::kCount, "How many", true}};

wire::Operate& operate(wire::Request& request) {
  return *request.mutable_operate();
}

// Each with a {0} for the nick that was said, as the bridge writes it.
std::string say_of(const Values& values, const wire::Reply& reply,
                   fmt::format_string<std::string> changed,
                   fmt::format_string<std::string> before) {
  std::string nick = reply.done().nick();
  if (nick.empty()) nick = values.text("nick");
  return fmt::format(reply.done().changed() ? changed : before, std::move(nick));
}

std::string say_suspended(const Values& values, const wire::Reply& reply) {
  if (!reply.done().changed()) return say_of(values, reply, "{}", "{} is suspended already.");
  std::string text = say_of(values, reply, "{} is suspended now", "{}");
  if (values.has("reason")) text += fmt::format(": {}", values["reason"]);
  return text + (values.has("reason") ? "" : ".");
}

std::string say_removed(const Values& values, const wire::Reply& reply) {
  if (!reply.done().changed()) return fmt::format("Post {} is gone already.", values["post"]);
  return fmt::format("Post {} by {} is removed, and they are told.", values["post"],
                     reply.done().nick());
}

std::string say_renamed(const Values& values, const wire::Reply& reply) {
  if (!reply.done().changed()) return fmt::format("That is their name already.");
  return fmt::format("{} is called {} now; nobody else can be called {}.", reply.done().nick(),
                     values["to"], reply.done().nick());
}

std::string say_of_domain(const Values& values, const wire::Reply& reply,
                          fmt::format_string<std::string> changed,
                          fmt::format_string<std::string> before) {
  return fmt::format(reply.done().changed() ? changed : before, values.text("domain"));
}

// What is none of them is for the bridge to refuse.
wire::Registration registration_of(std::string_view word) {
  if (word == "open") return wire::OPEN;
  if (word == "closed") return wire::CLOSED;
  return word == "configured" ? wire::AS_CONFIGURED : static_cast<wire::Registration>(-1);
}

bool read_registration(std::string_view rest, Values& values) {
  const std::string word = lower(rest);
  if (!wire::Registration_IsValid(registration_of(word))) return false;
  values.set("to", word);
  return true;
}

std::string_view in_words(wire::Registration to) {
  switch (to) {
    case wire::OPEN:
      return "open";
    case wire::CLOSED:
      return "closed";
    default:
      return "as configured";
  }
}

std::string say_registration(const Values& values, const wire::Reply& reply) {
  return fmt::format(fmt::runtime(reply.done().changed() ? "Registration is {} now."
                                                         : "Registration is {} already."),
                     in_words(registration_of(lower(values["to"]))));
}

// "2026-11-26 18:02 alice: suspend bob (active → suspended: spam)"
std::string say_trail(const Values&, const wire::Reply& reply) {
  const auto& lines = reply.audit_trail().lines();
  if (lines.empty()) return "No operator has done anything yet.";
  std::string text;
  for (const wire::AuditLine& line : lines) {
    fmt::format_to(std::back_inserter(text), "{}{} {}: {}", text.empty() ? "" : "\n",
                   day_and_time(line.time_ms()), line.who(), line.what());
    if (!line.about().empty()) fmt::format_to(std::back_inserter(text), " {}", line.about());
    if (!line.old().empty())
      fmt::format_to(std::back_inserter(text), " ({} → {})", line.old(), line.now());
    else if (!line.now().empty())
      fmt::format_to(std::back_inserter(text), " ({})", line.now());
  }
  return text;
}

// Of more than the bridge lists, it does not say how many there are.
template <class Names>
std::string listed(const Names& names) {
  if (names.empty()) return "none";
  const bool cut = static_cast<std::size_t>(names.size()) >= bridge::wire::kNamesMax;
  return fmt::format("{}{}", fmt::join(names, ", "), cut ? ", and maybe more" : "");
}

std::string say_order(const Values&, const wire::Reply& reply) {
  const wire::Order& order = reply.order();
  return fmt::format(
      "Operators: {}\nSuspended: {}\nBanned domains: {}\nReserved nicks: {}\nRegistration: {}",
      listed(order.operators()), listed(order.suspended()), listed(order.banned()),
      listed(order.reserved()), in_words(order.registration()));
}

constexpr std::array kCommands = {
    Entry{.name = "op",
          .usage = "op",
          .help = "Lists what operators can do.",
          .manual =
              "The first of them stand in the configuration of the bridge; to everybody else "
              "there is no such command. What is done is in the audit trail, with who did it.",
          .section = Section::kOperators,
          .say = [](const Values&, const wire::Reply&) { return operators_help(); }},
    Entry{.name = "op suspend",
          .fields = kSuspendFields,
          .usage = "op suspend NICK [REASON]",
          .help = "Suspends NICK, who may do nothing then, and is told the REASON.",
          .manual = "What NICK wrote and somebody has yet to get does not come, now or later; the "
                    "posts are not shown. What comes for NICK waits. Said again, it changes the "
                    "REASON.",
          .section = Section::kOperators,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                operate(request).mutable_suspend()->set_nick(values.text("nick"));
                operate(request).mutable_suspend()->set_reason(values.text("reason"));
              },
          .say = say_suspended},
    Entry{.name = "op restore",
          .fields = kNickFields,
          .usage = "op restore NICK",
          .help = "Ends the suspension of NICK.",
          .section = Section::kOperators,
          .ask = [](const Values& values, std::string_view,
                    wire::Request& request) { operate(request).set_restore(values.text("nick")); },
          .say =
              [](const Values& values, const wire::Reply& reply) {
                return say_of(values, reply, "{} is not suspended any more.",
                              "{} is not suspended.");
              }},
    Entry{.name = "op delete",
          .fields = kNickFields,
          .usage = "op delete NICK",
          .help = "Erases the account NICK, all it wrote and all that was written to it.",
          .manual = "As `erase` does. The address may join again: to keep somebody out, suspend "
                    "them instead.",
          .section = Section::kOperators,
          .warning = "This erases the account, all it wrote and all that was written to it; it "
                     "cannot be undone.",
          .ask = [](const Values& values, std::string_view,
                    wire::Request& request) { operate(request).set_erase(values.text("nick")); },
          .say =
              [](const Values& values, const wire::Reply& reply) {
                return say_of(values, reply, "{} is gone, with all that was theirs.",
                              "{} is gone already.");
              }},
    Entry{.name = "op remove",
          .fields = kRemoveFields,
          .usage = "op remove #N [REASON]",
          .help = "Takes the post of that number away from everybody who got it.",
          .manual = "As `del` does for its author, who is told the REASON.",
          .section = Section::kOperators,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                operate(request).mutable_remove()->set_post(post_ref(values["post"]).id());
                operate(request).mutable_remove()->set_reason(values.text("reason"));
              },
          .say = say_removed},
    Entry{.name = "op rename",
          .fields = kRenameFields,
          .usage = "op rename NICK NEW",
          .help = "Gives NICK another name.",
          .manual = "Who follows NICK goes on following. Nobody else can be called NICK, and who "
                    "looks for NICK is told the new name, until `op release NICK`.",
          .section = Section::kOperators,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                operate(request).mutable_rename()->set_nick(values.text("nick"));
                operate(request).mutable_rename()->set_to(values.text("to"));
              },
          .say = say_renamed},
    Entry{.name = "op ban",
          .fields = kDomainFields,
          .usage = "op ban DOMAIN",
          .help = "Serves nobody whose address is in DOMAIN, or in one below it.",
          .manual = "Nobody there can join; who has an account there can do nothing, and what "
                    "comes for them waits. They are told so once a day.",
          .section = Section::kOperators,
          .ask = [](const Values& values, std::string_view,
                    wire::Request& request) { operate(request).set_ban(values.text("domain")); },
          .say =
              [](const Values& values, const wire::Reply& reply) {
                return say_of_domain(values, reply, "{} is banned now.", "{} is banned already.");
              }},
    Entry{.name = "op unban",
          .fields = kDomainFields,
          .usage = "op unban DOMAIN",
          .help = "Ends that.",
          .section = Section::kOperators,
          .ask = [](const Values& values, std::string_view,
                    wire::Request& request) { operate(request).set_unban(values.text("domain")); },
          .say =
              [](const Values& values, const wire::Reply& reply) {
                return say_of_domain(values, reply, "{} is not banned any more.",
                                     "{} is not banned.");
              }},
    Entry{.name = "op reserve",
          .fields = kNickFields,
          .usage = "op reserve NICK",
          .help = "Lets nobody be called NICK.",
          .section = Section::kOperators,
          .ask = [](const Values& values, std::string_view,
                    wire::Request& request) { operate(request).set_reserve(values.text("nick")); },
          .say =
              [](const Values& values, const wire::Reply& reply) {
                return say_of(values, reply, "{} is reserved now.", "{} is reserved already.");
              }},
    Entry{.name = "op release",
          .fields = kNickFields,
          .usage = "op release NICK",
          .help = "Ends that.",
          .section = Section::kOperators,
          .ask = [](const Values& values, std::string_view,
                    wire::Request& request) { operate(request).set_release(values.text("nick")); },
          .say =
              [](const Values& values, const wire::Reply& reply) {
                return say_of(values, reply, "{} is free now.", "{} is not reserved.");
              }},
    Entry{.name = "op registration",
          .fields = kRegistrationFields,
          .usage = "op registration open|closed|configured",
          .help = "Lets newcomers join or not, whatever the configuration of the gateway says.",
          .manual = "With `configured`, as that says again. Members may come back in any case.",
          .section = Section::kOperators,
          .read = read_registration,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                operate(request).set_registration(registration_of(lower(values["to"])));
              },
          .say = say_registration},
    Entry{.name = "op announce",
          .fields = kTextFields,
          .usage = "op announce TEXT",
          .help = "Sends TEXT to everybody who has an account.",
          .manual = "It comes like the posts of somebody they follow: with delivery off, or while "
                    "they are away, it waits.",
          .section = Section::kOperators,
          .warning = "This goes to everybody who has an account, and cannot be taken back.",
          .ask = [](const Values& values, std::string_view,
                    wire::Request& request) { operate(request).set_announce(values.text("text")); },
          .say =
              [](const Values&, const wire::Reply& reply) {
                return std::string(reply.done().changed() ? "Announced: it is on its way."
                                                          : "That was announced already.");
              }},
    Entry{.name = "op grant",
          .fields = kNickFields,
          .usage = "op grant NICK",
          .help = "Makes NICK an operator.",
          .section = Section::kOperators,
          .ask = [](const Values& values, std::string_view,
                    wire::Request& request) { operate(request).set_grant(values.text("nick")); },
          .say =
              [](const Values& values, const wire::Reply& reply) {
                return say_of(values, reply, "{} is an operator now.",
                              "{} is an operator already.");
              }},
    Entry{.name = "op revoke",
          .fields = kNickFields,
          .usage = "op revoke NICK",
          .help = "Ends that. Those of the configuration stay.",
          .section = Section::kOperators,
          .ask = [](const Values& values, std::string_view,
                    wire::Request& request) { operate(request).set_revoke(values.text("nick")); },
          .say =
              [](const Values& values, const wire::Reply& reply) {
                return say_of(values, reply, "{} is no operator any more.", "{} is no operator.");
              }},
    Entry{.name = "op list",
          .usage = "op list",
          .help = "Lists operators, who is suspended, and what is banned and reserved.",
          .section = Section::kOperators,
          .ask = [](const Values&, std::string_view,
                    wire::Request& request) { request.mutable_show_order(); },
          .say = say_order},
    Entry{.name = "op audit",
          .fields = kCountFields,
          .usage = "op audit [N]",
          .help = "Shows the last 10 things, or N, that operators did, the newest first.",
          .manual = "At most 100. Limits that were set are among them.",
          .section = Section::kOperators,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                std::uint32_t count = 0;
                const std::string_view text = values["count"];
                std::from_chars(text.data(), text.data() + text.size(), count);
                request.mutable_audit()->set_count(count);
              },
          .say = say_trail},
};

}  // namespace

std::span<const Entry> operator_commands() {
  return kCommands;
}

}  // namespace gateway::command
