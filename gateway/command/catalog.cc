#include "gateway/command/catalog.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "gateway/command/words.h"

namespace gateway::command {
namespace {

using Names = std::array<std::string_view, 1>;
constexpr std::size_t kGuessedLengthMin = 4;

constexpr Names kOffNames = {"stop"};
constexpr Names kFollowNames = {"sub"};
constexpr std::array<std::string_view, 2> kLeaveNames = {"unsub", "unfollow"};
constexpr Names kFollowsNames = {"subscriptions"};
constexpr Names kFollowersNames = {"subscribers"};
constexpr Names kTracksNames = {"tracking"};
constexpr Names kDirectNames = {"dm"};
constexpr Names kReplyNames = {"reply"};
constexpr Names kGetNames = {"last"};
constexpr Names kRepeatNames = {"repeat"};

constexpr std::string_view kNotYet = "Not available here yet.";

constexpr std::array kCatalog = {
    Entry{Verb::kHelp,
          "help",
          {},
          Arguments::kOptionalCommand,
          "help [COMMAND]",
          "Shows this list, or more about one command."},
    Entry{Verb::kJoin,
          "join",
          {},
          Arguments::kNick,
          "join NICK",
          "Makes you a member under this name: 1 to 20 letters, digits or _."},
    Entry{Verb::kPost,
          "post",
          {},
          Arguments::kText,
          "post TEXT",
          "Publishes TEXT to everybody, whatever it begins with."},
    Entry{Verb::kDelete,
          "del",
          {},
          Arguments::kNumber,
          "del #N",
          "Takes your post #N back from everybody it has reached or was to reach."},
    Entry{Verb::kFollow, "follow", kFollowNames, Arguments::kNick, "follow NICK",
          "Sends you everything that NICK posts."},
    Entry{Verb::kLeave, "leave", kLeaveNames, Arguments::kNick, "leave NICK",
          "Stops following NICK."},
    Entry{Verb::kFollows, "follows", kFollowsNames, Arguments::kNone, "follows",
          "Lists whom you follow."},
    Entry{Verb::kFollowers, "followers", kFollowersNames, Arguments::kNone, "followers",
          "Lists who follows you."},
    Entry{
        Verb::kTrack,
        "track",
        {},
        Arguments::kOptionalPhrases,
        "track PHRASE[, PHRASE...] [max 10/h]",
        "Sends you every post that contains all words of a PHRASE; with `max`, at most so many an "
        "hour one by one."},
    Entry{Verb::kUntrack,
          "untrack",
          {},
          Arguments::kPhrases,
          "untrack PHRASE|all",
          "Stops tracking PHRASE, or everything."},
    Entry{Verb::kTracks, "tracks", kTracksNames, Arguments::kNone, "tracks",
          "Lists what you track."},
    Entry{Verb::kMore,
          "more",
          {},
          Arguments::kOptionalPhrases,
          "more [PHRASE|N]",
          "Sends you what was only counted so far: 20 posts, or N of them, or those for PHRASE."},
    Entry{Verb::kMute,
          "mute",
          {},
          Arguments::kPhrases,
          "mute PHRASE [for 2h]",
          "Keeps posts that contain PHRASE from you, whoever writes them."},
    Entry{Verb::kUnmute,
          "unmute",
          {},
          Arguments::kPhrases,
          "unmute PHRASE|all",
          "Lets them through again."},
    Entry{Verb::kMutes, "mutes", {}, Arguments::kNone, "mutes", "Lists what you mute."},
    Entry{Verb::kDirect, "d", kDirectNames, Arguments::kNickText, "d NICK TEXT",
          "Sends TEXT to NICK alone."},
    Entry{Verb::kBlock,
          "block",
          {},
          Arguments::kNick,
          "block NICK",
          "Keeps everything by NICK from you, and NICK from following you."},
    Entry{Verb::kUnblock, "unblock", {}, Arguments::kNick, "unblock NICK", "Ends that."},
    Entry{Verb::kBlocks, "blocks", {}, Arguments::kNone, "blocks", "Lists whom you block."},
    Entry{Verb::kWhois, "whois", {}, Arguments::kNick, "whois NICK", "Says who NICK is."},
    Entry{Verb::kStats, "stats", {}, Arguments::kNone, "stats", "Shows your numbers."},
    Entry{Verb::kTimezone,
          "timezone",
          {},
          Arguments::kWord,
          "timezone ZONE",
          "Says where you are, like Europe/Berlin, so that times are shown as yours."},
    Entry{Verb::kOn, "on", {}, Arguments::kNone, "on", "Switches delivery to you on."},
    Entry{Verb::kOff, "off", kOffNames, Arguments::kNone, "off",
          "Switches delivery to you off, until you say on."},
    Entry{Verb::kLogin,
          "login",
          {},
          Arguments::kNone,
          "login",
          "Gives you a code to sign in on the website."},
    Entry{Verb::kQuit,
          "quit",
          {},
          Arguments::kNone,
          "quit",
          "Ends your membership; joining again under the same name brings it back."},
    Entry{Verb::kLater, "r", kReplyNames, Arguments::kNickText, "r #N|NICK TEXT", kNotYet},
    Entry{Verb::kLater, "get", kGetNames, Arguments::kNick, "get NICK [N]", kNotYet},
    Entry{Verb::kLater, "fav", {}, Arguments::kNick, "fav #N|NICK", kNotYet},
    Entry{Verb::kLater, "rt", kRepeatNames, Arguments::kNick, "rt #N", kNotYet},
    Entry{Verb::kLater, "nudge", {}, Arguments::kNick, "nudge NICK", kNotYet},
};

template <class Matches>
bool any_name(const Entry& entry, Matches matches) {
  return matches(entry.name) || std::ranges::any_of(entry.synonyms, matches);
}

}  // namespace

std::span<const Entry> catalog() {
  return kCatalog;
}

const Entry* find(std::string_view word) {
  const auto same = [word](std::string_view name) { return name == word; };
  const auto* found =
      std::ranges::find_if(kCatalog, [&](const Entry& entry) { return any_name(entry, same); });
  return found == kCatalog.end() ? nullptr : found;
}

std::vector<const Entry*> find_near(std::string_view word) {
  const auto near = [word](std::string_view name) {
    return name.size() >= kGuessedLengthMin && one_edit_apart(name, word);
  };
  std::vector<const Entry*> found;
  for (const Entry& entry : kCatalog) {
    if (any_name(entry, near)) found.push_back(&entry);
  }
  return found;
}

}  // namespace gateway::command
