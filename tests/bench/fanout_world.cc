#include "tests/bench/fanout_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "bridge/wire/messages.h"
#include "tests/bench/stopwatch.h"

namespace bench {
namespace {

void require(const bridge::base::Result<void>& done) {
  if (!done) throw std::runtime_error(done.error().text);
}

}  // namespace

std::string address_of(const std::string& nick) {
  return nick + "@example.org";
}

auto CountedStore::read(RecordId after, std::size_t records_max, std::size_t bytes_max) const
    -> Result<std::vector<RecordPtr>> {
  auto records = log_.read(after, records_max, bytes_max);
  if (records) {
    records_read_ += records->size();
    for (const RecordPtr& record : *records) bytes_read_ += record->ByteSizeLong();
  }
  return records;
}

// ---- the log -----------------------------------------------------------------------------------

RecordPtr Log::append(Record record) {
  record.set_id(store_.head() + 1);
  record.set_time_ms(bridge::base::read_clocks().wall_ms);
  const std::array records{RecordPtr(std::make_shared<const Record>(std::move(record)))};
  require(store_.append(records));
  return records.front();
}

AccountId Log::person(const std::string& nick) {
  Record created;
  created.mutable_account_created()->set_nick(nick);
  const AccountId account = append(std::move(created))->id();
  Record bound;
  bound.mutable_address_bound()->set_account(account);
  bound.mutable_address_bound()->set_address(address_of(nick));
  append(std::move(bound));
  return account;
}

void Log::track(AccountId account, const std::string& phrase) {
  Record record;
  record.mutable_tracked()->set_account(account);
  record.mutable_tracked()->set_phrase(phrase);
  append(std::move(record));
}

void Log::follow(AccountId follower, AccountId followee) {
  Record record;
  record.mutable_followed()->set_follower(follower);
  record.mutable_followed()->set_followee(followee);
  append(std::move(record));
}

RecordPtr Log::post(AccountId author, const std::string& text) {
  Record record;
  record.mutable_post()->set_author(author);
  record.mutable_post()->set_nick("author");
  record.mutable_post()->set_text(text);
  return append(std::move(record));
}

RecordPtr Log::direct(AccountId author, AccountId recipient, const std::string& text) {
  Record record;
  record.mutable_direct()->set_author(author);
  record.mutable_direct()->set_recipient(recipient);
  record.mutable_direct()->set_nick("author");
  record.mutable_direct()->set_text(text);
  return append(std::move(record));
}

// ---- the fan-out -------------------------------------------------------------------------------

Engine::Engine(const bridge::backbone::Store& log, bridge::backbone::CursorStore& cursors)
    : fanout_(log, cursors, {}, static_cast<DeliverySink&>(*this)) {
  require(fanout_.load());
  constexpr std::uint64_t kWide = 1'000'000'000'000;
  fanout_.open(kSession);
  fanout_.grant(kSession, kWide, kWide);
}

void Engine::presence(const std::vector<std::string>& nicks, bool available) {
  bridge::wire::Presence presence;
  for (const std::string& nick : nicks) {
    auto& change = *presence.add_changes();
    change.set_address(address_of(nick));
    change.set_available(available);
  }
  fanout_.presence(kSession, presence);
}

std::size_t Engine::turn() {
  const bridge::base::Now now = bridge::base::read_clocks();
  if (acknowledges && acknowledged_ < delivered_) {
    acknowledged_ = delivered_;
    fanout_.acknowledge(kSession, acknowledged_);
  }
  const std::size_t work = fanout_.turn(now);
  if (checkpoints_.due(now.mono, fanout_.changed_people())) checkpoint();
  return work + (acknowledges ? delivered_ - acknowledged_ : 0);
}

void Engine::settle() {
  while (turn() > 0) continue;
}

void Engine::checkpoint() {
  const Time began = clock_now();
  require(fanout_.checkpoint(false));
  const Time ended = clock_now();
  checkpoint_us_ = std::max(checkpoint_us_, Seconds(ended - began).count() * 1e6);
  checkpoints_.written(began, ended, true);
}

void Engine::deliver(fanout::SessionId, std::uint64_t sequence, const bridge::wire::Batch& batch) {
  delivered_ = sequence;
  const std::string bytes = bridge::wire::serialize(batch);
  if (bytes.size() > bridge::wire::kBodyBytesMax) throw std::logic_error("too big a batch");
  if (!on_delivery) return;
  for (const auto& item : batch.items()) on_delivery(item);
}

}  // namespace bench
