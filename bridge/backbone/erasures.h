// Erasures: the accounts that are being erased from the log, and how far that got.
//
//   erasures.add(account, id of the Erased);
//   while (!erasures.none()) { step = erasures.next(256); rewrite what lies in it;
//   erasures.done(step); }
//
// One after the other, each from where the account was made to where it was erased. Until that is
// through, whoever reads the log has to ask left_of(). Plain data; one thread, or under a lock.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/backbone/store.h"

namespace bridge::backbone {

class Erasures {
 public:
  struct Step {
    AccountId account = 0;
    RecordId after = 0;
    RecordId to = 0;
  };

  void add(AccountId account, RecordId up_to) { accounts_.push_back({account, account, up_to}); }
  bool none() const { return accounts_.empty(); }
  // Records that have yet to be gone over.
  std::uint64_t left() const;
  // `record`, or what is left of it.
  RecordPtr left_of(RecordPtr record) const;

  // Only while there is something left.
  Step next(std::size_t records_max) const;
  void done(const Step& step);

  // As it lies in a store: for each 24 bytes, account, the id up to which it is done, and its end.
  std::string encoded() const;
  static std::optional<Erasures> decoded(std::string_view bytes);

 private:
  std::deque<Step> accounts_;
};

}  // namespace bridge::backbone
