#include "gateway/xmpp/digest_stanza.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "gateway/xmpp/delivery_stanza.h"
#include "gateway/xmpp/render.h"

namespace gateway::xmpp {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::milliseconds;
using LocalTime = std::chrono::local_time<milliseconds>;

// Within so many days the name of a day says which one.
constexpr days kWeek{7};

std::string_view name_of(std::chrono::weekday day) {
  constexpr std::array<std::string_view, 7> kNames = {"Sun", "Mon", "Tue", "Wed",
                                                      "Thu", "Fri", "Sat"};
  return kNames[day.c_encoding()];
}

// "14:02", "Mon 14:02" or "2023-11-14", as seen from `now`.
std::string point_in_time(LocalTime time, LocalTime now) {
  const auto day = floor<days>(time);
  const auto ago = floor<days>(now) - day;
  if (ago < days(0) || ago >= kWeek) {
    const std::chrono::year_month_day date(day);
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  }
  const std::chrono::hh_mm_ss clock(time - day);
  const std::string at = fmt::format("{:02}:{:02}", clock.hours().count(), clock.minutes().count());
  if (ago == days(0)) return at;
  return fmt::format("{} {}", name_of(std::chrono::weekday(day)), at);
}

std::string waiting(const wire::Digest& digest) {
  const std::chrono::seconds offset(digest.utc_offset_s());
  const auto local = [&](std::int64_t ms) { return LocalTime(milliseconds(ms) + offset); };
  std::string from = " from people you follow";
  if (!digest.phrase().empty())
    from = " for " + digest.phrase();
  else if (!digest.author().empty())
    from = " from " + digest.author();
  return fmt::format("{} more{} since {}: say `more{}{}`", digest.count(), from,
                     point_in_time(local(digest.since_ms()), local(digest.now_ms())),
                     digest.phrase().empty() ? "" : " ", digest.phrase());
}

std::string expired(std::uint64_t count) {
  if (count == 1) return "1 post that waited for you was too old to keep.";
  return fmt::format("{} posts that waited for you were too old to keep.", count);
}

}  // namespace

std::string digest_body(const wire::Digest& digest) {
  if (digest.expired() == 0) return waiting(digest);
  if (digest.count() == 0) return expired(digest.expired());
  return expired(digest.expired()) + "\n" + waiting(digest);
}

void render_digest(std::string& out, const Settings& settings, const wire::Digest& digest) {
  const std::string from = settings.bot_jid();
  const std::string id = "d" + std::to_string(digest.id());
  const std::string body = digest_body(digest);
  // Out of date as soon as it was read.
  render(out, Chat{.from = from, .to = digest.address(), .id = id, .body = body, .keep = false});
}

std::optional<std::uint64_t> parse_digest_id(std::string_view id) {
  return parse_numbered_id('d', id);
}

}  // namespace gateway::xmpp
