// Fanout: from records to deliveries. Applies the log in order, finds which lists are owed each
// post, brings it to the people on them a quantum at a time, and hands it on under the credit of
// the gateway that reaches them, the limit of the person it is for and the shares of the classes;
// remembers per person how far that got. docs/decisions/fanout-jobs.md says why nothing is lost or
// comes twice on the way.
//
//   fanout.load();
//   loop: apply(record)... while there is room() ; open/close/grant/ack/...(session, ...) ;
//   turn(now) ; checkpoint()
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
#include <unordered_set>
#include <vector>

#include "bridge/backbone/cursor_store.h"
#include "bridge/backbone/store.h"
#include "bridge/base/counters.h"
#include "bridge/base/text.h"
#include "bridge/base/time.h"
#include "bridge/fanout/bounces.h"
#include "bridge/fanout/class_shares.h"
#include "bridge/fanout/digest.h"
#include "bridge/fanout/doubts.h"
#include "bridge/fanout/former_addresses.h"
#include "bridge/fanout/jobs.h"
#include "bridge/fanout/owed.h"
#include "bridge/fanout/owed_report.h"
#include "bridge/fanout/passes.h"
#include "bridge/fanout/person.h"
#include "bridge/fanout/phrase_set.h"
#include "bridge/fanout/post_cache.h"
#include "bridge/fanout/receipts.h"
#include "bridge/fanout/roll.h"
#include "bridge/fanout/session.h"
#include "bridge/fanout/sign_in_questions.h"
#include "bridge/state/state.h"
#include "bridge/track/index.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"
#include "throttle/codel.h"
#include "throttle/fair_queue.h"
#include "throttle/keyed_limiter.h"
#include "throttle/limiter.h"
#include "throttle/rule.h"
#include "throttle/timing_wheel.h"
#include "throttle/top_talkers.h"

namespace bridge::fanout {

class DeliverySink {
 public:
  virtual ~DeliverySink() = default;
  // Under the session's credit, so there is room for it.
  virtual void deliver(SessionId session, std::uint64_t sequence, const wire::Batch& batch) = 0;
};

// What may change while it runs; takes effect at the next decision, refills nothing.
struct FanoutLimits {
  throttle::KeyedRule deliveries_per_person = {};
  // To all people together: what bounds the work of this thread.
  throttle::Rule deliveries = {};
  // Listeners of tracks that one author's posts reach; posts beyond reach them from the backlog.
  throttle::KeyedRule listeners_per_author = {};
  // Tracks and backlog together at the first level of pressure; half of it at each further one.
  throttle::Rule under_pressure = {};
  ClassShares shares = {};
  // Follows and tracks: a standing wait above this sends what waited twice as long to the backlog.
  // 0: never.
  std::chrono::milliseconds age_target{0};
  // Exceptions' keys are hashed under this seed: a person's address, an author's folded nick.
  throttle::HashSeed seed = {};
};

struct FanoutOptions {
  throttle::Policy deliveries_per_person = throttle::Policy::unlimited();
  throttle::Policy deliveries = throttle::Policy::unlimited();  // to all people together
  ClassShares shares = {};
  std::size_t people_max = 1'000'000;
  // A list of at least so many listeners is a hot one: served last, in a class of its own.
  std::size_t hot_list = 4096;
  // What is done at once for one job: people brought something, or 64 times as many passed by.
  std::size_t quantum = 256;
  // Of follows and tracks that waited while somebody was away, so many are sent; the rest becomes
  // their digest.
  std::size_t catch_up_max = 100;
  // A delivery of a post older than this says when it was written.
  std::chrono::milliseconds late_after{30'000};
  ReceiptWaits receipt_waits = {};
  BounceWaits bounce_waits = {};
  // Posts older than this lose their texts; 0: never.
  std::chrono::milliseconds retention{0};
  std::vector<std::string> operators = {};  // as in state::Rules: gateways are told
  std::string website = {};                 // likewise: what sign-in questions are about
};

// Of one kind of delivery.
struct KindCounters {
  base::Counter delivered;
  base::Gauge queued;  // people whose turn it is to get one
  base::Gauge age_ms;  // of the one sent last, since it was written; 0 while nobody waits
};

struct FanoutCounters {
  base::Counter matched;     // (post, person) pairs found by jobs
  base::Counter looked_at;   // people that jobs came by
  base::Counter deliveries;  // handed to a session, again after a break included
  base::Counter acknowledged;
  base::Counter returned;   // refused by the other side, or lost with the session
  base::Counter bounced;    // of those: sent, and came back as an error
  base::Counter confirmed;  // by the person's own client
  base::Counter withdrawn;  // no longer owed when their turn came
  base::Counter digested;   // put into somebody's digest, instead
  base::Counter taken;      // out of it, with `more`
  base::Counter expired;    // waited longer than posts, or digests, are kept; told in a digest
  base::Counter held;       // times somebody's delivery limit said "not before"
  base::Counter shadowed;   // times it would have, were it not in shadow
  base::Counter aged;       // waited too long and went to the backlog
  base::Counter diverted;   // posts whose author reaches too many: from the backlog
  base::Counter exhausted;  // times all had to wait for what all people together may get
  base::Counter pressed;    // times tracks and backlog had to wait under pressure
  base::Gauge waiting;      // people whose delivery limit says "not before"
  base::Gauge pressure;     // the level
  base::Counter caught_up;  // records that passes went over
  base::Counter passes;     // begun
  base::Counter log_reads;  // stretches of the log that were not in memory
  base::Gauge position;
  base::Gauge position_ms;     // when the newest record matched was written, by the wall clock
  base::Gauge credit;          // deliveries the gateways would take now
  base::Gauge unacknowledged;  // batches
  base::Gauge oldest_sent_ns;  // when the oldest of them was sent, monotonic; 0: there is none
  base::Gauge parked;          // people whose turn came while there was no credit
  base::Gauge unconfirmed;     // deliveries that wait for the person's own client
  base::Gauge online;
  base::Gauge unreachable;  // people to whom nothing is sent because it came back
  base::Gauge behind;       // people who read along with a pass, or wait for one
  base::Gauge jobs;         // posts that have not come to everybody yet
  std::array<KindCounters, kKinds> kinds;
};

class Fanout {
 public:
  // At most about this many records are gone over by passes, and this many deliveries made, in a
  // turn.
  static constexpr std::size_t kCatchUpPerTurn = 64;
  static constexpr std::size_t kDeliveriesPerTurn = 1024;

  // The references must outlive it.
  Fanout(const backbone::Store& store, backbone::CursorStore& cursors, FanoutOptions options,
         DeliverySink& sink);

  // State at the head of the log, cursors and jobs as of the last checkpoint. Takes as long as the
  // accounts and subscriptions need; what was owed since then is read when people are there.
  base::Result<void> load();
  // The same, when somebody has read the State already.
  base::Result<void> load(const state::Snapshot& snapshot);

  // So many more records may be applied before some jobs must have ended.
  std::size_t room() const { return Jobs::kJobsMax - jobs_.size(); }
  // The record after position(). Only while there is room().
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

  // A page of the addresses a gateway may have to probe. Those who were served last come first:
  // they are the likeliest to be there.
  wire::RosterPage roster(SessionId session, const wire::Roster& request);
  // What takes some turns to answer: what is owed, and `more`. With too many unanswered, `more` is
  // refused for now.
  static constexpr std::size_t kReadingsMax = 4096;
  // Pages of people's own data that wait for a turn each.
  static constexpr std::size_t kExtractsMax = 64;
  static constexpr std::chrono::milliseconds kExtractAgain{500};
  struct Answer {
    std::uint64_t ticket = 0;
    wire::Reply reply;
  };
  void ask(std::uint64_t ticket, const wire::Request& request);
  std::vector<Answer> take_answers();
  // How one record stands to one person, as the reports count it. Fails when the log cannot be
  // read.
  base::Result<Standing> standing(AccountId account, RecordId id);
  // Changes of posts that were asked for, with what catches the post; for the committer.
  struct Change {
    std::uint64_t ticket = 0;
    wire::Request request;
    std::vector<std::string> caught;
  };
  // Phrases that the record of a change can name. Whom only others bring the post misses its
  // change.
  static constexpr std::size_t kCaughtMax = 1024;
  std::vector<Change> take_changes() { return std::exchange(changes_, {}); }
  // Posts that are kept no longer, for the committer; asked for again until that is done.
  // Each is matched once more, within one turn: a few, so that nobody's deliveries wait for it.
  static constexpr std::size_t kExpiredPerStep = 16;
  std::optional<backbone::Expiry> take_expiry() { return std::exchange(expiry_, std::nullopt); }

  // Catch-up, scheduling, batches. Returns how much it did: 0 means nothing can be done before
  // next_wakeup() or another call.
  std::size_t turn(base::Now now);
  std::optional<base::Time> next_wakeup() const;

  // Takes effect at the next decision, refills nothing.
  void set_limit(throttle::Policy deliveries_per_person);
  void set_limits(FanoutLimits limits);
  // How much tracks and backlog have to give way: see throttle/pressure.h.
  void set_pressure(unsigned level);
  // Words and authors by the listeners their posts had, of late.
  std::vector<throttle::TopTalkers::Talker> top_words(std::size_t max) const {
    return words_.top(max);
  }
  std::vector<throttle::TopTalkers::Talker> top_authors(std::size_t max) const {
    return authors_.top(max);
  }

  base::Result<void> checkpoint(bool sync);
  // Who would be in it.
  std::size_t changed_people() const { return roll_.changed().size(); }
  // Before the last checkpoint of a process that ends in good order: what only waits for a receipt
  // counts as arrived, or a restart would send it all again.
  void settle();

  const state::State& state() const { return state_; }
  const FanoutCounters& counters() const { return counters_; }
  const SignInCounters& sign_in_counters() const { return questions_.counters(); }

 private:
  // A delivery about to be added to a batch.
  struct Delivery {
    const Prepared& prepared;
    Kind kind = Kind::kTrack;
    std::string_view author;
    std::string_view text;
    std::string_view phrase;
    std::size_t cursor = 0;
    bool late = false;
    std::uint64_t cost(std::string_view address) const {
      return wire::rendered_bytes(author.size(), text.size(), address.size(), phrase.size());
    }
  };
  struct Held {
    base::Time until;
    PersonNumber number = 0;
    bool operator>(const Held& other) const { return until > other.until; }
  };

  // With what the pass they read along with has dealt with counted in.
  Person& wake(PersonNumber number);
  void touch(const Person& person) { roll_.touch(person.number); }
  void moved(Person& person);  // touched, and perhaps something can be sent or read now

  // Matching.
  void index(const backbone::Record& record);
  void leave_lists(const backbone::Record& record);
  void account_changed(const backbone::Record& record);
  void match_direct(const PreparedPtr& prepared, AccountId recipient);
  void match_post(const PreparedPtr& prepared);  // or a change of one
  // The listeners of every phrase that catches it.
  void for_each_phrase(
      const Prepared& prepared,
      const std::function<void(std::string_view phrase, const track::Listeners& all)>& visit) const;
  std::vector<std::string> lists_of(const Prepared& prepared, std::size_t* reach = nullptr);
  bool over_reach(const Prepared& prepared, std::size_t reach);

  // Changes of posts.
  void ask_for_change(std::uint64_t ticket, const wire::Request& request);
  std::size_t prepare_changes();
  std::vector<std::string> all_that_catches(const Prepared& prepared) const;
  void keep_mutes(const backbone::Record& record);

  // Posts that are kept no longer.
  std::size_t find_expired();
  std::optional<backbone::Expiry> expired_after(RecordId done) const;
  void note_expired(Person& person, const Prepared& prepared);

  bool still_waits(PersonNumber number, RecordId post);
  bool in_doubt(PersonNumber number, RecordId post, RecordId change, bool gone) const;
  // owed(), and what a change is about has come to them.
  std::optional<Owed> due(PersonNumber number, const Prepared& prepared);
  void told_with(Person& person, const Prepared& prepared);
  void pass_over(Person& person, const Prepared& prepared);
  void note_change(Person& person, const Prepared& prepared, bool is_due);

  // Jobs.
  bool walk(Job& job, std::size_t& budget);
  track::Subscribers::Range ahead_of(const Job& job) const;
  void begin_list(Job& job) const;
  void bring(const Prepared& prepared, PersonNumber number, bool diverted = false);
  bool has_all_it_needs(Job& job);
  void resume(Job& job);
  std::size_t expand();

  // Who can be reached.
  void refresh(AccountId account);
  void has_moved(const backbone::record::AddressMoved& moved);
  void refresh_domain(std::string_view domain);
  void tell_house();
  void go_away(Person& person);
  void pass_by_who_left();

  // Arrivals.
  const state::Account* account_of(SessionId session, const std::string& address) const;
  AccountId recipient_of(SessionId session, const std::string& address) const;
  void take_back(Person& person, SessionId session, const wire::Nack& nack);
  void arrived(Person& person, const SentDelivery& delivery);
  void settle_receipts(const std::vector<Receipts::Expired>& expired);
  void reopen(Person& person, RecordId id);
  void let_in_again();
  bool look_for(SessionId session, const std::string& address);
  void change_presence(const Session& session, const wire::Presence::Change& change);

  // Catch-up.
  void want_catch_up(Person& person);
  std::size_t catch_up(base::Time now);
  void admit(base::Time now);
  void read_directs(Person& person, base::Time now);
  base::Result<std::size_t> read_on(Pass& pass);
  std::size_t offer(Pass& pass, const PreparedPtr& prepared);
  std::size_t offer_to_all(Pass& pass, const PreparedPtr& prepared);
  bool take(Pass& pass, const PreparedPtr& prepared, PersonNumber number);
  void leave_pass(Person& person);
  std::vector<PersonNumber> end_pass(Pass& pass);  // of those who were members, some

  // Scheduling.
  void schedule(Person& person);
  std::size_t send(base::Now now);
  void send_one(Kind kind, PersonNumber number, base::Now now);
  void hand_over(Session& session, const Person& person, const Delivery& delivery);
  throttle::Decision delivery_limit(Person& person, base::Time now);
  void charge(throttle::Limiter& limiter, const throttle::Rule& rule, base::Time now,
              std::uint64_t cost);
  bool exhausted(base::Time now);
  bool give_way(base::Time now);
  void hold(Person& person, base::Time until);
  void release(PersonNumber number);
  void release_held(base::Time now);
  void flush(Session& session);
  void publish_gauges();

  // Digests.
  struct Reading {  // of somebody's digest, for `more`
    std::uint64_t ticket = 0;
    PersonNumber number = 0;
    std::string phrase = {};  // canonical; empty: whatever waits
    std::size_t wanted = 0;
    RecordId at = 0;  // everything up to here was looked at
    std::vector<std::pair<RecordId, std::string>> found = {};
    // What is kept no longer, before all that was found: how much of each phrase, up to where.
    std::map<std::string, std::uint64_t> expired = {};
    RecordId expired_to = 0;
  };
  // For posts: a direct may well have an id in between.
  bool holds(PersonNumber number, RecordId id) const;
  Digest& digest_of(const Person& person) { return digests_[person.number]; }
  bool over_cap(Person& person, const Owed& as, base::WallMs time_ms);
  void set_aside(Person& person, const backbone::Record& record, const Owed& as);
  void finish_digest(const Person& person);
  bool arrived_after_all(Person& person, RecordId id);
  void note_expired(Reading& reading, const Prepared& prepared);
  void settle_digest(const Person& person);
  std::unordered_set<PersonNumber> being_told() const;
  void tell_digest(const Person& person, base::Time at);
  void tell_due(base::Now now);
  bool tell(Session& session, const Person& person, Digest& digest, base::WallMs now_ms);
  void more(std::uint64_t ticket, const wire::Request& request);
  std::size_t read_digests();
  bool read_digest(Reading& reading, std::size_t& budget);
  void bring_more(Reading& reading);

  // Signing in on the website, by the clock of the last turn.
  base::Result<wire::Reply> sign_in(const wire::Request& request);
  base::Result<wire::Reply> ask_sign_in(const std::string& nick);
  void put_question(const state::Account& account, const std::string& transaction);

  // Counting.
  void report_owed(std::uint64_t ticket, const wire::Owed& asked);
  void ask_for_extract(std::uint64_t ticket, const wire::Request& request);
  std::size_t give_extract();
  wire::Reply extract_for(const wire::Request& request);
  RecordId owed_from(PersonNumber number);
  std::size_t count_owed();
  base::Result<void> count_record(OwedReport& report, std::size_t& budget);
  bool outstanding(PersonNumber number, std::size_t cursor, RecordId id);
  Standing standing(PersonNumber number, const Prepared& prepared);

  const backbone::Store& store_;
  backbone::CursorStore& cursor_store_;
  FanoutOptions options_;
  DeliverySink& sink_;

  state::State state_;
  track::Index index_;
  PostCache cache_;
  RecordId position_ = 0;

  Roll roll_;
  std::unordered_map<std::string, Way, base::StringHash, std::equal_to<>> available_;  // by address
  std::map<SessionId, Session> sessions_;
  Jobs jobs_;
  throttle::FairQueue<RecordId> job_turns_;    // an entry each, by class of the list they are in
  std::optional<base::Time> jobs_wait_until_;  // the store cannot be read
  // Jobs of posts before it may have something for people whose tracks were put to sleep since.
  RecordId last_asleep_ = 0;
  std::deque<PersonNumber> leaving_;  // away, but a running job may have something for them
  throttle::FairQueue<PersonNumber> classes_;
  Passes passes_;
  std::deque<PersonNumber> catch_up_;
  std::vector<std::pair<RecordId, PersonNumber>> waiting_;  // for a pass, from there on
  std::size_t admitting_ = 0;                               // turns for which passes have waited
  throttle::TimingWheel<PersonNumber> held_;
  std::vector<PersonNumber> closed_;  // held until the limits change
  FanoutLimits limits_;
  std::array<throttle::Codel, kKinds> codels_;
  throttle::KeyedLimiter reach_;  // by author
  throttle::TopTalkers words_{256};
  throttle::TopTalkers authors_{256};
  base::Time next_fade_{};
  throttle::Limiter all_;
  std::optional<base::Time> all_until_;  // everybody waits until then
  unsigned pressure_ = 0;
  throttle::Limiter pressed_;
  std::optional<base::Time> pressed_until_;  // tracks and backlog wait until then
  Receipts receipts_;
  Bounces bounces_;
  FormerAddresses former_addresses_;
  std::unordered_map<PersonNumber, Digest> digests_;                          // no empty ones
  std::priority_queue<Held, std::vector<Held>, std::greater<>> digests_due_;  // to be told
  std::deque<Reading> readings_;
  std::deque<std::pair<std::uint64_t, wire::Request>> extracts_;  // by ticket
  SignInQuestions questions_;
  OwedReports reports_;
  std::vector<Answer> answers_;
  PhraseSet mutes_;
  std::deque<Change> asked_changes_;  // some of posts that have not been matched yet
  std::vector<Change> changes_;
  std::optional<backbone::Expiry> expiry_;
  backbone::Expiry asked_expiry_;  // the last
  RecordId expired_to_ = 0;        // as the cache knows it
  base::Time look_for_expired_{};
  Doubts doubts_;
  backbone::Stretch unsaved_;  // in which the last process may have done what it did not save
  base::Now turn_{};
  std::uint64_t order_ = 0;  // of batches sent and of people appearing
  FanoutCounters counters_;
};

}  // namespace bridge::fanout
