// World: what the pages need of the site behind them: the current view, and a way to change things.
//
//   const Excerpt excerpt = world.timeline({Timeline::Kind::kHome, "alice"}, before, "alice");
//   world.act(request, now, [=](const Outcome& outcome) { … });
//
// Abstract so that the pages can be tested without a bridge, a view or an outbox. What is asked of
// the view is answered at once; act() and ask() answer exactly once, now or in a later turn. One
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/base/result.h"
#include "bridge/base/time.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"
#include "gateway/web/pages/views.h"

namespace gateway::web {

namespace wire = bridge::wire;

struct Excerpt {
  std::vector<pages::Post> posts = {};  // newest first
  std::uint64_t older = 0;              // there are more before this id
};

// Which posts: everybody's, those of the people somebody follows, those that mention them, one
// person's, or those with a tag.
struct Selection {
  enum class Kind { kPublic, kHome, kMentions, kUser, kTag };
  Kind kind = Kind::kPublic;
  std::string of = {};  // the nick or the tag
};

// What became of a change.
struct Outcome {
  enum class State { kDone, kWaiting, kRefused };
  State state = State::kDone;
  wire::Reply reply = {};  // of kDone and, with its error, of kRefused
};

class World {
 public:
  virtual ~World() = default;

  // Changes whenever a page might.
  virtual std::uint64_t version() const = 0;
  virtual pages::Standing standing(bridge::base::Now now) const = 0;
  // Posts before that id (0: the newest), as `viewer` (empty: a stranger) sees them.
  virtual Excerpt select(const Selection& selection, std::uint64_t before,
                         std::string_view viewer) const = 0;
  // Finds out whom they follow, if that is not known yet and the bridge can say.
  virtual void learn(std::string_view nick, bridge::base::Now now, std::function<void()> then) = 0;
  virtual bool follows(std::string_view nick, std::string_view other) const = 0;
  // nullopt: there is no such post, or it is not kept here.
  virtual std::optional<pages::Thread> thread(std::uint64_t id, std::string_view viewer) const = 0;
  // Of this person, not yet published; oldest first.
  virtual std::vector<pages::WaitingPost> waiting(std::string_view nick) const = 0;
  virtual pages::Powers powers() const { return {}; }

  // A change by the request's actor: made, or kept until the bridge is back.
  virtual void act(const wire::Request& request, bridge::base::Now now,
                   std::function<void(const Outcome&)> then) = 0;
  // A question for the bridge. An error UNAVAILABLE when it is away.
  virtual void ask(const wire::Request& request, bridge::base::Now now,
                   std::function<void(const wire::Reply&)> then) = 0;
};

}  // namespace gateway::web
