#include "bridge/fanout/fanout.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace bridge::fanout {
namespace {

std::array<throttle::ClassOptions, kKinds> class_options(const FanoutOptions& options) {
  const ClassWeights& w = options.weights;
  // A person has at most one entry in each class, so these never overflow.
  const std::size_t capacity = options.people_max;
  return {{{w.direct, capacity}, {w.follow, capacity}, {w.track, capacity}, {w.backlog, capacity}}};
}

}  // namespace

Fanout::Fanout(const backbone::Store& store, backbone::CursorStore& cursors, FanoutOptions options,
               DeliverySink& sink)
    : store_(store),
      cursor_store_(cursors),
      options_(std::move(options)),
      sink_(sink),
      cache_(store),
      classes_(class_options(options_), 1),
      receipts_(options_.receipt_waits) {}

base::Result<void> Fanout::load() {
  auto replayed = store_.replay_state([this](const backbone::Record& record) {
    state_.apply(record);
    index(record);
  });
  if (!replayed) return replayed;
  auto checkpointed = cursor_store_.load([this](const backbone::CursorRow& row) {
    if (!state_.find(row.account)) return;
    Person& restored = person(row.account);
    restored.has_row = true;
    for (std::size_t i = 0; i < backbone::kCursorClasses; ++i)
      restored.pending[i].restore(row.cursors[i]);
  });
  if (!checkpointed) return tl::unexpected(checkpointed.error());
  // What was committed after the checkpoint is matched again, against the subscriptions there are.
  const RecordId head = store_.head();
  position_ = std::min(*checkpointed, head);
  while (position_ < head) {
    auto records = store_.read(position_, PostCache::kReadRecords, PostCache::kReadBytes);
    if (!records) return tl::unexpected(records.error());
    for (const auto& record : *records) {
      match_post(cache_.insert(record));
      position_ = record->id();
    }
  }
  counters_.position.set(position_);
  return {};
}

Fanout::Person& Fanout::person(AccountId id) {
  Person& found = people_[id];
  found.id = id;
  return found;
}

void Fanout::touch(Person& person) {
  if (person.dirty) return;
  person.dirty = true;
  dirty_.push_back(person.id);
}

SessionId Fanout::session_of(const state::Account& account) const {
  if (!account.open || !account.delivery_on || account.address.empty()) return 0;
  const auto it = available_.find(account.address);
  return it == available_.end() ? 0 : it->second.session;
}

// ---- matching ----------------------------------------------------------------------------------

void Fanout::apply(const backbone::RecordPtr& record) {
  if (record->id() != position_ + 1)
    throw std::logic_error("the fan-out was given records out of order");
  state_.apply(*record);
  index(*record);
  position_ = record->id();
  counters_.position.set(position_);
  counters_.position_ms.set(static_cast<std::uint64_t>(record->time_ms()));
  match_post(cache_.insert(record));
  account_changed(*record);
}

void Fanout::index(const backbone::Record& record) {
  if (record.has_tracked()) {
    const auto phrase = track::Phrase::parse(record.tracked().phrase());
    if (phrase) index_.add(*phrase, record.tracked().account());
  } else if (record.has_untracked()) {
    const auto phrase = track::Phrase::parse(record.untracked().phrase());
    if (phrase) index_.remove(*phrase, record.untracked().account());
  }
}

void Fanout::match_post(const PreparedPtr& prepared) {
  if (prepared->record->has_direct()) return match_direct(prepared);
  if (!prepared->post) return;
  std::vector<AccountId> candidates;
  const state::Account* author = state_.find(prepared->record->post().author());
  for (const auto& [since, follower] : author->followers) candidates.push_back(follower);
  index_.match(*prepared->post, [&](const track::Phrase&, track::Listener listener) {
    candidates.push_back(listener);
  });
  std::ranges::sort(candidates);
  const auto repeats = std::ranges::unique(candidates);
  candidates.erase(repeats.begin(), repeats.end());
  for (const AccountId candidate : candidates) {
    const state::Account& account = *state_.find(candidate);
    if (const auto as = owed(account, *prepared))
      enqueue(account, backbone::kStreamCursor,
              {.id = prepared->record->id(), .kind = as->kind, .late = false});
  }
}

void Fanout::match_direct(const PreparedPtr& prepared) {
  const state::Account* account = state_.find(prepared->record->direct().recipient());
  // While loading, they may have quit since: then it waits for them as it would have without a
  // restart, and comes when they are back.
  if (!account) return;
  enqueue(*account, backbone::kDirectCursor,
          {.id = prepared->record->id(), .kind = Kind::kDirect, .late = false});
}

void Fanout::enqueue(const state::Account& account, std::size_t cursor, Pending::Entry entry) {
  counters_.matched.add();
  Person& who = person(account.id);
  who.pending[cursor].match(entry, session_of(account) != 0);
  touch(who);
  schedule(who);
  want_catch_up(who);
}

void Fanout::account_changed(const backbone::Record& record) {
  switch (record.body_case()) {
    case backbone::Record::kDeliverySwitched:
      return refresh(record.delivery_switched().account());
    case backbone::Record::kAccountClosed:
      return refresh(record.account_closed().account());
    case backbone::Record::kAccountReopened:
      return refresh(record.account_reopened().account());
    case backbone::Record::kAddressBound:
      return refresh(record.address_bound().account());
    case backbone::Record::kAddressReleased:
      return refresh(record.address_released().account());
    default:
      return;
  }
}

void Fanout::refresh(AccountId account) {
  const auto it = people_.find(account);
  if (it == people_.end()) return;
  Person& who = it->second;
  if (session_of(*state_.find(account)) == 0) {
    for (Pending& pending : who.pending) pending.unqueue();
    touch(who);
    return;
  }
  schedule(who);
  want_catch_up(who);
}

// ---- sessions ----------------------------------------------------------------------------------

void Fanout::open(SessionId id, Reaches reaches) {
  Session& session = sessions_[id];
  session.id = id;
  session.reaches = std::move(reaches);
}

void Fanout::close(SessionId id, bool in_order) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return;
  const Session session = std::move(it->second);
  sessions_.erase(it);
  std::vector<AccountId> affected = session.parked;
  std::erase_if(available_, [&](const auto& entry) {
    if (entry.second.session != id) return false;
    if (const auto* account = state_.find_address(entry.first)) {
      receipts_.away(account->id);
      affected.push_back(account->id);
    }
    return true;
  });
  for (const SentBatch& batch : session.unacknowledged) {
    for (const SentDelivery& sent : batch.deliveries) {
      if (!person(sent.account).pending[sent.cursor].returned(sent.id)) continue;
      counters_.returned.add();
      affected.push_back(sent.account);
    }
  }
  for (const AccountId account : session.parked) person(account).parked = false;
  for (const AccountId account : affected) {
    touch(person(account));
    refresh(account);
  }
  settle_receipts(receipts_.close(id, in_order));
  counters_.online.set(available_.size());
  publish_gauges();
}

void Fanout::grant(SessionId id, std::uint64_t deliveries, std::uint64_t bytes) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return;
  Session& session = it->second;
  session.granted_deliveries = std::max(session.granted_deliveries, deliveries);
  session.granted_bytes = std::max(session.granted_bytes, bytes);
  for (const AccountId account : std::exchange(session.parked, {})) {
    Person& who = person(account);
    who.parked = false;
    schedule(who);
  }
}

void Fanout::acknowledge(SessionId id, std::uint64_t sequence) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return;
  auto& batches = it->second.unacknowledged;
  while (!batches.empty() && batches.front().sequence <= sequence) {
    for (const SentDelivery& sent : batches.front().deliveries) {
      Person& who = person(sent.account);
      if (!who.pending[sent.cursor].in_flight(sent.id)) continue;
      if (!sent.asked || !receipts_.expected(sent.account)) {
        arrived(who, sent);
        continue;
      }
      const bool available = available_.contains(state_.find(sent.account)->address);
      receipts_.await(sent.account, {id, sent.id, sent.cursor}, available,
                      batches.front().sent_at, turn_at_);
    }
    batches.pop_front();
  }
  publish_gauges();
}

void Fanout::arrived(Person& who, const SentDelivery& delivery) {
  if (!who.pending[delivery.cursor].acknowledged(delivery.id)) return;
  counters_.acknowledged.add();
  touch(who);
  schedule(who);
  want_catch_up(who);
}

void Fanout::settle_receipts(const std::vector<Receipts::Expired>& expired) {
  for (const auto& [account, awaited, has_arrived] : expired) {
    Person& who = person(account);
    if (has_arrived) {
      arrived(who, {account, awaited.id, awaited.cursor});
    } else if (who.pending[awaited.cursor].returned(awaited.id)) {
      counters_.returned.add();
      touch(who);
      refresh(account);
    }
  }
}

void Fanout::settle() {
  settle_receipts(receipts_.close_all());
}

// Nothing when the session may not speak for it (law 11), or nobody has it.
const state::Account* Fanout::account_of(SessionId session, const std::string& address) const {
  const auto known = sessions_.find(session);
  if (known == sessions_.end() || !known->second.may_reach(address)) return nullptr;
  return state_.find_address(address);
}

void Fanout::confirm(SessionId session, const wire::Receipt& receipt) {
  const state::Account* account = account_of(session, receipt.address());
  if (!account || receipt.id() > position_) return;
  Person& who = person(account->id);
  receipts_.confirmed(account->id, receipt.id());
  for (Pending& pending : who.pending) {
    const bool in_flight = pending.in_flight(receipt.id());
    if (!pending.confirmed(receipt.id())) continue;
    if (in_flight) counters_.acknowledged.add();
    counters_.confirmed.add();
    touch(who);
    schedule(who);
    want_catch_up(who);
  }
}

void Fanout::give_back(SessionId session, const wire::Nack& nack) {
  const state::Account* account = account_of(session, nack.address());
  if (!account) return;
  // Whatever the reason, sending again at once would only bounce again: until they show up anew.
  const auto it = available_.find(nack.address());
  if (it != available_.end() && it->second.session == session) {
    available_.erase(it);
    receipts_.away(account->id);
  }
  Person& who = person(account->id);
  receipts_.forget(account->id, nack.id());
  reopen(who, nack.id());
  touch(who);
  refresh(account->id);
  counters_.online.set(available_.size());
}

// It came back: while it was in flight, or later than that, when the server had taken it already.
void Fanout::reopen(Person& who, RecordId id) {
  for (Pending& pending : who.pending) {
    if (!pending.returned(id)) continue;
    counters_.returned.add();
    return;
  }
  if (id == 0 || id > position_) return;
  const auto prepared = cache_.get(id);
  if (!prepared) return;
  const state::Account& account = *state_.find(who.id);
  const bool direct = direct_owed(account, **prepared);
  if (!direct && !owed(account, **prepared)) return;
  Pending& pending = who.pending[direct ? backbone::kDirectCursor : backbone::kStreamCursor];
  if (pending.outstanding(id)) return;
  pending.reopen(id);
  counters_.returned.add();
}

void Fanout::presence(SessionId id, const wire::Presence& presence) {
  const auto known = sessions_.find(id);
  if (known == sessions_.end()) return;
  if (presence.server_lost()) settle_receipts(receipts_.close(id, false));
  for (const auto& change : presence.changes())
    if (known->second.may_reach(change.address())) change_presence(known->second, change);
  counters_.online.set(available_.size());
}

void Fanout::change_presence(const Session& session, const wire::Presence::Change& change) {
  const state::Account* account = state_.find_address(change.address());
  const auto it = available_.find(change.address());
  const bool known = it != available_.end();
  if (change.available()) {
    const Way way{session.id, change.receipts()};
    if (known)
      it->second = way;
    else if (available_.size() < options_.people_max)
      available_.emplace(change.address(), way);
    if (account && !known) receipts_.available(account->id, turn_at_);
  } else if (known && it->second.session == session.id) {
    available_.erase(it);
    if (account) receipts_.away(account->id);
  }
  if (account) refresh(account->id);
}

wire::RosterPage Fanout::roster(SessionId id, const wire::Roster& request) {
  wire::RosterPage page;
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return page;
  Session& session = it->second;
  auto& order = session.roster;
  if (request.after() == 0) {
    order.clear();
    for (const auto& [account_id, account] : state_.accounts())
      if (account.open && !account.address.empty() && session.may_reach(account.address))
        order.push_back(account_id);
    std::ranges::partition(order, [this](AccountId account) {
      const auto who = people_.find(account);
      return who != people_.end() && !who->second.clean();
    });
  }
  constexpr std::uint32_t kPageMax = 1000;
  const std::size_t limit = std::clamp<std::uint32_t>(request.limit(), 1, kPageMax);
  std::size_t at = std::min<std::size_t>(request.after(), order.size());
  for (std::size_t n = 0; n < limit && at < order.size(); ++n, ++at)
    page.add_addresses(state_.find(order[at])->address);
  if (at < order.size()) page.set_next(at);
  return page;
}

// ---- checkpoint --------------------------------------------------------------------------------

base::Result<void> Fanout::checkpoint(bool sync) {
  std::vector<backbone::CursorRow> rows;
  for (const AccountId account : dirty_) {
    const Person& who = person(account);
    if (who.clean() && !who.has_row) continue;
    auto& row = rows.emplace_back();
    row.account = account;
    row.clean = who.clean();
    for (std::size_t i = 0; i < backbone::kCursorClasses; ++i)
      if (!who.pending[i].clean()) row.cursors[i] = who.pending[i].cursor();
  }
  if (auto written = cursor_store_.checkpoint(rows, position_, sync); !written) return written;
  for (const backbone::CursorRow& row : rows) person(row.account).has_row = !row.clean;
  for (const AccountId account : dirty_) person(account).dirty = false;
  dirty_.clear();
  return {};
}

void Fanout::set_limit(throttle::Policy deliveries_per_person) {
  options_.deliveries_per_person = std::move(deliveries_per_person);
  release_held(base::Time::max());
}

}  // namespace bridge::fanout
