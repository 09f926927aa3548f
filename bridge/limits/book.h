// Book: the limits in force, and whoever has to hear of a change.
//
//   Book book(file_values, seed, [&](const Limits& now) { hand them to the lanes });
//   book.load(ledger);   ...   book.apply(record);   book.set_file(values, "SIGHUP");
//
// Every change, from the log or from the file, goes through here: what is in force is worked out
// anew, logged (who, what, old, new) and handed on whole. Any thread; changes are rare, so a mutex
// will do, and nobody who decides about a request takes it.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "bridge/limits/limits.h"

namespace bridge::limits {

class Book {
 public:
  // Called under the book's lock, so changes come in order; must not call the book.
  using OnChange = std::function<void(const Limits&)>;

  Book(FileValues file, const throttle::HashSeed& seed, OnChange on_change);

  // As of the log's head, before anything is served.
  void load(const Ledger& ledger);
  // A committed record, in order.
  void apply(const backbone::Record& record);
  // The configuration was read again.
  void set_file(FileValues file, std::string_view who);

  Limits now() const;
  // The value, default and origin of each limit, then of each exception; one of `name` alone.
  base::Result<wire::LimitsReport> report(std::string_view name) const;
  backbone::RecordId newest() const;

 private:
  void changed();
  Value value_of(const Entry& entry) const;
  void log_change(const Entry& entry, std::string_view key, std::string_view old_text,
                  std::string_view new_text, std::string_view who) const;

  mutable std::mutex mutex_;
  FileValues file_;  // all below is guarded by mutex_
  const throttle::HashSeed seed_;
  OnChange on_change_;
  Ledger ledger_;
  Limits now_;
};

// The newest changes, up to `count`, before record `before` (0: from the newest on). Follows each
// record's pointer to the one before it, so it reads no more of the log than it tells.
base::Result<wire::LimitChanges> history(const backbone::Store& store, backbone::RecordId newest,
                                         const wire::LimitHistory& request);

}  // namespace bridge::limits
