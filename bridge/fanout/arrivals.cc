// The part of Fanout that hears from gateways: who is there, and what became of deliveries.
#include <algorithm>
#include <utility>

#include "bridge/base/domains.h"
#include "bridge/fanout/fanout.h"

namespace bridge::fanout {
namespace {

// While too many batches are under way, nobody is looked for; it is tried again.
constexpr std::chrono::seconds kAskAgain{1};

}  // namespace

// ---- who can be reached ------------------------------------------------------------------------

// Something in it may have changed: presence, address, on or off, closed or open.
void Fanout::refresh(AccountId id) {
  const PersonNumber number = roll_.number_of(id);
  if (number == Roll::kNobody) return;
  const state::Account& account = roll_.account(number);
  Way way;
  if (account.open && account.delivery_on && !account.address.empty() && !bounces_.held(id) &&
      !state_.held(account))
    if (const auto it = available_.find(account.address.view()); it != available_.end())
      way = it->second;
  if (way.session == 0 && !roll_.find(number)) return;
  Person& who = wake(number);
  const bool was_there = who.reachable();
  who.way = way;
  if (!who.reachable()) return go_away(who);
  if (!was_there) {
    who.returned = position_;
    who.catch_up_left = options_.catch_up_max;
    settle_digest(who);
    tell_digest(who, turn_.mono);
  }
  roll_.set_looked_at(number, true);
  moved(who);
}

// To another address: what was sent to the old one and is not confirmed counts as to somebody who
// has left; whoever is at the new one may have been there for long.
void Fanout::has_moved(const backbone::record::AddressMoved& moved) {
  const AccountId id = moved.account();
  former_addresses_.add(moved.from(), id);
  bounces_.forget(id);
  receipts_.away(id, turn_.mono);
  const auto way = available_.find(state_.find(id)->address.view());
  if (way != available_.end()) receipts_.available(id, way->second.since);
  refresh(id);
}

void Fanout::go_away(Person& who) {
  leave_pass(who);
  for (Pending& pending : who.pending) pending.leave(position_);
  touch(who);
  if (roll_.looked_at(who.number)) leaving_.push_back(who.number);
}

// ---- sessions ----------------------------------------------------------------------------------

void Fanout::open(SessionId id, Reaches reaches) {
  Session& session = sessions_[id];
  session.id = id;
  session.reaches = std::move(reaches);
}

// What gateways have to know of how order is kept. A session that was told nothing takes it that
// nothing is set.
void Fanout::tell_house() {
  const state::Order& order = state_.order();
  for (auto& [id, session] : sessions_) {
    if (session.house == order.version()) continue;
    const bool first = session.house == Session::kNoHouse;
    session.house = order.version();
    wire::House house;
    // With long addresses a batch has not room for all. Whoever is left out may do the same, but is
    // not shown how.
    std::size_t room = wire::kBatchBytesMax;
    const auto add = [&](std::string_view address) {
      if (address.empty() || address.size() > room || !session.may_reach(address)) return;
      room -= address.size();
      house.add_operators(address.data(), address.size());
    };
    for (const std::string& address : options_.operators) add(address);
    for (const AccountId account : order.operators()) add(state_.find(account)->address);
    for (const std::string& domain : order.banned()) house.add_banned(domain);
    house.set_registration(static_cast<wire::Registration>(order.registration()));
    if (first && house.ByteSizeLong() == 0) continue;
    flush(session);
    *session.batch.mutable_house() = std::move(house);
    flush(session);
  }
}

// Everybody there whose address is in the domain, or in one below it.
void Fanout::refresh_domain(std::string_view domain) {
  std::vector<AccountId> there;
  for (const auto& [address, way] : available_) {
    const bool is_in = base::is_in(state::domain_of(address), domain);
    if (const auto* account = is_in ? state_.find_address(address) : nullptr)
      there.push_back(account->id);
  }
  for (const AccountId account : there) refresh(account);
}

void Fanout::close(SessionId id, bool in_order) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return;
  const Session session = std::move(it->second);
  sessions_.erase(it);
  for (const PersonNumber number : session.parked) wake(number).parked = false;
  std::vector<AccountId> gone;
  std::erase_if(available_, [&](const auto& entry) {
    if (entry.second.session != id) return false;
    if (const auto* account = state_.find_address(entry.first)) gone.push_back(account->id);
    return true;
  });
  for (const AccountId account : gone) {
    receipts_.away(account, turn_.mono);
    refresh(account);
  }
  for (const SentBatch& batch : session.unacknowledged) {
    for (const SentDelivery& sent : batch.deliveries) {
      Person& who = wake(sent.person);
      if (!who.pending[sent.cursor].returned(sent.id)) continue;
      doubts_.add(sent.person, sent.id);
      counters_.returned.add();
      moved(who);
    }
    for (const PersonNumber number : batch.told)
      if (const auto digest = digests_.find(number); digest != digests_.end())
        digest->second.tell_again();
  }
  for (const PersonNumber number : session.parked) schedule(wake(number));
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
  for (const PersonNumber number : std::exchange(session.parked, {})) {
    Person& who = wake(number);
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
      Person& who = wake(sent.person);
      if (!who.pending[sent.cursor].in_flight(sent.id)) continue;
      const AccountId account = who.account->id;
      if (!sent.asked || !receipts_.expected(account)) {
        arrived(who, sent);
        continue;
      }
      std::optional<Receipts::Appeared> since;
      if (const auto way = available_.find(who.account->address.view()); way != available_.end())
        since = way->second.since;
      receipts_.await(account, {id, sent.id, sent.cursor}, since, batches.front().order,
                      turn_.mono);
    }
    for (const PersonNumber number : batches.front().told) roll_.touch(number);
    batches.pop_front();
  }
  publish_gauges();
}

void Fanout::arrived(Person& who, const SentDelivery& delivery) {
  if (!who.pending[delivery.cursor].acknowledged(delivery.id)) return;
  counters_.acknowledged.add();
  moved(who);
}

// ---- what became of deliveries -----------------------------------------------------------------

void Fanout::settle_receipts(const std::vector<Receipts::Expired>& expired) {
  for (const auto& [account, awaited, has_arrived] : expired) {
    Person& who = wake(roll_.number_of(account));
    if (has_arrived) {
      arrived(who, {who.number, awaited.id, awaited.cursor});
    } else if (who.pending[awaited.cursor].returned(awaited.id)) {
      doubts_.add(who.number, awaited.id);
      counters_.returned.add();
      moved(who);
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

// Whose it was, what was sent to this address: they may have moved since. 0: nobody's.
AccountId Fanout::recipient_of(SessionId session, const std::string& address) const {
  if (const state::Account* account = account_of(session, address)) return account->id;
  const auto known = sessions_.find(session);
  const bool reaches = known != sessions_.end() && known->second.may_reach(address);
  return reaches ? former_addresses_.find(address) : 0;
}

void Fanout::confirm(SessionId session, const wire::Receipt& receipt) {
  const AccountId account = recipient_of(session, receipt.address());
  if (account == 0 || receipt.id() > position_) return;
  Person& who = wake(roll_.number_of(account));
  receipts_.confirmed(account, receipt.id());
  if (state_.find(account)->address.view() == receipt.address())
    bounces_.confirmed(account, receipt.id());
  if (holds(who.number, receipt.id()) && arrived_after_all(who, receipt.id())) return;
  for (Pending& pending : who.pending) {
    const bool in_flight = pending.in_flight(receipt.id());
    if (!pending.confirmed(receipt.id())) continue;
    if (in_flight) counters_.acknowledged.add();
    counters_.confirmed.add();
    moved(who);
  }
}

void Fanout::give_back(SessionId session, const wire::Nack& nack) {
  const state::Account* account = account_of(session, nack.address());
  if (!account) {
    // Says nothing of the address that they have now.
    if (const AccountId moved = recipient_of(session, nack.address()); moved != 0)
      take_back(wake(roll_.number_of(moved)), session, nack);
    return;
  }
  // Whatever the reason, sending again at once would only bounce again.
  const auto it = available_.find(nack.address());
  if (it != available_.end() && it->second.session == session) {
    available_.erase(it);
    receipts_.away(account->id, turn_.mono);
  }
  if (!nack.unsent()) {
    bounces_.bounced(account->id,
                     {.session = session,
                      .id = nack.digest() ? 0 : nack.id(),
                      .offline = nack.reason() == wire::Nack::OFFLINE},
                     turn_.mono);
    counters_.bounced.add();
  }
  take_back(wake(roll_.number_of(account->id)), session, nack);
}

void Fanout::take_back(Person& who, SessionId session, const wire::Nack& nack) {
  const AccountId account = who.account->id;
  if (nack.digest()) {
    if (const auto digest = digests_.find(who.number); digest != digests_.end())
      digest->second.tell_again();
  } else {
    receipts_.forget(account, nack.id());
    sessions_.at(session).forget(who.number, nack.id());
    reopen(who, nack.id());
    // A server may return what a client has read and not confirmed.
    if (!nack.unsent()) doubts_.add(who.number, nack.id());
  }
  moved(who);
  refresh(account);
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
  const bool direct = direct_owed(state_, *who.account, **prepared);
  if (!direct && !owed(state_, *who.account, **prepared)) return;
  const std::size_t cursor = direct ? backbone::kDirectCursor : backbone::kStreamCursor;
  if (outstanding(who.number, cursor, id) || (!direct && holds(who.number, id))) return;
  who.pending[cursor].reopen(id);
  counters_.returned.add();
}

// Those who were held long enough.
void Fanout::let_in_again() {
  const auto is_there = [this](AccountId account) {
    return available_.contains(state_.find(account)->address.view());
  };
  for (const Bounces::Due& due : bounces_.expire(turn_.mono, is_there)) {
    if (!due.ask)
      refresh(due.account);
    else if (!look_for(due.session, state_.find(due.account)->address.str()))
      bounces_.ask_later(due.account, turn_.mono + kAskAgain);
  }
}

// Another gateway than the one that could not reach them asks where everybody is when it starts.
bool Fanout::look_for(SessionId id, const std::string& address) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return true;
  Session& session = it->second;
  if (session.unacknowledged.size() >= Session::kUnacknowledgedMax) return false;
  session.batch.add_look_for(address);
  session.batch_bytes += address.size();
  if (session.batch_full()) flush(session);
  return true;
}

// ---- presence ----------------------------------------------------------------------------------

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
    const Receipts::Appeared now{turn_.mono, ++order_};
    const Way way{session.id, change.receipts(), known ? it->second.since : now};
    if (known)
      it->second = way;
    else if (available_.size() < options_.people_max)
      available_.emplace(change.address(), way);
    if (account && !known) {
      receipts_.available(account->id, now);
      bounces_.appeared(account->id, turn_.mono);
    }
  } else if (known && it->second.session == session.id) {
    available_.erase(it);
    if (account) receipts_.away(account->id, turn_.mono);
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
    std::vector<RosterOrder::Entry> people;
    for (const state::Account& account : state_.accounts())
      if (account.open && !account.address.empty() && session.may_reach(account.address))
        people.emplace_back(roll_.reads_after(account.number), account.number);
    order = RosterOrder(std::move(people));
  }
  constexpr std::uint32_t kPageMax = 1000;
  const std::size_t limit = std::clamp<std::uint32_t>(request.limit(), 1, kPageMax);
  std::size_t at = std::min<std::size_t>(request.after(), order.size());
  for (std::size_t n = 0; n < limit && at < order.size(); ++n, ++at)
    page.add_addresses(roll_.account(order.at(at)).address.str());
  if (at < order.size()) page.set_next(at);
  return page;
}

}  // namespace bridge::fanout
