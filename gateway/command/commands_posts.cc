// Commands about posts: writing, answering, reading, passing on.
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "gateway/command/commands.h"
#include "gateway/command/fields.h"
#include "gateway/command/nick.h"
#include "gateway/command/phrasing.h"
#include "gateway/command/words.h"

namespace gateway::command {
namespace {

using Names1 = std::array<std::string_view, 1>;

constexpr Field kText{"text", Kind::kText, "Text"};
constexpr Field kWhich{"post", Kind::kPost, "Post: its number, as #17, or a nick for the newest"};

constexpr std::array kPostFields = {kText};
constexpr std::array kReplyFields = {kWhich, kText};
constexpr std::array kWhichFields = {kWhich};
constexpr std::array kNumberFields = {Field{"post", Kind::kNumber, "Its number, as #17"}};
constexpr std::array kGetFields = {kWhich, Field{"count", Kind::kCount, "How many", true}};
constexpr std::array kCountFields = {Field{"count", Kind::kCount, "How many", true}};

constexpr Names1 kReplyNames = {"reply"};
constexpr std::array<std::string_view, 4> kRepostNames = {"repeat", "rp", "rd", "repost"};
constexpr Names1 kGetNames = {"last"};
constexpr std::array<std::string_view, 2> kFavouriteNames = {"favourite", "favorite"};
constexpr Names1 kUnfavouriteNames = {"unfavourite"};
constexpr std::array<std::string_view, 2> kFavouritesNames = {"favourites", "favorites"};

std::uint32_t count_of(std::string_view text) {
  std::uint32_t count = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
  return read.ec == std::errc{} ? count : ~0u;
}

// "@alice good morning": to alice, for everybody to read.
std::string_view addressee(std::string_view text) {
  if (!text.starts_with('@')) return {};
  std::string_view word = split_first(text).first.substr(1);
  if (word.ends_with(':') || word.ends_with(',')) word.remove_suffix(1);
  return is_nick(word) ? word : std::string_view{};
}

// What was done with a post, or had been before: each with a {} for which post it is.
std::string say_of_post(const wire::Reply& reply, fmt::format_string<std::string> changed,
                        fmt::format_string<std::string> before) {
  return fmt::format(reply.done().changed() ? changed : before,
                     named(reply.done().about(), reply.done().nick()));
}

void ask_post(const Values& values, std::string_view id, wire::Request& request) {
  wire::Publish& publish = *request.mutable_publish();
  publish.set_client_id(std::string(id));
  publish.set_text(values.text("text"));
  publish.set_plain(values.has("plain"));
  if (const auto nick = addressee(values["text"]); !nick.empty()) {
    publish.mutable_in_reply_to()->set_nick(std::string(nick));
    publish.set_addressed(true);
  }
}

std::string say_post(const Values& values, const wire::Reply& reply) {
  const wire::Published& published = reply.published();
  if (published.duplicate()) return fmt::format("That was posted already, as #{}.", published.id());
  if (values.has("began_with"))
    return fmt::format("Posted as #{0}, though it begins with `{1}`: `del #{0}` takes it back.",
                       published.id(), values["began_with"]);
  return fmt::format("Posted as #{}.", published.id());
}

std::string say_reply(const Values& values, const wire::Reply& reply) {
  const wire::Published& published = reply.published();
  if (published.duplicate()) return say_post(values, reply);
  return fmt::format("Posted as #{}, in reply to {}.", published.id(),
                     named(published.about(), published.nick()));
}

std::string say_posts(const Values&, const wire::Reply& reply) {
  // The newest is the last line, as in a conversation.
  std::string text;
  const auto& items = reply.posts().items();
  for (auto item = items.rbegin(); item != items.rend(); ++item) {
    if (!text.empty()) text += '\n';
    text += quoted(*item);
  }
  return text;
}

bool read_get(std::string_view rest, Values& values) {
  const Split split = split_first(rest);
  auto post = read_value(Kind::kPost, split.first);
  if (!post) return false;
  if (!split.rest.empty()) {
    auto count = read_value(Kind::kCount, split.rest);
    if (!count || post->starts_with('#')) return false;
    values.set("count", std::move(*count));
  }
  values.set("post", std::move(*post));
  return true;
}

constexpr std::array kCommands = {
    Entry{.name = "post",
          .fields = kPostFields,
          .usage = "post TEXT",
          .help = "Publishes TEXT to everybody, whatever it begins with.",
          .manual =
              "A text without `post` is published too, unless it begins like a command: those "
              "are answered. A post has at most 500 characters. `@alice TEXT` reaches alice, "
              "whether she follows you or not.",
          .section = Section::kPosts,
          .ask = ask_post,
          .say = say_post},
    Entry{
        .name = "del",
        .fields = kNumberFields,
        .usage = "del #N",
        .help = "Takes back your post of that number.",
        .manual = "Whoever got it is told; whoever has yet to get it does not. The text is erased "
                  "here; archives of other servers may keep copies. In many clients, taking back "
                  "or correcting the message that you sent does it too.",
        .section = Section::kPosts,
        .misfit = Misfit::kMaySpeak,
        .ask =
            [](const Values& values, std::string_view, wire::Request& request) {
              request.mutable_retract()->set_post(post_ref(values["post"]).id());
            },
        .say =
            [](const Values& values, const wire::Reply& reply) {
              return fmt::format(fmt::runtime(reply.done().changed() ? "Post {} is gone."
                                                                     : "Post {} was gone already."),
                                 values["post"]);
            }},
    Entry{.name = "r",
          .synonyms = kReplyNames,
          .fields = kReplyFields,
          .usage = "r #N|NICK TEXT",
          .help = "Answers a post, for everybody to read: its author gets it.",
          .manual = "#N is the number that stands at the end of a post; a NICK means the newest "
                    "post of that person. Where your client can reply to a message, that does it "
                    "too.",
          .section = Section::kPosts,
          .ask =
              [](const Values& values, std::string_view id, wire::Request& request) {
                wire::Publish& publish = *request.mutable_publish();
                publish.set_client_id(std::string(id));
                publish.set_text(values.text("text"));
                publish.set_plain(values.has("plain"));
                *publish.mutable_in_reply_to() = post_ref(values["post"]);
              },
          .say = say_reply},
    Entry{.name = "rt",
          .synonyms = kRepostNames,
          .fields = kWhichFields,
          .usage = "rt #N|NICK",
          .help = "Passes a post on to those who follow you.",
          .manual = "It comes with its author's name. Whoever has the post already does not get it "
                    "again.",
          .section = Section::kPosts,
          .misfit = Misfit::kMaySpeak,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                *request.mutable_repost()->mutable_post() = post_ref(values["post"]);
              },
          .say =
              [](const Values&, const wire::Reply& reply) {
                return say_of_post(reply, "Passed on {} to those who follow you.",
                                   "You passed on {} already.");
              }},
    Entry{.name = "fav",
          .synonyms = kFavouriteNames,
          .fields = kWhichFields,
          .usage = "fav #N|NICK",
          .help = "Marks a post as a favourite of yours.",
          .manual = "A reaction to a message in your client does it too.",
          .section = Section::kPosts,
          .misfit = Misfit::kMaySpeak,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                *request.mutable_favourite()->mutable_post() = post_ref(values["post"]);
              },
          .say =
              [](const Values&, const wire::Reply& reply) {
                return say_of_post(reply, "{} is a favourite of yours.", "{} is one already.");
              }},
    Entry{.name = "unfav",
          .synonyms = kUnfavouriteNames,
          .fields = kWhichFields,
          .usage = "unfav #N|NICK",
          .help = "Takes that back.",
          .section = Section::kPosts,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                *request.mutable_unfavourite()->mutable_post() = post_ref(values["post"]);
              },
          .say =
              [](const Values&, const wire::Reply& reply) {
                return say_of_post(reply, "{} is no favourite of yours any more.",
                                   "{} was no favourite of yours.");
              }},
    Entry{.name = "favs",
          .synonyms = kFavouritesNames,
          .fields = kCountFields,
          .usage = "favs [N]",
          .help = "Shows your favourites, the newest 5 or N of them.",
          .manual = "At most 20.",
          .section = Section::kPosts,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                constexpr std::uint32_t kUsual = 5;
                request.mutable_list_favourites()->set_count(
                    values.has("count") ? count_of(values["count"]) : kUsual);
              },
          .say =
              [](const Values& values, const wire::Reply& reply) {
                const std::string text = say_posts(values, reply);
                return text.empty() ? std::string("You have no favourites: `fav #N` makes one.")
                                    : text;
              }},
    Entry{.name = "get",
          .synonyms = kGetNames,
          .fields = kGetFields,
          .usage = "get NICK [N]|#N",
          .help = "Shows the newest post of NICK, or N of them, or the post of that number.",
          .manual = "At most 20, the newest last.",
          .section = Section::kPosts,
          .misfit = Misfit::kMaySpeak,
          .read = read_get,
          .ask =
              [](const Values& values, std::string_view, wire::Request& request) {
                *request.mutable_get()->mutable_post() = post_ref(values["post"]);
                if (values.has("count"))
                  request.mutable_get()->set_count(count_of(values["count"]));
              },
          .say = say_posts},
};

}  // namespace

const Entry& correction() {
  static constexpr Entry kEntry{
      .name = "correct",
      .fields = kReplyFields,
      .usage = "correct #N TEXT",
      .help = "Corrects your post of that number.",
      .section = Section::kPosts,
      .listed = false,
      .ask =
          [](const Values& values, std::string_view, wire::Request& request) {
            request.mutable_correct()->set_post(post_ref(values["post"]).id());
            request.mutable_correct()->set_text(values.text("text"));
          },
      .say =
          [](const Values& values, const wire::Reply& reply) {
            return fmt::format(fmt::runtime(reply.done().changed() ? "Post {} is corrected."
                                                                   : "Post {} says that already."),
                               values["post"]);
          }};
  return kEntry;
}

std::span<const Entry> post_commands() {
  return kCommands;
}

}  // namespace gateway::command
