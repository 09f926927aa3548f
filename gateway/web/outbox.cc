#include "gateway/web/outbox.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "bridge/wire/messages.h"
#include "gateway/web/frames.h"
#include "gateway/web/words.h"

namespace gateway::web {
namespace {

namespace base = bridge::base;

enum : std::uint64_t { kAdd = 1, kSettled = 2, kRefusedBecause = 3 };
constexpr std::size_t kLookAlways = 100;  // people with something on the way
constexpr std::chrono::milliseconds kLook{10};
constexpr std::size_t kDeadMax = 4'096;  // before the file is written anew

std::string add_frame(std::uint64_t number, std::int64_t time_ms, const std::string& nick,
                      const wire::Request& request) {
  return FrameWriter()
      .number(kAdd)
      .number(number)
      .number(static_cast<std::uint64_t>(time_ms))
      .text(nick)
      .text(bridge::wire::serialize(request))
      .take();
}

std::string settled_frame(std::uint64_t number) {
  return FrameWriter().number(kSettled).number(number).take();
}

std::string refused_frame(std::uint64_t number, const std::string& why) {
  return FrameWriter().number(kRefusedBecause).number(number).text(why).take();
}

wire::Reply error(base::ErrorCode code, std::string text,
                  std::optional<std::chrono::milliseconds> retry_after = std::nullopt) {
  return bridge::wire::error_reply({code, std::move(text), retry_after});
}

// Nothing is wrong with the request: it is only not the moment.
bool passes(const wire::Error& problem) {
  return problem.code() == wire::BUSY || problem.code() == wire::UNAVAILABLE ||
         problem.code() == wire::RATE_LIMITED;
}

}  // namespace

base::Result<void> Outbox::load(const std::vector<std::string>& entries) {
  std::map<std::uint64_t, std::pair<std::string, Entry>> there;
  for (const std::string& bytes : entries) {
    FrameReader reader(bytes);
    const std::uint64_t kind = reader.number();
    const std::uint64_t number = reader.number();
    last_number_ = std::max(last_number_, number);
    if (kind == kSettled) {
      there.erase(number);
      ++dead_;
    } else if (kind == kRefusedBecause) {
      const auto found = there.find(number);
      if (found != there.end()) found->second.second.refused = reader.text();
    } else if (kind == kAdd) {
      Entry entry;
      entry.number = number;
      entry.time_ms = static_cast<std::int64_t>(reader.number());
      const std::string nick = reader.text();
      auto request = bridge::wire::parse<wire::Request>(reader.text());
      if (!reader.ok() || !request)
        return base::fail(base::ErrorCode::kBadRequest, "an entry of the outbox cannot be read");
      entry.request = std::move(*request);
      there[number] = {nick, std::move(entry)};
    } else {
      return base::fail(base::ErrorCode::kBadRequest, "the outbox holds something unknown");
    }
  }
  for (auto& [number, one] : there) {
    Lane& lane = lane_of(one.first);
    Entry& entry = one.second;
    entry.ticket = 1;  // of an earlier process: durable
    entry.bytes = entry.request.ByteSizeLong();
    ++count_;
    ++kept_;
    bytes_ += entry.bytes;
    (entry.refused.empty() ? lane.entries : lane.refused).push_back(std::move(entry));
  }
  return {};
}

Outbox::Lane& Outbox::lane_of(const std::string& nick) {
  Lane& lane = lanes_[folded(nick)];
  if (lane.nick.empty()) lane.nick = nick;
  return lane;
}

Outbox::Entry* Outbox::same_post(Lane& lane, const wire::Request& request) {
  if (!request.has_publish()) return nullptr;
  for (Entry& entry : lane.entries) {
    const wire::Publish& there = entry.request.publish();
    if (entry.request.has_publish() && there.client_id() == request.publish().client_id() &&
        there.text() == request.publish().text())
      return &entry;
  }
  return nullptr;
}

void Outbox::submit(const std::string& nick, const wire::Request& request, const base::Now& now,
                    Then then) {
  now_ = now;
  const std::size_t bytes = request.ByteSizeLong();
  const auto there = lanes_.find(folded(nick));
  const std::size_t of_person = there == lanes_.end() ? 0 : there->second.entries.size();
  if (Entry* same = there == lanes_.end() ? nullptr : same_post(there->second, request)) {
    if (!same->then) return then({Sent::State::kWaiting, {}, same->number});
    same->then = [first = std::move(same->then), then = std::move(then)](const Sent& sent) {
      first(sent);
      then(sent);
    };
    return;
  }
  if (count_ >= settings_.entries_max || bytes_ + bytes > settings_.bytes_max ||
      of_person >= settings_.per_person_max) {
    ++counters_.full;
    return then({Sent::State::kRefused,
                 error(base::ErrorCode::kBusy,
                       of_person >= settings_.per_person_max
                           ? "Too much of yours is waiting already; try again later."
                           : "Too much is waiting already; try again later.",
                       settings_.retry_longest),
                 0});
  }
  Lane& lane = lane_of(nick);
  Entry entry;
  entry.number = ++last_number_;
  entry.time_ms = now.wall_ms;
  entry.request = request;
  entry.bytes = bytes;
  entry.then = std::move(then);
  entry.patient_until = now.mono + settings_.patience;
  ++count_;
  bytes_ += bytes;
  lane.entries.push_back(std::move(entry));
  if (!asker_.ready(now.mono)) keep(lane, lane.entries.back());
  start(lane, now.mono);
}

void Outbox::keep(Lane& lane, Entry& entry) {
  if (entry.ticket != 0) return;
  entry.ticket = store_.append(add_frame(entry.number, entry.time_ms, lane.nick, entry.request));
  ++kept_;
  ++counters_.kept;
}

void Outbox::tell(Entry& entry, Sent::State state, const wire::Reply& reply) {
  const Then then = std::exchange(entry.then, nullptr);
  if (then) then({state, reply, entry.number});
}

void Outbox::start(Lane& lane, base::Time now) {
  if (lane.in_flight || lane.entries.empty() || now < lane.retry_at || !asker_.ready(now) ||
      in_flight_ >= settings_.in_flight_max)
    return;
  if (held_ && lane.entries.front().ticket != 0) return;
  lane.in_flight = true;
  ++in_flight_;
  const std::uint64_t number = lane.entries.front().number;
  asker_.ask(lane.entries.front().request, now,
             [this, key = folded(lane.nick), number](const wire::Reply& reply) {
               on_answer(key, number, reply);
             });
}

void Outbox::on_answer(const std::string& key, std::uint64_t number, const wire::Reply& reply) {
  --in_flight_;
  const auto found = lanes_.find(key);
  if (found == lanes_.end() || found->second.entries.empty() ||
      found->second.entries.front().number != number)
    return;  // given up, as its store had failed, or asked again under another name
  Lane& lane = found->second;
  lane.in_flight = false;
  if (!reply.has_error()) {
    finish(lane, reply);
  } else if (!passes(reply.error())) {
    refuse(lane, reply);
  } else if (reply.error().code() == wire::RATE_LIMITED && lane.entries.front().then &&
             lane.entries.front().ticket == 0) {
    refuse(lane, reply);  // they are there, and can be told when
  } else {
    later(lane, reply);
  }
  if (lane.entries.empty() && lane.refused.empty()) {
    lanes_.erase(found);
  } else {
    start(lane, now_.mono);
  }
}

void Outbox::later(Lane& lane, const wire::Reply& reply) {
  ++counters_.retries;
  lane.pause = std::clamp(lane.pause * 2, settings_.retry_first, settings_.retry_longest);
  const std::chrono::milliseconds told(reply.error().retry_after_ms());
  // While it is away the next session is what it waits for.
  lane.retry_at =
      asker_.connected() ? now_.mono + (told.count() > 0 ? told : lane.pause) : base::Time{};
  keep(lane, lane.entries.front());
}

void Outbox::remove_front(Lane& lane) {
  const Entry& entry = lane.entries.front();
  --count_;
  bytes_ -= entry.bytes;
  lane.entries.pop_front();
  lane.retry_at = {};
  lane.pause = {};
}

void Outbox::forget(std::uint64_t number) {
  --kept_;
  store_.append(settled_frame(number));
  dead_ += 2;
}

void Outbox::finish(Lane& lane, const wire::Reply& reply) {
  Entry entry = std::move(lane.entries.front());
  remove_front(lane);
  if (entry.ticket != 0) {
    forget(entry.number);
    ++counters_.delivered;
  } else {
    ++counters_.done;
  }
  const bool was_told_waiting = !entry.then;
  const std::string nick = lane.nick;
  tell(entry, Sent::State::kDone, reply);
  if (was_told_waiting && settled_)
    settled_(nick, entry.request, {Sent::State::kDone, reply, entry.number});
}

void Outbox::refuse(Lane& lane, const wire::Reply& reply) {
  ++counters_.refused;
  Entry entry = std::move(lane.entries.front());
  remove_front(lane);
  if (entry.then) {
    if (entry.ticket != 0) forget(entry.number);
    return tell(entry, Sent::State::kRefused, reply);
  }
  const std::string nick = lane.nick;
  const Sent sent{Sent::State::kRefused, reply, entry.number};
  const wire::Request request = entry.request;
  entry.refused = reply.error().text();
  store_.append(refused_frame(entry.number, entry.refused));
  ++count_;
  bytes_ += entry.bytes;
  lane.refused.push_back(std::move(entry));
  while (lane.refused.size() > settings_.refused_max) {
    --count_;
    bytes_ -= lane.refused.front().bytes;
    forget(lane.refused.front().number);
    lane.refused.pop_front();
  }
  if (settled_) settled_(nick, request, sent);
}

// Deadlines, and entries that became durable.
void Outbox::notice(Lane& lane, std::uint64_t durable, base::Time now) {
  for (std::size_t i = 0; i < lane.entries.size(); ++i) {  // whoever is told may submit more
    Entry& entry = lane.entries[i];
    if (!entry.then) continue;
    if (entry.ticket == 0 && (now >= entry.patient_until || !asker_.ready(now))) keep(lane, entry);
    if (entry.ticket != 0 && entry.ticket <= durable) tell(entry, Sent::State::kWaiting);
  }
}

// The disk takes nothing: whoever was not told that it waits is told that it will not.
void Outbox::give_up_unkept(Lane& lane) {
  const wire::Reply reply =
      error(base::ErrorCode::kUnavailable, "This can not be kept just now; try again later.",
            settings_.retry_longest);
  for (std::size_t i = 0; i < lane.entries.size();) {
    Entry& entry = lane.entries[i];
    if (!entry.then || entry.ticket == 0) {
      ++i;
      continue;
    }
    if (i == 0) lane.in_flight = false;
    --count_;
    --kept_;
    bytes_ -= entry.bytes;
    Entry gone = std::move(entry);
    lane.entries.erase(lane.entries.begin() + static_cast<std::ptrdiff_t>(i));
    ++counters_.refused;
    tell(gone, Sent::State::kRefused, reply);
  }
}

void Outbox::drop(std::string_view nick) {
  const auto found = lanes_.find(folded(nick));
  if (found == lanes_.end()) return;
  Lane& lane = found->second;
  const auto first = lane.entries.begin() + (lane.in_flight ? 1 : 0);
  std::vector<Entry> dropped(std::make_move_iterator(first),
                             std::make_move_iterator(lane.entries.end()));
  lane.entries.erase(first, lane.entries.end());
  std::move(lane.refused.begin(), lane.refused.end(), std::back_inserter(dropped));
  lane.refused.clear();
  if (lane.entries.empty()) lanes_.erase(found);
  for (Entry& entry : dropped) {
    --count_;
    bytes_ -= entry.bytes;
    if (entry.ticket != 0) forget(entry.number);
    tell(entry, Sent::State::kRefused, error(base::ErrorCode::kNotJoined, "This account is gone."));
  }
}

void Outbox::rename(std::string_view nick, const std::string& to) {
  if (folded(nick) == folded(to)) return;
  auto old = lanes_.extract(folded(nick));
  if (old.empty()) return;
  Lane& lane = lane_of(to);
  for (Entry& entry : old.mapped().entries) {
    readdress(entry, to);
    lane.entries.push_back(std::move(entry));
  }
  for (Entry& entry : old.mapped().refused) {
    readdress(entry, to);
    lane.refused.push_back(std::move(entry));
  }
}

// In the store it takes the place of what has its number.
void Outbox::readdress(Entry& entry, const std::string& nick) {
  bytes_ -= entry.bytes;
  entry.request.mutable_actor()->set_nick(nick);
  entry.bytes = entry.request.ByteSizeLong();
  bytes_ += entry.bytes;
  if (entry.ticket == 0) return;
  entry.ticket = store_.append(add_frame(entry.number, entry.time_ms, nick, entry.request));
  ++dead_;
  if (entry.refused.empty()) return;
  store_.append(refused_frame(entry.number, entry.refused));
  ++dead_;
}

std::size_t Outbox::turn(const base::Now& now) {
  now_ = now;
  const std::uint64_t durable = store_.durable();
  // Many that wait are not gone through for every page that is served meanwhile.
  if (lanes_.size() > kLookAlways && durable == durable_seen_ && now.mono < next_look_) return 0;
  durable_seen_ = durable;
  next_look_ = now.mono + kLook;
  const bool failed = !lanes_.empty() && !store_.failed().empty();
  for (auto lane = lanes_.begin(); lane != lanes_.end();) {
    notice(lane->second, durable, now.mono);
    if (failed) give_up_unkept(lane->second);
    start(lane->second, now.mono);
    const bool empty = lane->second.entries.empty() && lane->second.refused.empty();
    lane = empty ? lanes_.erase(lane) : std::next(lane);
  }
  compact();
  return 0;
}

void Outbox::compact() {
  if (dead_ < kDeadMax || dead_ < 2 * kept_) return;
  std::vector<std::string> all;
  std::vector<Entry*> unsure;
  for (auto& [key, lane] : lanes_) {
    for (Entry& entry : lane.entries) {
      if (entry.ticket == 0) continue;
      all.push_back(add_frame(entry.number, entry.time_ms, lane.nick, entry.request));
      if (entry.then) unsure.push_back(&entry);
    }
    for (Entry& entry : lane.refused) {
      all.push_back(add_frame(entry.number, entry.time_ms, lane.nick, entry.request));
      all.push_back(refused_frame(entry.number, entry.refused));
    }
  }
  const std::uint64_t ticket = store_.rewrite(std::move(all));
  for (Entry* entry : unsure) entry->ticket = ticket;
  dead_ = 0;
}

std::vector<Outbox::Waiting> Outbox::waiting(std::string_view nick) const {
  std::vector<Waiting> all;
  const auto found = lanes_.find(folded(nick));
  if (found == lanes_.end()) return all;
  for (const Entry& entry : found->second.refused)
    all.push_back({entry.number, entry.time_ms, entry.request, entry.refused});
  for (const Entry& entry : found->second.entries)
    all.push_back({entry.number, entry.time_ms, entry.request, {}});
  std::ranges::sort(all, {}, &Waiting::number);
  return all;
}

bool Outbox::dismiss(std::string_view nick, std::uint64_t number) {
  const auto found = lanes_.find(folded(nick));
  if (found == lanes_.end()) return false;
  auto& refused = found->second.refused;
  const auto entry = std::ranges::find(refused, number, &Entry::number);
  if (entry == refused.end()) return false;
  --count_;
  bytes_ -= entry->bytes;
  forget(number);
  refused.erase(entry);
  return true;
}

std::int64_t Outbox::oldest_ms() const {
  std::int64_t oldest = 0;
  for (const auto& [key, lane] : lanes_) {
    if (lane.entries.empty() || lane.entries.front().ticket == 0) continue;
    if (oldest == 0 || lane.entries.front().time_ms < oldest) oldest = lane.entries.front().time_ms;
  }
  return oldest;
}

}  // namespace gateway::web
