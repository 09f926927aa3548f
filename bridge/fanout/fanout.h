// Fanout: from records to deliveries. Applies the log in order, finds who is owed each post, and
// hands it on under the credit of the gateway that reaches them, the limit of the person it is for
// and the weights of the classes; remembers per person how far that got.
//
//   fanout.load(now);
//   loop: apply(record, now)... ; open/close/grant/ack/...(session, ...) ; turn(now) ; checkpoint()
//
// Neither socket nor clock nor thread: batches leave through the DeliverySink. One thread owns it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "bridge/backbone/cursor_store.h"
#include "bridge/backbone/store.h"
#include "bridge/base/counters.h"
#include "bridge/base/time.h"
#include "bridge/fanout/owed.h"
#include "bridge/fanout/owed_report.h"
#include "bridge/fanout/pending.h"
#include "bridge/fanout/post_cache.h"
#include "bridge/fanout/receipts.h"
#include "bridge/fanout/session.h"
#include "bridge/state/state.h"
#include "bridge/track/index.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"
#include "throttle/fair_queue.h"
#include "throttle/limiter.h"

namespace bridge::fanout {

class DeliverySink {
 public:
  virtual ~DeliverySink() = default;
  // Under the session's credit, so there is room for it.
  virtual void deliver(SessionId session, std::uint64_t sequence, const wire::Batch& batch) = 0;
};

// Shares of the classes when there is more to send than may be sent, counted in deliveries.
struct ClassWeights {
  std::uint32_t direct = 8;
  std::uint32_t follow = 4;
  std::uint32_t track = 2;
  std::uint32_t backlog = 1;
};

struct FanoutOptions {
  throttle::Policy deliveries_per_person = throttle::Policy::unlimited();
  ClassWeights weights = {};
  std::size_t people_max = 1'000'000;
  // A delivery of a post older than this says when it was written.
  std::chrono::milliseconds late_after{30'000};
  ReceiptWaits receipt_waits = {};
};

struct FanoutCounters {
  base::Counter matched;     // (post, person) pairs found at the end of the log
  base::Counter deliveries;  // handed to a session, again after a break included
  base::Counter acknowledged;
  base::Counter returned;   // refused by the other side, or lost with the session
  base::Counter confirmed;  // by the person's own client
  base::Counter withdrawn;  // no longer owed when their turn came
  base::Counter held;       // times somebody's delivery limit said "not before"
  base::Counter caught_up;  // records looked at in catch-up
  base::Gauge position;
  base::Gauge position_ms;     // when the newest record matched was written, by the wall clock
  base::Gauge credit;          // deliveries the gateways would take now
  base::Gauge unacknowledged;  // batches
  base::Gauge oldest_sent_ns;  // when the oldest of them was sent, monotonic; 0: there is none
  base::Gauge parked;          // people whose turn came while there was no credit
  base::Gauge unconfirmed;     // deliveries that wait for the person's own client
  base::Gauge online;
  base::Gauge behind;  // people waiting for their turn at catch-up
};

class Fanout {
 public:
  // At most this many records are looked at for catch-up, and this many deliveries made, in a turn.
  static constexpr std::size_t kCatchUpPerTurn = 4096;
  static constexpr std::size_t kDeliveriesPerTurn = 1024;

  // The references must outlive it.
  Fanout(const backbone::Store& store, backbone::CursorStore& cursors, FanoutOptions options,
         DeliverySink& sink);

  // State at the head of the log, cursors as of the last checkpoint, and what was owed in between.
  base::Result<void> load();

  // The record after position().
  void apply(const backbone::RecordPtr& record);
  RecordId position() const { return position_; }

  // Sessions of the im lane. A closed one's deliveries are owed again: those it had not
  // acknowledged and, unless it ended in order, those that people's own clients had yet to confirm.
  void open(SessionId session, Reaches reaches = {});
  void close(SessionId session, bool in_order = false);
  void grant(SessionId session, std::uint64_t deliveries, std::uint64_t bytes);  // cumulative
  void acknowledge(SessionId session, std::uint64_t sequence);                   // cumulative
  void give_back(SessionId session, const wire::Nack& nack);
  void confirm(SessionId session, const wire::Receipt& receipt);
  void presence(SessionId session, const wire::Presence& presence);

  // A page of the addresses a gateway may have to probe, those with something waiting first.
  wire::RosterPage roster(SessionId session, const wire::Roster& request);
  // Starts counting; the answer comes from take_reports() some turns later.
  void report_owed(std::uint64_t ticket, const std::string& nick);
  std::vector<FinishedReport> take_reports();

  // Catch-up, scheduling, batches. Returns how much it did: 0 means nothing can be done before
  // next_wakeup() or another call.
  std::size_t turn(base::Now now);
  std::optional<base::Time> next_wakeup() const;

  // Takes effect at the next decision, refills nothing.
  void set_limit(throttle::Policy deliveries_per_person);

  base::Result<void> checkpoint(bool sync);
  // Before the last checkpoint of a process that ends in good order: what only waits for a receipt
  // counts as arrived, or a restart would send it all again.
  void settle();

  const state::State& state() const { return state_; }
  const FanoutCounters& counters() const { return counters_; }

 private:
  struct Person {
    AccountId id = 0;
    std::array<Pending, backbone::kCursorClasses> pending;
    std::array<bool, kKinds> scheduled{};  // has its one entry in that class
    bool catching_up = false;              // has its one entry in catch_up_
    bool held = false;                     // has its one entry in held_: over its delivery limit
    bool parked = false;                   // has its one entry in its session's parked list
    bool dirty = false;                    // has its one entry in dirty_
    bool has_row = false;                  // a row in the cursor store
    throttle::Limiter limiter;
    bool clean() const { return pending[0].clean() && pending[1].clean(); }
  };
  // A delivery about to be added to a batch.
  struct Delivery {
    const backbone::Record& record;
    std::string_view author;
    std::string_view text;
    std::string_view phrase;
    std::size_t cursor = 0;
    bool late = false;
    std::uint64_t cost(const std::string& address) const {
      return wire::rendered_bytes(author.size(), text.size(), address.size(), phrase.size());
    }
  };
  struct Held {
    base::Time until;
    AccountId account = 0;
    bool operator>(const Held& other) const { return until > other.until; }
  };

  Person& person(AccountId id);
  void touch(Person& person);
  SessionId session_of(const state::Account& account) const;  // 0: cannot be reached
  // How somebody is reached.
  struct Way {
    SessionId session = 0;
    bool receipts = false;  // their clients are asked to confirm
  };

  // Matching.
  void index(const backbone::Record& record);
  void match_post(const PreparedPtr& prepared);
  void match_direct(const PreparedPtr& prepared);
  void enqueue(const state::Account& account, std::size_t cursor, Pending::Entry entry);
  void account_changed(const backbone::Record& record);
  void refresh(AccountId account);  // whether they can be reached may have changed

  // Arrivals.
  const state::Account* account_of(SessionId session, const std::string& address) const;
  void arrived(Person& person, const SentDelivery& delivery);
  void settle_receipts(const std::vector<Receipts::Expired>& expired);
  void reopen(Person& person, RecordId id);
  void change_presence(const Session& session, const wire::Presence::Change& change);

  // Catch-up.
  void want_catch_up(Person& person);
  std::size_t catch_up(base::Time now);
  base::Result<std::size_t> read_stream(Pending& stream, const state::Account& account);
  base::Result<std::size_t> read_directs(Pending& directs, const state::Account& account);

  // Scheduling.
  void schedule(Person& person);
  std::size_t send(base::Now now);
  void send_one(Kind kind, AccountId account, base::Now now);
  void hand_over(Session& session, const state::Account& account, Delivery delivery);
  void hold(Person& person, base::Time until);
  void release_held(base::Time now);
  RecordId count_owed(AccountId account, RecordId id, wire::OwedEntry& entry);
  void flush(Session& session);
  void publish_gauges();

  const backbone::Store& store_;
  backbone::CursorStore& cursor_store_;
  FanoutOptions options_;
  DeliverySink& sink_;

  state::State state_;
  track::Index index_;
  PostCache cache_;
  RecordId position_ = 0;

  std::unordered_map<AccountId, Person> people_;
  std::unordered_map<std::string, Way> available_;  // by address
  std::map<SessionId, Session> sessions_;
  throttle::FairQueue<AccountId> classes_;
  std::deque<AccountId> catch_up_;
  std::priority_queue<Held, std::vector<Held>, std::greater<>> held_;
  std::vector<AccountId> dirty_;
  Receipts receipts_;
  OwedReports reports_;
  base::Time turn_at_{};
  FanoutCounters counters_;
};

}  // namespace bridge::fanout
