// What each kind of client may ask for, and what kind of request it is. Pure.
#pragma once

#include <string_view>

#include "bridge/wire/messages.h"

namespace bridge::lane {

enum class Kind {
  kIm,     // gateways: speak for addresses, get deliveries
  kWeb,    // the website and its like: speak for nicks, read the feed
  kAdmin,  // operators and scripts: as web, and may create authors and ask about the service
};
std::string_view name(Kind kind);

bool allowed_on(Kind kind, const wire::Request& request);

// Whether it is asked for somebody: those who ask about the service itself are nobody in
// particular.
bool needs_actor(const wire::Request& request);

// What kind of command it is, for the limits of everybody together; the others are changes.
bool is_publish(const wire::Request& request);
bool is_question(const wire::Request& request);

// Questions, changes of posts (there they are told whom they reach) and what is asked in chat when
// somebody signs in. The others go to the committer, or are answered by the lane.
bool goes_to_fanout(const wire::Request& request);

}  // namespace bridge::lane
