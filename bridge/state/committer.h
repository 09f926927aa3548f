// Committer: the one writer of the log. Takes whatever requests arrived while the last batch was
// being made durable, decides them in order against State, appends all their records in one atomic
// synced write, and only then answers (law 1).
//
//   committer.load();
//   loop: stage(submission...) until full(); commit(now);
//
// State at the head is this object's own, so two requests in one batch see each other. Replies to
// questions wait for the commit too: nobody is told of what is not on disk yet. When the disk
// refuses a batch, its requests are answered UNAVAILABLE, State is rebuilt from the store, and
// writes are refused until Store::resume() succeeds, tried once a second.
//
// One thread. No queue of its own beyond the batch: the owner's mailboxes hold what waits.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bridge/backbone/erasures.h"
#include "bridge/backbone/store.h"
#include "bridge/base/counters.h"
#include "bridge/base/histogram.h"
#include "bridge/base/time.h"
#include "bridge/limits/limits.h"
#include "bridge/state/decide.h"
#include "bridge/state/move_offers.h"
#include "bridge/state/sign_in_codes.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"

namespace bridge::state {

// Where a reply has to go: a lane's session and the number of the request in it.
struct ReplyAddress {
  std::size_t lane = 0;
  std::uint64_t session = 0;
  std::uint64_t sequence = 0;
};

struct Submission {
  ReplyAddress reply_to;
  wire::Request request;
  bool may_create_author = false;
  std::vector<std::string> caught = {};  // by the post it changes; see Fanout::take_changes
};

class CommitListener {
 public:
  virtual ~CommitListener() = default;
  virtual void on_reply(const ReplyAddress& to, wire::Reply reply) = 0;
  // Durable, in log order, each once.
  virtual void on_committed(const std::vector<backbone::RecordPtr>& records) = 0;
};

struct CommitterCounters {
  base::Counter batches;
  base::Counter records;
  base::Counter posts;            // public ones among them
  base::Counter refused_by_disk;  // batches
  base::Histogram batch_records{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
  base::Gauge read_only;  // 1: the log cannot be written just now
  base::Gauge accounts;
  base::Gauge follows;
  base::Gauge tracks;
  base::Counter sign_in_codes;
  base::Counter sign_ins;
  base::Counter sign_ins_refused;  // no such code, or too many of those
  base::Gauge to_erase;            // records to be gone over, for accounts that are being erased
};

class Committer {
 public:
  static constexpr std::size_t kBatchRecordsMax = 1024;
  static constexpr std::size_t kBatchBytesMax = 1 << 20;
  static constexpr std::chrono::seconds kResumeEvery{1};
  static constexpr std::size_t kErasedPerStep = 512;  // records gone over
  // So many listeners are woken or put to sleep in one commit.
  static constexpr std::size_t kSettledPerCommit = 256;

  // The references must outlive it.
  Committer(backbone::Store& store, Rules rules, CommitListener& listener);

  // What it decides from, as the store has it.
  struct Basis {
    State state;
    limits::Ledger limits;
  };
  static Basis prepare(const Snapshot& snapshot);

  // Reads the store. Before anything else.
  base::Result<void> load();
  // The same, when somebody has read it already.
  base::Result<void> load(Basis basis);

  // Decides one request. Its reply goes out at the next commit().
  void stage(Submission submission, base::Now now);
  // At a bound: commit before staging more.
  bool full() const { return batch_.size() >= kBatchRecordsMax || bytes_ >= kBatchBytesMax; }
  // Makes the batch durable and answers. Blocks for one synced write when there is anything to
  // write.
  void commit(base::Now now);

  // Listeners have to be woken or put to sleep: commit again soon, though nobody asks for anything.
  bool unsettled() const { return writable_ && !unsettled_.empty(); }

  // Lets go of what the fan-out found to be kept long enough. False when the disk does not take it.
  bool expire(const backbone::Expiry& expiry);

  // A step of erasing what is to be erased from the log, if there is something and the disk takes
  // it. True when more is left.
  bool erase_some();

  const State& state() const { return state_; }
  const limits::Ledger& limits() const { return limits_; }
  const CommitterCounters& counters() const { return counters_; }

 private:
  struct Waiting {
    ReplyAddress to;
    wire::Reply reply;
  };
  // What makes two publishes the same one. Views of a record of the batch, or of a request.
  struct HashPublish {
    std::size_t operator()(const backbone::PublishKey& key) const;
  };

  base::Result<std::optional<RecordId>> find_duplicate(const backbone::PublishKey& publish,
                                                       base::WallMs now_ms) const;
  void decide_one(Submission submission, base::Time now);
  base::Result<backbone::RecordPtr> find_record(RecordId id) const;
  base::Result<backbone::RecordPtr> find_as_written(RecordId id) const;
  Decision change_limit(const wire::ChangeLimit& request, const Moment& moment);
  void audit_limit(Decision& decision, const Moment& moment) const;
  void take(std::vector<Record> records);
  void note_unsettled(const Record& record);
  void settle_words(base::Now now);
  void refuse_batch(const base::Error& error);
  void try_to_resume(base::Time now);
  void publish_gauges();

  backbone::Store& store_;
  const Rules rules_;
  CommitListener& listener_;

  State state_;
  SignInCodes codes_;
  MoveOffers offers_;
  limits::Ledger limits_;  // at the head, like state_
  RecordId next_id_ = 1;
  base::WallMs last_ms_ = 0;

  std::vector<backbone::RecordPtr> batch_;
  std::size_t bytes_ = 0;
  std::vector<Waiting> waiting_;
  std::unordered_map<backbone::PublishKey, RecordId, HashPublish> publishes_in_batch_;
  std::unordered_map<RecordId, backbone::RecordPtr> amended_in_batch_;
  backbone::Erasures erased_in_batch_;

  std::set<std::string> unsettled_;  // words that may have to be settled, see listeners.h

  bool writable_ = true;
  base::Time next_resume_{};
  CommitterCounters counters_;
};

}  // namespace bridge::state
