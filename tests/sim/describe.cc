#include "tests/sim/describe.h"

#include <fmt/format.h>

namespace tests::sim {

std::string describe(const bridge::backbone::Record& record) {
  using Record = bridge::backbone::Record;
  const auto said = [&](const std::string& what) {
    return fmt::format("#{}: {}", record.id(), what);
  };
  switch (record.body_case()) {
    case Record::kPost:
      return said(fmt::format("{} posts: {}", record.post().nick(), record.post().text()));
    case Record::kDirect:
      return said(fmt::format("{} to account {}: {}", record.direct().nick(),
                              record.direct().recipient(), record.direct().text()));
    case Record::kAccountCreated:
      return said("account of " + record.account_created().nick());
    case Record::kAddressBound:
      return said(fmt::format("account {} is {}", record.address_bound().account(),
                              record.address_bound().address()));
    case Record::kAddressMoved:
      return said(fmt::format("account {} moves to {}", record.address_moved().account(),
                              record.address_moved().to()));
    case Record::kAccountClosed:
      return said(fmt::format("account {} quits", record.account_closed().account()));
    case Record::kErased:
      return said(fmt::format("account {} is erased", record.erased().account()));
    case Record::kAccountReopened:
      return said(fmt::format("account {} is back", record.account_reopened().account()));
    case Record::kFollowed:
      return said(fmt::format("account {} follows {}", record.followed().follower(),
                              record.followed().followee()));
    case Record::kLeft:
      return said(
          fmt::format("account {} leaves {}", record.left().follower(), record.left().followee()));
    case Record::kTracked:
      return said(fmt::format("account {} tracks {}", record.tracked().account(),
                              record.tracked().phrase()));
    case Record::kUntracked:
      return said(fmt::format("account {} untracks {}", record.untracked().account(),
                              record.untracked().phrase()));
    case Record::kDeliverySwitched:
      return said(fmt::format("account {} switches {}", record.delivery_switched().account(),
                              record.delivery_switched().on() ? "on" : "off"));
    case Record::kBlocked:
      return said(fmt::format("account {} blocks {}", record.blocked().account(),
                              record.blocked().other()));
    case Record::kUnblocked:
      return said(fmt::format("account {} unblocks {}", record.unblocked().account(),
                              record.unblocked().other()));
    case Record::kMuted:
      return said(fmt::format("account {} mutes {} until {}", record.muted().account(),
                              record.muted().phrase(), record.muted().until_ms()));
    case Record::kUnmuted:
      return said(fmt::format("account {} unmutes {}", record.unmuted().account(),
                              record.unmuted().phrase()));
    case Record::kCapped:
      return said(fmt::format("account {} caps {} at {}", record.capped().account(),
                              record.capped().phrase(), record.capped().per_hour()));
    case Record::kChanged:
      if (record.changed().deleted())
        return said(
            fmt::format("{} takes #{} back", record.changed().nick(), record.changed().post()));
      return said(fmt::format("{} corrects #{}: {}", record.changed().nick(),
                              record.changed().post(), record.changed().text()));
    case Record::kDormant:
      return said(fmt::format("the track of account {} of {} sleeps", record.dormant().account(),
                              record.dormant().phrase()));
    case Record::kWoken:
      return said(fmt::format("the track of account {} of {} {}", record.woken().account(),
                              record.woken().phrase(),
                              record.woken().forgotten() ? "slept" : "wakes"));
    case Record::kListenersCapped:
      return said(fmt::format("the cap of {} is {}", record.listeners_capped().phrase(),
                              record.listeners_capped().lifted()
                                  ? "lifted"
                                  : std::to_string(record.listeners_capped().listeners())));
    default:
      return said("something else");
  }
}

}  // namespace tests::sim
