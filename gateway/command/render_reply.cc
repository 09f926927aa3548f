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

// "Tracking: a, b" for those with `changed` as asked; empty when there are none.
std::string phrases(std::string_view lead, const wire::Phrases& phrases, bool changed) {
  std::string text;
  for (const wire::Phrase& phrase : phrases.phrases()) {
    if (phrase.changed() != changed) continue;
    text += text.empty() ? fmt::format("{}: ", lead) : std::string(", ");
    text += phrase.text();
  }
  return text;
}

std::string two_lines(std::string first, std::string_view second) {
  if (!first.empty() && !second.empty()) first += '\n';
  return first += second;
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
  return fmt::format(
      "You are {}.\nFollowing: {}\nFollowers: {}\nTracks: {}\nPosts: {}\nDelivery: {}",
      numbers.nick(), numbers.follows(), numbers.followers(), numbers.tracks(), numbers.posts(),
      numbers.delivery_on() ? "on" : "off");
}

std::string untracked(const Untrack& untrack, const wire::Reply& reply) {
  const std::string text = two_lines(phrases("No longer tracking", reply.phrases(), true),
                                     phrases("Not tracked before", reply.phrases(), false));
  if (!text.empty()) return text;
  return untrack.all ? "You tracked nothing." : "That was not tracked.";
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
          [&](const Track&) {
            return two_lines(phrases("Tracking", reply.phrases(), true),
                             phrases("Tracked already", reply.phrases(), false));
          },
          [&](const Untrack& untrack) { return untracked(untrack, reply); },
          [&](const ListTracks&) {
            std::string list = phrases("You track", reply.phrases(), false);
            return list.empty() ? std::string("You track nothing.") : list;
          },
          [&](const Direct& direct) {
            return fmt::format(
                fmt::runtime(reply.published().duplicate() ? "{} was sent that already."
                                                           : "Sent to {} alone."),
                direct.nick);
          },
          [&](const Whois&) { return profile(reply.profile()); },
          [&](const Stats&) { return numbers(reply.numbers()); },
          [&](const Quit&) {
            return "Goodbye. You get nothing more from here; your name stays yours if you join "
                   "again.";
          },
      },
      command);
}

}  // namespace gateway::command
