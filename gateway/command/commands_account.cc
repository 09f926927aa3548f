// Commands about oneself: help, membership, delivery.
#include <fmt/format.h>

#include <array>

#include "bridge/base/secret.h"
#include "gateway/command/commands.h"
#include "gateway/command/phrasing.h"
#include "gateway/command/texts.h"

namespace gateway::command {
namespace {

using Names1 = std::array<std::string_view, 1>;

constexpr std::array kHelpFields = {Field{"command", Kind::kCommand, "About which command", true}};
constexpr std::array kJoinFields = {Field{"nick", Kind::kNick, "The name you want"}};
constexpr std::array kRenameFields = {Field{"nick", Kind::kNick, "The name you want"}};
constexpr std::array kZoneFields = {Field{"zone", Kind::kWord, "As Europe/Berlin"}};

constexpr std::array kLinkFields = {
    Field{"whom", Kind::kWhom, "The new address; or, from there, your nick"}};

constexpr std::array kQuestionFields = {
    Field{"id", Kind::kWord, "As the question says it, such as K7QF-MX"}};

constexpr Names1 kOffNames = {"stop"};

std::string say_joined(const Values&, const wire::Reply& reply) {
  if (reply.joined().returned()) return fmt::format("Welcome back, {}.", reply.joined().nick());
  return fmt::format(
      "Welcome, {}. Try `track` with a word you care about, `follow` somebody, or `post` "
      "something; `help` lists all commands.",
      reply.joined().nick());
}

std::string say_called(const Values& values, const wire::Reply& reply) {
  if (!reply.done().changed()) return fmt::format("You are {} here already.", values["nick"]);
  return fmt::format("You are {} here from now on, not {}.", values["nick"], reply.done().nick());
}

std::string say_numbers(const Values&, const wire::Reply& reply) {
  const wire::Numbers& numbers = reply.numbers();
  std::string text =
      fmt::format("You are {}.\nFollowing: {}\nFollowers: {}\nTracks: {}\nPosts: {}\nDelivery: {}",
                  numbers.nick(), numbers.follows(), numbers.followers(), numbers.tracks(),
                  numbers.posts(), numbers.delivery_on() ? "on" : "off");
  if (!numbers.zone().empty()) text += "\nTime zone: " + numbers.zone();
  return text;
}

// From the old address, an address; from that, the nick.
void ask_to_move(const Values& values, std::string_view, wire::Request& request) {
  const std::string whom = values.text("whom");
  if (whom.find('@') == whom.npos)
    request.mutable_take_move()->set_nick(whom);
  else
    request.mutable_offer_move()->set_address(whom);
}

std::string say_moved(const Values&, const wire::Reply& reply) {
  if (reply.has_move_offered()) {
    const wire::MoveOffered& offer = reply.move_offered();
    return fmt::format(
        "Nothing has changed yet. Now say `link {}` here from {}, within {}: then that is your "
        "address, and this one is not any more.",
        offer.nick(), offer.address(), how_long(offer.good_for_ms()));
  }
  return fmt::format("You are {} now, with all you follow and track and all that waits for you.",
                     reply.moved().nick());
}

std::string once(const wire::SignInCode& code) {
  return fmt::format(
      "It works once, within {}. Whoever has it can sign in as you: tell it to nobody.",
      how_long(code.good_for_ms()));
}

std::string say_code(const Values&, const wire::Reply& reply) {
  const wire::SignInCode& code = reply.sign_in_code();
  std::string text = fmt::format("Your code for the website: {}\n{}", code.code(), once(code));
  if (!code.website().empty())
    text += fmt::format("\n{}/sign-in?code={}", code.website(), code.code());
  return text;
}

std::string say_where_to_get_it(const Values&, const wire::Reply& reply) {
  const wire::SignInCode& code = reply.sign_in_code();
  if (code.website().empty())
    return fmt::format(
        "Sign in on the website with this code, then choose \"Download my data\" among the "
        "settings: {}\n{}",
        code.code(), once(code));
  return fmt::format(
      "All that is kept of you, as a file: {}/sign-in?back=/settings/export&code={}\n{}",
      code.website(), code.code(), once(code));
}

// Only what looks like K7QF-MX, in any case: two words of a sentence never do.
bool read_question(std::string_view rest, Values& values) {
  constexpr std::string_view kShape = "####-##";
  if (rest.size() != kShape.size()) return false;
  for (std::size_t at = 0; at < rest.size(); ++at) {
    const char upper =
        rest[at] >= 'a' && rest[at] <= 'z' ? static_cast<char>(rest[at] - 'a' + 'A') : rest[at];
    const bool fits = kShape[at] == '-'
                          ? upper == '-'
                          : bridge::base::kUnambiguous.find(upper) != std::string_view::npos;
    if (!fits) return false;
  }
  values.set("id", std::string(rest));
  return true;
}

void answer_question(const Values& values, bool yes, wire::Request& request) {
  request.mutable_answer_sign_in()->set_transaction(values.text("id"));
  request.mutable_answer_sign_in()->set_yes(yes);
}

constexpr std::array kCommands = {
    Entry{.name = "help",
          .fields = kHelpFields,
          .usage = "help [COMMAND]",
          .help = "Shows this list, or more about one command.",
          .section = Section::kYou,
          .misfit = Misfit::kMaySpeak,
          .members_only = false,
          .say =
              [](const Values& values, const wire::Reply&) {
                return help_text(find(values["command"]), values.has("operator"));
              }},
    Entry{.name = "join",
          .fields = kJoinFields,
          .usage = "join NICK",
          .help = "Makes you a member under this name: 1 to 20 letters, digits or _.",
          .manual = "Names are compared without case. Nobody is shown your address.",
          .section = Section::kYou,
          .misfit = Misfit::kMaySpeak,
          .members_only = false,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                request.mutable_join()->set_nick(values.text("nick"));
              },
          .say = say_joined},
    Entry{.name = "stats",
          .usage = "stats",
          .help = "Shows your numbers.",
          .section = Section::kYou,
          .ask = [](const Values&, std::string_view,
                    wire::Request& request) { request.mutable_stats(); },
          .say = say_numbers},
    Entry{.name = "rename",
          .fields = kRenameFields,
          .usage = "rename NICK",
          .help = "Changes your name here: 1 to 20 letters, digits or _.",
          .manual = "Who follows you still does. The old name stays taken, also for you, and "
                    "whoever looks for it is told the new one. After that, not again for a while.",
          .section = Section::kYou,
          .misfit = Misfit::kMaySpeak,
          .warning = "This changes your name, and the old one does not come back.",
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                request.mutable_rename()->set_to(values.text("nick"));
              },
          .say = say_called},
    Entry{.name = "timezone",
          .fields = kZoneFields,
          .usage = "timezone ZONE",
          .help = "Says where you are, like Europe/Berlin, so that times are shown as yours.",
          .section = Section::kYou,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                request.mutable_set_zone()->set_zone(values.text("zone"));
              },
          .say =
              [](const Values& values, const wire::Reply& reply) {
                return fmt::format(
                    fmt::runtime(reply.done().changed() ? "Times are shown as in {} from now on."
                                                        : "Times are shown as in {} already."),
                    values["zone"]);
              }},
    Entry{.name = "on",
          .usage = "on",
          .help = "Switches delivery to you on.",
          .section = Section::kYou,
          .misfit = Misfit::kMaySpeak,
          .ask = [](const Values&, std::string_view,
                    wire::Request& request) { request.mutable_set_delivery()->set_on(true); },
          .say = [](const Values&, const wire::Reply&) { return std::string("Delivery is on."); }},
    Entry{.name = "off",
          .synonyms = kOffNames,
          .usage = "off",
          .help = "Switches delivery to you off, until you say on.",
          .manual = "Nothing is lost: it waits.",
          .section = Section::kYou,
          .misfit = Misfit::kMaySpeak,
          .ask = [](const Values&, std::string_view,
                    wire::Request& request) { request.mutable_set_delivery()->set_on(false); },
          .say =
              [](const Values&, const wire::Reply&) {
                return std::string("Delivery is off; say `on` when you want it back.");
              }},
    Entry{.name = "login",
          .usage = "login",
          .help = "Gives you a code to sign in on the website.",
          .manual = "It works once, within two minutes.",
          .section = Section::kYou,
          .ask = [](const Values&, std::string_view,
                    wire::Request& request) { request.mutable_issue_code(); },
          .say = say_code},
    Entry{.name = "confirm",
          .fields = kQuestionFields,
          .usage = "confirm ID",
          .help = "Signs in the browser that asked you, and shows the same ID.",
          .manual = "The website asks you here when somebody types your name on its sign-in page. "
                    "Confirm only what you asked for yourself.",
          .section = Section::kYou,
          .misfit = Misfit::kMaySpeak,
          .read = read_question,
          .ask = [](const Values& values, std::string_view,
                    wire::Request& request) { answer_question(values, true, request); },
          .say =
              [](const Values&, const wire::Reply& reply) {
                return fmt::format("Thank you: that browser is signed in as {}.",
                                   reply.done().nick());
              }},
    Entry{.name = "deny",
          .fields = kQuestionFields,
          .usage = "deny ID",
          .help = "Says that it was not you who wants to sign in; for ten minutes nobody can ask.",
          .section = Section::kYou,
          .misfit = Misfit::kMaySpeak,
          .read = read_question,
          .ask = [](const Values& values, std::string_view,
                    wire::Request& request) { answer_question(values, false, request); },
          .say =
              [](const Values&, const wire::Reply&) {
                return std::string(
                    "Nobody is signed in. For ten minutes you will not be asked again.");
              }},
    Entry{.name = "export",
          .usage = "export",
          .help = "Gives you a link to download all that is kept of you.",
          .manual = "A file of JSON: your account, whom you follow, what you track, your posts and "
                    "direct messages, and so on. The link leads to the website with a code to "
                    "sign in, which works once, within two minutes; the file comes when you have.",
          .section = Section::kYou,
          .misfit = Misfit::kMaySpeak,
          .ask = [](const Values&, std::string_view,
                    wire::Request& request) { request.mutable_issue_code(); },
          .say = say_where_to_get_it},
    Entry{.name = "link",
          .fields = kLinkFields,
          .usage = "link ADDRESS|NICK",
          .help = "Moves your membership to another Jabber address of yours.",
          .manual = "Say `link ADDRESS` from the address you have now, then `link NICK` from the "
                    "new one within ten minutes. Nothing is lost; the old address is told.",
          .section = Section::kYou,
          .misfit = Misfit::kMaySpeak,
          .members_only = false,
          .ask = ask_to_move,
          .say = say_moved},
    Entry{.name = "quit",
          .usage = "quit",
          .help = "Ends your membership; joining again under the same name brings it back.",
          .section = Section::kYou,
          .warning = "This ends your membership: whom you follow and what you track is forgotten.",
          .ask = [](const Values&, std::string_view,
                    wire::Request& request) { request.mutable_quit(); },
          .say =
              [](const Values&, const wire::Reply&) {
                return std::string(
                    "Goodbye. You get nothing more from here; your name stays yours if you join "
                    "again.");
              }},
    Entry{
        .name = "erase",
        .usage = "erase",
        .help = "Ends your membership and erases all you wrote and all that was written to you.",
        .manual = "Your name stays taken. What people have received they keep, and so do archives.",
        .section = Section::kYou,
        .warning = "This ends your membership for good and erases everything you wrote here and "
                   "every direct message to you. It cannot be undone.",
        .ask = [](const Values&, std::string_view,
                  wire::Request& request) { request.mutable_erase(); },
        .say =
            [](const Values&, const wire::Reply&) {
              return std::string(
                  "Goodbye. All you wrote here is gone; your name is nobody else's, and not "
                  "yours any more.");
            }},
    // The answer to a question: see Dialogue. Nobody finds it in a list.
    Entry{.name = "yes",
          .usage = "yes",
          .help = "Says that you mean it.",
          .section = Section::kYou,
          .listed = false,
          .ask = [](const Values&, std::string_view,
                    wire::Request& request) { request.mutable_confirm(); },
          .say =
              [](const Values&, const wire::Reply&) {
                return std::string("What you write here is posted from now on.");
              }},
};

}  // namespace

std::span<const Entry> account_commands() {
  return kCommands;
}

}  // namespace gateway::command
