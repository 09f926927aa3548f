// Receipts: deliveries that the XMPP server has taken and that the person's own client has yet to
// confirm (XEP-0184), and whose clients can be expected to.
//
//   if (receipts.expected(alice)) receipts.await(alice, {...}, since, order, now); else it is
//   done receipts.confirmed(alice, id);   for (auto& expired : receipts.expire(now)) ...
//
// A client that confirms closes the gap that a crash of the XMPP server leaves; one that does not
// must not hold anything up. So everybody is given the benefit of the doubt for a moment, or for
// some deliveries, after they appear, and whoever has confirmed something for much longer (a phone
// may sleep). Pure; one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "bridge/backbone/store.h"
#include "bridge/base/time.h"

namespace bridge::fanout {

using backbone::AccountId;
using backbone::RecordId;

struct ReceiptWaits {
  std::chrono::milliseconds unproven{10'000};  // of people who have confirmed nothing so far
  std::chrono::milliseconds proven{600'000};   // of people who have
};

class Receipts {
 public:
  // With so many unconfirmed and none confirmed, nothing more is expected of a person.
  static constexpr std::size_t kUnprovenMax = 128;
  // What a visit counts at least, however short: who comes and goes all the time puts off nothing.
  static constexpr std::chrono::milliseconds kVisitMin{1000};

  struct Awaited {
    std::uint64_t session = 0;
    RecordId id = 0;
    std::size_t cursor = 0;
  };
  struct Expired {
    AccountId account = 0;
    Awaited awaited;
    bool arrived = false;  // as far as can be known; otherwise it is owed again
  };

  // When somebody showed up, and where that stands among the batches sent: those with a smaller
  // number set out before.
  struct Appeared {
    base::Time at = base::Time::min();
    std::uint64_t order = 0;
  };

  explicit Receipts(ReceiptWaits waits) : waits_(waits) {}

  void available(AccountId account, Appeared appeared);
  void away(AccountId account, base::Time now);

  // Of somebody whose client was asked to confirm.
  bool expected(AccountId account) const;
  // `appeared`: nothing while they are away. `order`: of the batch it was in; `now` the server has
  // taken it.
  void await(AccountId account, Awaited awaited, std::optional<Appeared> appeared,
             std::uint64_t order, base::Time now);
  void confirmed(AccountId account, RecordId id);
  // It came back, or is done for another reason.
  void forget(AccountId account, RecordId id);

  // The session can hear of no more receipts. `arrived`: it ended in good order, so what waits has
  // arrived as far as can be known; otherwise the gateway or its XMPP server is lost, and perhaps
  // that with it.
  std::vector<Expired> close(std::uint64_t session, bool arrived);
  // We end in good order ourselves.
  std::vector<Expired> close_all();
  // Nothing more is to be expected.
  std::vector<Expired> expire(base::Time now);
  std::optional<base::Time> next_expiry() const;

  std::size_t size() const { return size_; }

 private:
  enum class Trust { kUnproven, kProven, kNone };
  struct Sent {
    Awaited awaited;
    std::uint64_t order = 0;
    base::Time taken_at{};  // by the server
    // Kept for them by their server: how long they had been there before they came back for it.
    std::optional<std::chrono::nanoseconds> kept_at;
  };
  struct Person {
    Trust trust = Trust::kUnproven;
    bool available = false;
    Appeared since;
    std::chrono::nanoseconds been_there{0};  // in the visits that are over
    std::optional<base::Time> timer;         // its one entry in timers_ that counts
    std::vector<Sent> sent;
  };
  struct Timer {
    base::Time at;
    AccountId account = 0;
    bool operator>(const Timer& other) const { return at > other.at; }
  };

  using People = std::unordered_map<AccountId, Person>;

  static bool idle(const Person& person);
  static void note_kept(const Person& person, Sent& sent);
  void drop_if_idle(People::iterator it);
  base::Time expiry(const Person& person, const Sent& sent) const;
  void set_timer(AccountId account, Person& person);
  void expire(AccountId account, Person& person, base::Time now, std::vector<Expired>& out);

  const ReceiptWaits waits_;
  People people_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::size_t size_ = 0;
};

}  // namespace bridge::fanout
