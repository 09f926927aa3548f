// Command: what a person asked for, as a plain struct per command.
//
//   Parsed parsed = parse("follow alice");      // parse.h
//   if (auto* command = std::get_if<Command>(&parsed)) ...
//
// The language knows no XMPP and no HTTP: chat text, forms and the website all end up here. Nicks
// in it are well-formed (see nick.h), texts are trimmed and not empty; whether the person exists or
// the phrase can be tracked is for the bridge to say.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "gateway/command/catalog.h"

namespace gateway::command {

struct Help {
  const Entry* about = nullptr;  // null: the overview
};
struct Join {
  std::string nick;
};
struct SetDelivery {
  bool on = true;
};
struct Post {
  std::string text;    // inner newlines kept
  bool plain = false;  // typed without `post`: a newcomer is asked once
};
struct Delete {
  std::uint64_t post = 0;
};
// Not typed: what a client makes of a message that was posted.
struct Correct {
  std::uint64_t post = 0;
  std::string text;
};
struct Yes {};  // the newcomer's answer to that question
struct Follow {
  std::string nick;
};
struct Leave {
  std::string nick;
};
struct ListFollows {};
struct ListFollowers {};
struct Track {
  std::string phrases;         // as typed: commas separate alternatives
  std::uint32_t per_hour = 0;  // at most so many one by one; 0: no cap
};
struct Untrack {
  std::string phrases;
  bool all = false;
};
struct ListTracks {};
struct Direct {
  std::string nick;
  std::string text;
};
struct Block {
  std::string nick;
};
struct Unblock {
  std::string nick;
};
struct ListBlocks {};
struct Mute {
  std::string phrases;                    // as typed, like those of Track
  std::chrono::milliseconds how_long{0};  // 0: until it is unmuted
};
struct Unmute {
  std::string phrases;
  bool all = false;
};
struct ListMutes {};
struct More {
  std::string phrase;       // empty: whatever waits
  std::uint32_t count = 0;  // 0: as many as usual
};
struct SetZone {
  std::string zone;  // as typed
};
struct Whois {
  std::string nick;
};
struct Stats {};
struct Login {};  // to the website
struct Quit {};

using Command =
    std::variant<Help, Join, SetDelivery, Post, Delete, Correct, Yes, Follow, Leave, ListFollows,
                 ListFollowers, Track, Untrack, ListTracks, Block, Unblock, ListBlocks, Mute,
                 Unmute, ListMutes, More, SetZone, Direct, Whois, Stats, Login, Quit>;

}  // namespace gateway::command
