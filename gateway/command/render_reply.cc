#include "gateway/command/render_reply.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "gateway/command/overloaded.h"
#include "gateway/command/texts.h"

namespace gateway::command {
namespace {

std::string day(std::int64_t unix_ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds{unix_ms}};
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time)};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string people(std::uint64_t count) {
  return count == 1 ? "1 person" : fmt::format("{} people", count);
}

std::string posts(std::uint64_t count) {
  return count == 1 ? "1 post" : fmt::format("{} posts", count);
}

std::string names(std::string_view lead, std::string_view none, const wire::Names& names) {
  if (names.nicks().empty()) return std::string(none);
  std::string text = fmt::format("{} {}: ", lead, people(names.total()));
  std::string_view separator;
  for (const std::string& nick : names.nicks()) {
    text += separator;
    text += nick;
    separator = ", ";
  }
  const auto shown = static_cast<std::uint64_t>(names.nicks_size());
  if (names.total() > shown) {
    fmt::format_to(std::back_inserter(text), " and {} more", names.total() - shown);
  }
  return text;
}

// "nyc", "nyc (at most 10 an hour)", "nyc (2 hours left)".
std::string with_bounds(const wire::Phrase& phrase) {
  if (phrase.per_hour() > 0)
    return fmt::format("{} (at most {} an hour)", phrase.text(), phrase.per_hour());
  if (phrase.ends_in_ms() > 0)
    return fmt::format("{} ({} left)", phrase.text(), how_long(phrase.ends_in_ms()));
  return phrase.recapped() ? phrase.text() + " (without a cap)" : phrase.text();
}

// "Tracking: a, b" for those that are wanted; empty when there are none.
template <class Wanted>
std::string phrases_that(Wanted wanted, std::string_view lead, const wire::Phrases& phrases) {
  std::string text;
  for (const wire::Phrase& phrase : phrases.phrases()) {
    if (!wanted(phrase)) continue;
    text += text.empty() ? fmt::format("{}: ", lead) : std::string(", ");
    text += with_bounds(phrase);
  }
  return text;
}

std::string phrases(std::string_view lead, const wire::Phrases& phrases, bool changed) {
  const auto wanted = [&](const wire::Phrase& phrase) { return phrase.changed() == changed; };
  return phrases_that(wanted, lead, phrases);
}

std::string two_lines(std::string first, std::string_view second) {
  if (!first.empty() && !second.empty()) first += '\n';
  return first += second;
}

std::string tracked(const wire::Phrases& reply) {
  const auto is_new = [](const wire::Phrase& phrase) { return phrase.changed(); };
  const auto recapped = [](const wire::Phrase& phrase) { return phrase.recapped(); };
  const auto known = [](const wire::Phrase& p) { return !p.changed() && !p.recapped(); };
  return two_lines(two_lines(phrases_that(is_new, "Tracking", reply),
                             phrases_that(recapped, "Tracking still", reply)),
                   phrases_that(known, "Tracked already", reply));
}

std::string muted(const wire::Phrases& reply) {
  return phrases_that([](const wire::Phrase&) { return true; }, "Muted", reply);
}

std::string published(const wire::Published& published) {
  return fmt::format(
      fmt::runtime(published.duplicate() ? "That was posted already, as #{}." : "Posted as #{}."),
      published.id());
}

std::string joined(const wire::Joined& joined) {
  if (joined.returned()) return fmt::format("Welcome back, {}.", joined.nick());
  return fmt::format(
      "Welcome, {}. Try `track` with a word you care about, `follow` somebody, or "
      "`post` something; `help` lists all commands.",
      joined.nick());
}

std::string profile(const wire::Profile& profile) {
  return fmt::format("{}: here since {}, {}, follows {}, followed by {}.", profile.nick(),
                     day(profile.joined_ms()), posts(profile.posts()), people(profile.follows()),
                     people(profile.followers()));
}

std::string numbers(const wire::Numbers& numbers) {
  std::string text =
      fmt::format("You are {}.\nFollowing: {}\nFollowers: {}\nTracks: {}\nPosts: {}\nDelivery: {}",
                  numbers.nick(), numbers.follows(), numbers.followers(), numbers.tracks(),
                  numbers.posts(), numbers.delivery_on() ? "on" : "off");
  if (!numbers.zone().empty()) text += "\nTime zone: " + numbers.zone();
  return text;
}

std::string untracked(const Untrack& untrack, const wire::Reply& reply) {
  const std::string text = two_lines(phrases("No longer tracking", reply.phrases(), true),
                                     phrases("Not tracked before", reply.phrases(), false));
  if (!text.empty()) return text;
  return untrack.all ? "You tracked nothing." : "That was not tracked.";
}

std::string unmuted(const Unmute& unmute, const wire::Reply& reply) {
  const std::string text = two_lines(phrases("No longer muted", reply.phrases(), true),
                                     phrases("Not muted before", reply.phrases(), false));
  if (!text.empty()) return text;
  return unmute.all ? "You muted nothing." : "That was not muted.";
}

std::string more_of(const More& more, const wire::Reply& reply) {
  if (!reply.has_more()) return "That cannot be answered just now.";
  const std::uint32_t coming = reply.more().coming();
  const std::uint64_t left = reply.more().left();
  if (coming == 0 && left == 0) return "Nothing is waiting for you.";
  const std::string come = coming == 1 ? "Here comes 1" : fmt::format("Here come {}", coming);
  if (left == 0) return fmt::format("{}; nothing is left.", come);
  return fmt::format("{}; {} {} left: say `more{}{}`.", come, left, left == 1 ? "is" : "are",
                     more.phrase.empty() ? "" : " ", more.phrase);
}

std::string sign_in_code(const wire::SignInCode& code) {
  return fmt::format(
      "Your code for the website: {}\nIt works once, within {}. Whoever has it can sign in as you: "
      "tell it to nobody.",
      code.code(), how_long(code.good_for_ms()));
}

std::string blocked(const Block& block, bool changed) {
  if (!changed) return fmt::format("You block {} already.", block.nick);
  return fmt::format(
      "You block {0} now: nothing by {0} reaches you, and neither of you follows the other.",
      block.nick);
}

}  // namespace

std::string render_error(const wire::Error& error) {
  std::string text = error.text().empty() ? "That did not work." : error.text();
  if (error.code() == wire::NOT_JOINED) return how_to_join();
  if (error.retry_after_ms() > 0) {
    text += fmt::format(" Try again {}.", in_seconds(error.retry_after_ms()));
  }
  return text;
}

std::string render_reply(const Command& command, const wire::Reply& reply) {
  if (reply.has_error()) return render_error(reply.error());
  const bool changed = reply.done().changed();
  return std::visit<std::string>(
      overloaded{
          [](const Help& help) { return help_text(help); },
          [&](const Join&) { return joined(reply.joined()); },
          [&](const SetDelivery& set) {
            return set.on ? "Delivery is on." : "Delivery is off; say `on` when you want it back.";
          },
          [&](const Post&) { return published(reply.published()); },
          [&](const Delete& del) {
            return fmt::format(
                fmt::runtime(changed ? "Post #{} is gone." : "Post #{} was gone already."),
                del.post);
          },
          [&](const Correct& correct) {
            return fmt::format(
                fmt::runtime(changed ? "Post #{} is corrected." : "Post #{} says that already."),
                correct.post);
          },
          [&](const Yes&) { return "What you write here is posted from now on."; },
          [&](const Follow& follow) {
            return fmt::format(
                fmt::runtime(changed ? "You follow {} now." : "You follow {} already."),
                follow.nick);
          },
          [&](const Leave& leave) {
            return fmt::format(
                fmt::runtime(changed ? "You no longer follow {}." : "You were not following {}."),
                leave.nick);
          },
          [&](const ListFollows&) {
            return names("You follow", "You follow nobody.", reply.names());
          },
          [&](const ListFollowers&) {
            return names("You are followed by", "Nobody follows you yet.", reply.names());
          },
          [&](const Track&) { return tracked(reply.phrases()); },
          [&](const Untrack& untrack) { return untracked(untrack, reply); },
          [&](const ListTracks&) {
            std::string list = phrases("You track", reply.phrases(), false);
            return list.empty() ? std::string("You track nothing.") : list;
          },
          [&](const Block& block) { return blocked(block, changed); },
          [&](const Unblock& unblock) {
            return fmt::format(
                fmt::runtime(changed ? "You no longer block {}." : "You were not blocking {}."),
                unblock.nick);
          },
          [&](const ListBlocks&) { return names("You block", "You block nobody.", reply.names()); },
          [&](const Mute&) { return muted(reply.phrases()); },
          [&](const Unmute& unmute) { return unmuted(unmute, reply); },
          [&](const ListMutes&) {
            std::string list = phrases("You mute", reply.phrases(), false);
            return list.empty() ? std::string("You mute nothing.") : list;
          },
          [&](const More& more) { return more_of(more, reply); },
          [&](const SetZone& set) {
            return fmt::format(fmt::runtime(changed ? "Times are shown as in {} from now on."
                                                    : "Times are shown as in {} already."),
                               set.zone);
          },
          [&](const Direct& direct) {
            return fmt::format(
                fmt::runtime(reply.published().duplicate() ? "{} was sent that already."
                                                           : "Sent to {} alone."),
                direct.nick);
          },
          [&](const Whois&) { return profile(reply.profile()); },
          [&](const Stats&) { return numbers(reply.numbers()); },
          [&](const Login&) { return sign_in_code(reply.sign_in_code()); },
          [&](const Quit&) {
            return "Goodbye. You get nothing more from here; your name stays yours if you join "
                   "again.";
          },
      },
      command);
}

}  // namespace gateway::command
