// What the fan-out's bench drives: a log that people are written into, and the fan-out with one
// gateway whose window is wide, in one thread, as FanoutThread drives it.
//
//   Log log;  const auto ann = log.person("ann");  log.track(ann, "tea");
//   Engine engine(log.store(), cursors);  engine.online({"ann"});
//   engine.feed(log.post(bob, "tea"));  engine.turn();
//
// Time is the machine's. Batches are made into the bytes that would travel, and thrown away.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "bridge/backbone/memory_store.h"
#include "bridge/fanout/checkpoint_pace.h"
#include "bridge/fanout/fanout.h"

namespace bench {

namespace fanout = bridge::fanout;
using bridge::backbone::AccountId;
using bridge::backbone::Record;
using bridge::backbone::RecordId;
using bridge::backbone::RecordPtr;

std::string address_of(const std::string& nick);

// A MemoryStore that counts what is read of it.
class CountedStore final : public bridge::backbone::Store {
 public:
  template <class T>
  using Result = bridge::base::Result<T>;

  Result<void> append(std::span<const RecordPtr> records) override { return log_.append(records); }
  Result<void> resume() override { return log_.resume(); }
  RecordId head() const override { return log_.head(); }
  Result<std::vector<RecordPtr>> read(RecordId after, std::size_t records_max,
                                      std::size_t bytes_max) const override;
  Result<std::vector<RecordId>> read_directs(AccountId recipient, RecordId after,
                                             std::size_t max) const override {
    return log_.read_directs(recipient, after, max);
  }
  Result<std::optional<RecordId>> find_duplicate(const bridge::backbone::PublishKey& publish,
                                                 bridge::base::WallMs now_ms) const override {
    return log_.find_duplicate(publish, now_ms);
  }
  Result<void> expire(const bridge::backbone::Expiry& expiry) override {
    return log_.expire(expiry);
  }
  RecordId expired_to() const override { return log_.expired_to(); }
  Result<void> erase_some(std::size_t records_max) override { return log_.erase_some(records_max); }
  std::uint64_t to_erase() const override { return log_.to_erase(); }
  Result<void> read_state(const bridge::backbone::StateRange& range,
                          const std::function<void(const Record&)>& visit) const override {
    return log_.read_state(range, visit);
  }

  std::uint64_t records_read() const { return records_read_; }
  std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  bridge::backbone::MemoryStore log_;
  mutable std::uint64_t records_read_ = 0;
  mutable std::uint64_t bytes_read_ = 0;
};

// Writes what a committer would, without asking anybody.
class Log {
 public:
  AccountId person(const std::string& nick);  // with an address
  void track(AccountId account, const std::string& phrase);
  void follow(AccountId follower, AccountId followee);
  RecordPtr post(AccountId author, const std::string& text);
  RecordPtr direct(AccountId author, AccountId recipient, const std::string& text);

  const CountedStore& store() const { return store_; }

 private:
  RecordPtr append(Record record);

  CountedStore store_;
};

// Rows are taken and forgotten: what they cost on disk is not measured here.
class ForgetfulCursors final : public bridge::backbone::CursorStore {
 public:
  bridge::base::Result<void> checkpoint(const bridge::backbone::Checkpoint&, bool) override {
    return {};
  }
  bridge::base::Result<Loaded> load(
      const std::function<void(const bridge::backbone::CursorRow&)>&) const override {
    return Loaded{};
  }
};

class Engine : private fanout::DeliverySink {
 public:
  // Both must outlive it. Everybody is away. Throws when they cannot be loaded.
  Engine(const bridge::backbone::Store& log, bridge::backbone::CursorStore& cursors);

  void online(const std::vector<std::string>& nicks) { presence(nicks, true); }
  void offline(const std::vector<std::string>& nicks) { presence(nicks, false); }
  void feed(const RecordPtr& record) { fanout_.apply(record); }
  std::size_t room() const { return fanout_.room(); }
  // Acknowledges what was delivered before, unless told not to, does one turn, and saves the
  // cursors once a second.
  std::size_t turn();
  // Until there is nothing to do.
  void settle();
  void checkpoint();
  // The longest checkpoint since the last call.
  double take_checkpoint_us() { return std::exchange(checkpoint_us_, 0); }

  bool acknowledges = true;
  // Every delivery, when its batch is handed over.
  std::function<void(const bridge::wire::Item&)> on_delivery;

  const fanout::FanoutCounters& counters() const { return fanout_.counters(); }

 private:
  static constexpr fanout::SessionId kSession = 1;
  void presence(const std::vector<std::string>& nicks, bool available);
  void deliver(fanout::SessionId session, std::uint64_t sequence,
               const bridge::wire::Batch& batch) override;

  fanout::Fanout fanout_;
  std::uint64_t delivered_ = 0;     // sequences
  std::uint64_t acknowledged_ = 0;  // likewise
  fanout::CheckpointPace checkpoints_{std::chrono::seconds(1), {}};
  double checkpoint_us_ = 0;
};

}  // namespace bench
