#include "gateway/xmpp/extensions.h"

#include <array>

namespace gateway::xmpp {
namespace {

using Names1 = std::array<std::string_view, 1>;

constexpr Names1 kForms = {"jabber:x:data"};
constexpr std::array<std::string_view, 2> kDisco = {"http://jabber.org/protocol/disco#info",
                                                    "http://jabber.org/protocol/disco#items"};
constexpr Names1 kCommands = {"http://jabber.org/protocol/commands"};
constexpr Names1 kCard = {"vcard-temp"};
constexpr Names1 kRegister = {"jabber:iq:register"};
constexpr Names1 kChatStates = {"http://jabber.org/protocol/chatstates"};
constexpr Names1 kVersion = {"jabber:iq:version"};
constexpr Names1 kNick = {"http://jabber.org/protocol/nick"};
constexpr Names1 kTime = {"urn:xmpp:time"};
constexpr Names1 kCaps = {"http://jabber.org/protocol/caps"};
constexpr Names1 kReceipts = {"urn:xmpp:receipts"};
constexpr Names1 kPing = {"urn:xmpp:ping"};
constexpr Names1 kCorrect = {"urn:xmpp:message-correct:0"};
constexpr Names1 kRetract = {"urn:xmpp:message-retract:1"};
constexpr Names1 kReactions = {"urn:xmpp:reactions:0"};
constexpr Names1 kReply = {"urn:xmpp:reply:0"};

constexpr std::array kTable = {
    Extension{.number = "0004",
              .name = "Data Forms",
              .version = "2.13.2",
              .support = Support::kPartial,
              .features = kForms,
              .contacts = false,
              .does = "Forms of commands and of registration: single and multiple lines, boxes, "
                      "lists with one or any choice.",
              .lacks = "Results with items; what is done is said in a note."},
    Extension{.number = "0030",
              .name = "Service Discovery",
              .version = "2.5.0",
              .features = kDisco,
              .does = "Information about the domain (gateway), the bot (client/bot), every contact "
                      "(account/registered), the list of commands and each command; the domain "
                      "lists the bot. A contact's answer does not depend on whether there is such "
                      "a person."},
    Extension{.number = "0050",
              .name = "Ad-Hoc Commands",
              .version = "1.3.0",
              .support = Support::kPartial,
              .features = kCommands,
              .contacts = false,
              .does =
                  "Every command of docs/commands.md, at the bot and at the domain: `execute`, "
                  "`complete`, `cancel`. What to end (tracks, mutes, follows, blocks) is chosen "
                  "from a list. A form waits ten minutes, and a client has eight at most. "
                  "Refusals are stanza errors, and the form may be sent again.",
              .lacks = "`prev` and `next`: every command is one form."},
    Extension{.number = "0054",
              .name = "vcard-temp",
              .version = "1.3.0",
              .support = Support::kPartial,
              .features = kCard,
              .does = "A card of the service and of every account, with a picture: for members, "
                      "and not for whom that person blocks.",
              .lacks = "Setting one's own."},
    Extension{.number = "0070",
              .name = "Verifying HTTP Requests via XMPP",
              .version = "1.0.2",
              .support = Support::kPartial,
              .contacts = false,
              .does = "Signing in on the website: whoever types their name there is asked in their "
                      "client, at the bare address, and the identifier stands on the web page, "
                      "too. The answer is that of the client, or `confirm` and `deny` in chat.",
              .lacks = "Questions as iq to one client of several. HTTP's own log-in dialogue: the "
                       "page asks."},
    Extension{.number = "0077",
              .name = "In-Band Registration",
              .version = "2.4",
              .support = Support::kComplete,
              .features = kRegister,
              .contacts = false,
              .does =
                  "Joining under a nick, with a form or with plain elements, seeing and changing "
                  "one's nick, and leaving. `[registration]` in gateway.toml closes it, names the "
                  "domains "
                  "that may, and says how many of a domain.",
              .lacks = "A password: whoever writes from an address is who they are."},
    Extension{.number = "0085",
              .name = "Chat State Notifications",
              .version = "2.1",
              .support = Support::kPartial,
              .features = kChatStates,
              .does = "Answers are `active`. What comes in is not looked into.",
              .lacks = "`composing`: answers come at once."},
    Extension{.number = "0092",
              .name = "Software Version",
              .version = "1.1",
              .features = kVersion,
              .does = "Name and version; no operating system."},
    Extension{.number = "0100",
              .name = "Gateway Interaction",
              .version = "1.0",
              .support = Support::kPartial,
              .does = "The domain is a gateway: registration, contacts that follow when they are "
                      "added and leave when they are removed, presence.",
              .lacks = "Logging in and out by presence: there is nothing to log in to. "
                       "jabber:iq:gateway: an address is NICK@domain."},
    Extension{.number = "0114",
              .name = "Jabber Component Protocol",
              .version = "1.6",
              .does = "The way to the XMPP server."},
    Extension{.number = "0115",
              .name = "Entity Capabilities",
              .version = "1.6.0",
              .features = kCaps,
              .does =
                  "SHA-1 hashes in the presence of the bot, the domain and contacts, answered at "
                  "their nodes.",
              .lacks = "Those of clients are not looked into."},
    Extension{.number = "0153",
              .name = "vCard-Based Avatars",
              .version = "1.1.1",
              .support = Support::kPartial,
              .does = "The hash of the picture in the presence of the bot and of contacts. A "
                      "picture is drawn from the nick.",
              .lacks = "Pictures that people choose."},
    Extension{.number = "0172",
              .name = "User Nickname",
              .version = "1.1",
              .support = Support::kPartial,
              .features = kNick,
              .does = "In what comes before a place in somebody's list: requests to subscribe, "
                      "the approval of a contact (the nick as its owner writes it), the word of "
                      "welcome after registration.",
              .lacks = "On deliveries: they come from the bot, and say their author in the text. "
                       "Nicknames of clients are not looked into: a nick here is joined with."},
    Extension{.number = "0184",
              .name = "Message Delivery Receipts",
              .version = "1.4.0",
              .features = kReceipts,
              .does = "Both ways. For a post, once it is in the log. For deliveries: what a client "
                      "that confirms has not confirmed comes again."},
    Extension{.number = "0199",
              .name = "XMPP Ping",
              .version = "2.0.1",
              .features = kPing,
              .does = "Answered at every address; sent to find out what the server has taken."},
    Extension{.number = "0202",
              .name = "Entity Time",
              .version = "2.0",
              .features = kTime,
              .does = "The gateway's clock, in UTC."},
    Extension{.number = "0203",
              .name = "Delayed Delivery",
              .version = "2.0",
              .does = "On what comes later than it was due, with the time of writing."},
    Extension{.number = "0308",
              .name = "Last Message Correction",
              .version = "1.2.1",
              .features = kCorrect,
              .does =
                  "Correcting the message that became a post corrects the post, and whoever got "
                  "it gets the correction.",
              .lacks = "Messages that became no post."},
    Extension{.number = "0334",
              .name = "Message Processing Hints",
              .version = "1.0.0",
              .support = Support::kPartial,
              .does = "`no-store` on lines that only count what waits and on sign-in questions; "
                      "`store` on retractions.",
              .lacks = "Those of clients are not looked into."},
    Extension{.number = "0359",
              .name = "Unique and Stable Stanza IDs",
              .version = "0.7.0",
              .support = Support::kPartial,
              .does = "A message with the same origin-id (or, without one, id), sender and text is "
                      "one post, however often it comes.",
              .lacks = "Origin-ids on what is sent: its ids are stable."},
    Extension{.number = "0393",
              .name = "Message Styling",
              .version = "1.1.1",
              .does = "Posts are delivered with `unstyled`: they were not written for it."},
    Extension{.number = "0424",
              .name = "Message Retraction",
              .version = "0.4.2",
              .features = kRetract,
              .does =
                  "Taking back the message that became a post takes back the post, and whoever "
                  "got it is told. The older form (`urn:xmpp:message-retract:0`) is understood."},
    Extension{.number = "0428",
              .name = "Fallback Indication",
              .version = "0.2.1",
              .support = Support::kPartial,
              .does =
                  "The quotation that a client puts before a reply is left out; retractions say "
                  "that their text is one."},
    Extension{.number = "0444",
              .name = "Message Reactions",
              .version = "0.2.1",
              .support = Support::kPartial,
              .features = kReactions,
              .does = "Any reaction to a delivery is `fav`, none is `unfav`.",
              .lacks = "Which reaction it was; the author is not told."},
    Extension{.number = "0453",
              .name = "DOAP usage in XMPP",
              .version = "0.1.2",
              .does = "docs/doap.xml."},
    Extension{.number = "0461",
              .name = "Message Replies",
              .version = "0.2.1",
              .features = kReply,
              .does = "A reply to a delivery answers that post; replies are delivered as replies."},
};

}  // namespace

std::span<const Extension> extensions() {
  return kTable;
}

}  // namespace gateway::xmpp
