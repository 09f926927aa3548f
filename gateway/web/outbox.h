// Outbox: changes on their way to the bridge: in order for each person, once, kept while it is
// away.
//
//   outbox.submit("alice", request, now, [](const Sent& sent) { ... });
//   outbox.turn(now);                       // asks, retries, notices deadlines
//
// One request of a person is with the bridge at a time, so their changes happen in the order they
// were made. What is answered in time goes no further than memory. When the bridge is away, or
// takes longer than `patience`, the request is written to the OutboxStore; once that is durable its
// author is told that it waits, and it survives this process. It is then sent until the bridge has
// answered: posts carry their client id, so the bridge takes each once, whatever was lost on the
// way; everything else comes to the same when done twice.
//
// A post that comes again while it is here (same person, client id and text) is the same post.
//
// Refusals: over a limit or busy means later, for whoever already waits. Anything else is told: to
// the one who is still there, or in waiting() with its reason, until they have read it (dismiss()).
// Bounded in entries, bytes, and entries of a person; beyond that submit() says so at once. One
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bridge/base/result.h"
#include "bridge/base/time.h"
#include "bridge/client/backbone.h"
#include "gateway/web/asker.h"
#include "gateway/web/outbox_file.h"

namespace gateway::web {

struct OutboxSettings {
  std::chrono::milliseconds patience{1'000};  // longer answers go to the outbox
  std::size_t entries_max = 10'000;
  std::size_t bytes_max = 32 << 20;
  std::size_t per_person_max = 500;
  std::size_t refused_max = 20;  // of a person; the oldest goes
  std::size_t in_flight_max = 256;
  std::chrono::milliseconds retry_first{250};
  std::chrono::milliseconds retry_longest{10'000};
};

// What became of a request.
struct Sent {
  enum class State {
    kDone,     // the bridge did it: `reply` is its answer
    kWaiting,  // it is kept, and will be done
    kRefused,  // `reply` has the error; nothing is kept
  };
  State state = State::kDone;
  wire::Reply reply = {};
  std::uint64_t number = 0;  // in the outbox
};

struct OutboxCounters {
  std::uint64_t done = 0;       // answered in time
  std::uint64_t kept = 0;       // written to the outbox
  std::uint64_t delivered = 0;  // of those: the bridge has them now
  std::uint64_t refused = 0;
  std::uint64_t full = 0;
  std::uint64_t retries = 0;
};

class Outbox {
 public:
  using Then = std::function<void(const Sent&)>;
  // Called when a request that had waited was done or refused, for views and streams.
  using Settled = std::function<void(const std::string& nick, const wire::Request&, const Sent&)>;

  struct Waiting {
    std::uint64_t number = 0;
    std::int64_t time_ms = 0;
    wire::Request request;
    std::string refused;  // why; empty: it waits
  };

  // All must outlive it.
  Outbox(const OutboxSettings& settings, Asker& asker, OutboxStore& store)
      : settings_(settings), asker_(asker), store_(store) {}

  // What the store held when it was opened. An error: an entry that cannot be read.
  bridge::base::Result<void> load(const std::vector<std::string>& entries);
  void on_settled(Settled settled) { settled_ = std::move(settled); }

  void submit(const std::string& nick, const wire::Request& request, const bridge::base::Now& now,
              Then then);
  std::size_t turn(const bridge::base::Now& now);

  // What was kept is not sent for now: who was renamed while the bridge was away is not known yet,
  // and an old name would be refused.
  void hold(bool held) { held_ = held; }
  // Of one person, oldest first: what waits, and what was refused.
  std::vector<Waiting> waiting(std::string_view nick) const;
  // Their account is gone, and what waits with it. What is with the bridge just now is answered as
  // it answers.
  void drop(std::string_view nick);
  // They are called otherwise from now on, and so is who asks. What is with the bridge just now is
  // asked again: it may be refused to the old name.
  void rename(std::string_view nick, const std::string& to);
  // A refusal was read. False: there is none of that number.
  bool dismiss(std::string_view nick, std::uint64_t number);

  std::size_t size() const { return count_; }  // in memory, kept or not
  std::size_t kept() const { return kept_; }   // of those, kept
  std::int64_t oldest_ms() const;              // when the oldest kept was made; 0: none
  const OutboxCounters& counters() const { return counters_; }

 private:
  struct Entry {
    std::uint64_t number = 0;
    std::int64_t time_ms = 0;
    wire::Request request;
    std::size_t bytes = 0;
    Then then;  // somebody is waiting for the answer
    bridge::base::Time patient_until{};
    std::uint64_t ticket = 0;  // of the store; 0: in memory only
    std::string refused;
  };
  struct Lane {
    std::string nick;
    std::deque<Entry> entries;
    std::deque<Entry> refused;  // kept
    bool in_flight = false;     // the first entry
    bridge::base::Time retry_at{};
    std::chrono::milliseconds pause{0};
  };

  Lane& lane_of(const std::string& nick);
  static Entry* same_post(Lane& lane, const wire::Request& request);
  void keep(Lane& lane, Entry& entry);
  void start(Lane& lane, bridge::base::Time now);
  void on_answer(const std::string& key, std::uint64_t number, const wire::Reply& reply);
  void finish(Lane& lane, const wire::Reply& reply);
  void refuse(Lane& lane, const wire::Reply& reply);
  void later(Lane& lane, const wire::Reply& reply);
  void tell(Entry& entry, Sent::State state, const wire::Reply& reply = {});
  void notice(Lane& lane, std::uint64_t durable, bridge::base::Time now);
  void give_up_unkept(Lane& lane);
  void readdress(Entry& entry, const std::string& nick);
  void forget(std::uint64_t number);
  void remove_front(Lane& lane);
  void compact();

  const OutboxSettings settings_;
  Asker& asker_;
  OutboxStore& store_;
  Settled settled_;
  OutboxCounters counters_;
  std::map<std::string, Lane> lanes_;  // by folded nick; only those with something in them
  std::uint64_t last_number_ = 0;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
  std::size_t kept_ = 0;
  std::size_t in_flight_ = 0;
  std::size_t dead_ = 0;  // frames in the store that say nothing any more
  bool held_ = false;
  std::uint64_t durable_seen_ = 0;
  bridge::base::Time next_look_{};
  bridge::base::Now now_{};
};

}  // namespace gateway::web
