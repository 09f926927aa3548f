// Snapshot: what the store has of State, read once at a start, for all that is built of it: a State
// for each thread that keeps one, the track index, the operators' limits.
//
//   auto snapshot = Snapshot::read(store);   State state(*snapshot);
//   index.build(snapshot->phrases(), snapshot->listeners());
//
// Tracks are nearly all of it. They are kept as rows of numbers, by person and by phrase, each
// phrase once; the other records as bytes, in the order of ids. Ten million tracks take some 500 MB
// while it is there. Immutable, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "bridge/backbone/store.h"
#include "bridge/track/phrase_table.h"
#include "bridge/track/subscriber_lists.h"

namespace bridge::state {

class Snapshot {
 public:
  // Told of each kProgressEvery records, from any thread.
  using Progress = std::function<void(std::uint64_t more)>;
  static constexpr std::uint64_t kProgressEvery = 500'000;
  // Each read by a thread of its own; 0: as many as there are CPUs, when that is worth it.
  static constexpr std::size_t kPiecesMax = 4;

  // Fails when the store cannot be read. Throws std::logic_error when the log is not what it
  // claims to be.
  static base::Result<Snapshot> read(const backbone::Store& store, const Progress& progress = {},
                                     std::size_t pieces = 0);

  // Ids of the accounts, in the order in which they were made: that is their number.
  std::span<const backbone::AccountId> accounts() const { return accounts_; }
  using Visit = std::function<void(const backbone::Record&)>;
  // The records that made them, those of operators' limits, and all others but those of tracks;
  // each in the order of ids. The others are to be applied after the tracks: some speak of one.
  void for_each_account(const Visit& visit) const { made_.for_each(visit); }
  void for_each_limit(const Visit& visit) const { limits_.for_each(visit); }
  void for_each_other(const Visit& visit) const { others_.for_each(visit); }

  const track::PhraseTable& phrases() const { return phrases_; }
  // Account after account, and those of each in the order of subscription.
  std::span<const track::Subscription> tracks() const { return tracks_; }
  // The same by phrase.
  const track::SubscriberLists& listeners() const { return listeners_; }

  std::uint64_t records() const { return records_; }

 private:
  class Piece;

  // Records by id, encoded.
  class Records {
   public:
    void add(const backbone::Record& record);
    void add(const Records& others);
    void sort();
    void for_each(const Visit& visit) const;

   private:
    struct Place {
      backbone::RecordId id = 0;
      std::size_t begin = 0;
      std::size_t size = 0;
    };
    std::string bytes_;
    std::vector<Place> places_;
  };

  Snapshot() = default;
  base::Result<void> read_accounts(const backbone::Store& store);
  base::Result<void> read_others(const backbone::Store& store, const Progress& progress,
                                 std::size_t pieces);
  void take(Piece& piece);
  void finish();

  std::vector<backbone::AccountId> accounts_;
  Records made_;
  Records limits_;
  Records others_;
  track::PhraseTable phrases_;
  std::vector<track::Subscription> tracks_;
  track::SubscriberLists listeners_;
  std::uint64_t records_ = 0;
};

}  // namespace bridge::state
