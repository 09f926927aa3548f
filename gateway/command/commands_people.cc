// Commands about people: following, writing to them alone, keeping them away.
#include <fmt/format.h>

#include <array>

#include "gateway/command/commands.h"
#include "gateway/command/phrasing.h"

namespace gateway::command {
namespace {

using Names1 = std::array<std::string_view, 1>;

constexpr Field kNick{"nick", Kind::kNick, "Nick"};
constexpr std::array kNickFields = {kNick};
constexpr std::array kDirectFields = {kNick, Field{"text", Kind::kText, "Text"}};

constexpr Names1 kFollowNames = {"sub"};
constexpr std::array<std::string_view, 2> kLeaveNames = {"unsub", "unfollow"};
constexpr Names1 kFollowsNames = {"subscriptions"};
constexpr Names1 kFollowersNames = {"subscribers"};
constexpr Names1 kDirectNames = {"dm"};

// "You follow bob now.", or the other when nothing had to change.
std::string changed_or(const Values& values, const wire::Reply& reply, std::string_view changed,
                       std::string_view as_before) {
  return fmt::format(fmt::runtime(reply.done().changed() ? changed : as_before), values["nick"]);
}

std::string say_direct(const Values& values, const wire::Reply& reply) {
  const wire::Published& published = reply.published();
  if (published.duplicate()) return fmt::format("{} was sent that already.", values["nick"]);
  std::string text = fmt::format("Sent to {} alone.", values["nick"]);
  if (published.one_way())
    text += fmt::format(" To let {0} answer you that way: `follow {0}`", values["nick"]);
  return text;
}

std::string say_profile(const Values&, const wire::Reply& reply) {
  const wire::Profile& profile = reply.profile();
  return fmt::format("{}: here since {}, {}, follows {}, followed by {}.", profile.nick(),
                     day(profile.joined_ms()), posts(profile.posts()), people(profile.follows()),
                     people(profile.followers()));
}

constexpr std::array kCommands = {
    Entry{.name = "follow",
          .synonyms = kFollowNames,
          .fields = kNickFields,
          .usage = "follow NICK",
          .help = "Sends you everything that NICK posts.",
          .manual = "From the next post on. At most 2,000 people.",
          .section = Section::kPeople,
          .misfit = Misfit::kMaySpeak,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                request.mutable_follow()->set_nick(values.text("nick"));
              },
          .say =
              [](const Values& values, const wire::Reply& reply) {
                return changed_or(values, reply, "You follow {} now.", "You follow {} already.");
              }},
    Entry{.name = "leave",
          .synonyms = kLeaveNames,
          .fields = kNickFields,
          .usage = "leave NICK",
          .help = "Stops following NICK.",
          .section = Section::kPeople,
          .misfit = Misfit::kMaySpeak,
          .choices = "follows",
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                request.mutable_leave()->set_nick(values.text("nick"));
              },
          .say =
              [](const Values& values, const wire::Reply& reply) {
                return changed_or(values, reply, "You no longer follow {}.",
                                  "You were not following {}.");
              }},
    Entry{.name = "follows",
          .synonyms = kFollowsNames,
          .usage = "follows",
          .help = "Lists whom you follow.",
          .section = Section::kPeople,
          .ask = [](const Values&, std::string_view,
                    wire::Request& request) { request.mutable_list_follows(); },
          .say =
              [](const Values&, const wire::Reply& reply) {
                return list_of("You follow", "You follow nobody.", reply.names());
              }},
    Entry{.name = "followers",
          .synonyms = kFollowersNames,
          .usage = "followers",
          .help = "Lists who follows you.",
          .section = Section::kPeople,
          .ask = [](const Values&, std::string_view,
                    wire::Request& request) { request.mutable_list_followers(); },
          .say =
              [](const Values&, const wire::Reply& reply) {
                return list_of("You are followed by", "Nobody follows you yet.", reply.names());
              }},
    Entry{.name = "whois",
          .fields = kNickFields,
          .usage = "whois NICK",
          .help = "Says who NICK is.",
          .section = Section::kPeople,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                request.mutable_whois()->set_nick(values.text("nick"));
              },
          .say = say_profile},
    Entry{.name = "d",
          .synonyms = kDirectNames,
          .fields = kDirectFields,
          .usage = "d NICK TEXT",
          .help = "Sends TEXT to NICK alone.",
          .manual = "Where the operator has not decided otherwise, NICK has to follow you. A chat "
                    "to NICK's own address here does the same.",
          .section = Section::kPeople,
          .ask =
              [](const Values& values, std::string_view id, wire::Request& request) {
                request.mutable_direct()->set_client_id(std::string(id));
                request.mutable_direct()->set_nick(values.text("nick"));
                request.mutable_direct()->set_text(values.text("text"));
              },
          .say = say_direct},
    Entry{.name = "nudge",
          .fields = kNickFields,
          .usage = "nudge NICK",
          .help = "Asks NICK to say something.",
          .manual = "Once an hour. It comes to NICK alone, under the same rules as `d`.",
          .section = Section::kPeople,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                request.mutable_nudge()->set_nick(values.text("nick"));
              },
          .say = [](const Values& values,
                    const wire::Reply&) { return fmt::format("Nudged {}.", values["nick"]); }},
    Entry{.name = "block",
          .fields = kNickFields,
          .usage = "block NICK",
          .help = "Keeps everything by NICK from you, and NICK from following you.",
          .manual = "NICK can no longer answer you, write to you or read you here either. You stop "
                    "following each other. At most 1,000 people.",
          .section = Section::kPeople,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                request.mutable_block()->set_nick(values.text("nick"));
              },
          .say =
              [](const Values& values, const wire::Reply& reply) {
                return changed_or(values, reply,
                                  "You block {0} now: nothing by {0} reaches you, and neither of "
                                  "you follows the other.",
                                  "You block {} already.");
              }},
    Entry{
        .name = "unblock",
        .fields = kNickFields,
        .usage = "unblock NICK",
        .help = "Ends that.",
        .manual = "What NICK wrote meanwhile does not come, and neither of you follows the other.",
        .section = Section::kPeople,
        .choices = "blocks",
        .ask =
            [](const Values& values, std::string_view, wire::Request& request) {
              request.mutable_unblock()->set_nick(values.text("nick"));
            },
        .say =
            [](const Values& values, const wire::Reply& reply) {
              return changed_or(values, reply, "You no longer block {}.",
                                "You were not blocking {}.");
            }},
    Entry{.name = "blocks",
          .usage = "blocks",
          .help = "Lists whom you block.",
          .section = Section::kPeople,
          .ask = [](const Values&, std::string_view,
                    wire::Request& request) { request.mutable_list_blocks(); },
          .say =
              [](const Values&, const wire::Reply& reply) {
                return list_of("You block", "You block nobody.", reply.names());
              }},
};

}  // namespace

std::span<const Entry> people_commands() {
  return kCommands;
}

}  // namespace gateway::command
