// Reclaimer: frees what one thread has taken out of a structure that others read without a lock,
// as soon as nobody can be looking at it any more (epoch-based reclamation).
//
//   writer: reclaimer.retire([=] { free(it); });  ...  reclaimer.collect();
//   reader: Reclaimer::Seat seat(reclaimer);  ...  { const auto reading = seat.read(); ... }
//
// Costs nothing while nobody has a seat: then what is retired is freed at once. A reader that never
// ends its reading keeps everything from being freed, and what waits grows with the changes made
// meanwhile: reading has to be brief. At most kSeats readers.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <stdexcept>

namespace bridge::track {

class Reclaimer {
  struct alignas(64) Place {
    std::atomic<bool> taken = false;
    std::atomic<std::uint64_t> since = 0;  // the epoch its reading began in; 0: it is not reading
  };

 public:
  static constexpr std::size_t kSeats = 64;

  Reclaimer() = default;
  ~Reclaimer() { free_before(~std::uint64_t{0}); }
  Reclaimer(const Reclaimer&) = delete;
  Reclaimer& operator=(const Reclaimer&) = delete;

  // One thread's. The Reclaimer must outlive it.
  class Seat {
   public:
    // Throws std::length_error when all are taken.
    explicit Seat(Reclaimer& reclaimer) : reclaimer_(reclaimer), place_(reclaimer.take()) {}
    ~Seat() {
      place_.taken = false;
      --reclaimer_.readers_;
    }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    class Reading {
     public:
      explicit Reading(Seat& seat) : place_(seat.place_) {
        place_.since = seat.reclaimer_.epoch_.load();
      }
      ~Reading() { place_.since = 0; }
      Reading(const Reading&) = delete;
      Reading& operator=(const Reading&) = delete;

     private:
      Place& place_;
    };
    Reading read() { return Reading(*this); }

   private:
    Reclaimer& reclaimer_;
    Place& place_;
  };

  // By the writer, after it has taken the thing out of everybody's reach.
  template <class Free>
  void retire(Free free) {
    if (readers_.load() == 0) return free();
    waiting_.push_back({epoch_.fetch_add(1), std::move(free)});
  }

  // By the writer, now and then.
  void collect() {
    if (waiting_.empty()) return;
    std::uint64_t oldest = ~std::uint64_t{0};
    for (const Place& place : places_)
      if (const std::uint64_t since = place.since.load(); since != 0 && since < oldest)
        oldest = since;
    free_before(oldest);
  }

  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Retired {
    std::uint64_t epoch;
    std::function<void()> free;
  };

  Place& take() {
    for (Place& place : places_)
      if (!place.taken.exchange(true)) {
        ++readers_;
        return place;
      }
    throw std::length_error("too many readers");
  }

  void free_before(std::uint64_t epoch) {
    for (; !waiting_.empty() && waiting_.front().epoch < epoch; waiting_.pop_front())
      waiting_.front().free();
  }

  // Everything is sequentially consistent: either the writer sees that somebody is reading, or they
  // see what it has taken out.
  std::atomic<std::uint64_t> epoch_ = 1;
  std::atomic<std::size_t> readers_ = 0;
  std::array<Place, kSeats> places_;
  std::deque<Retired> waiting_;  // the writer's
};

}  // namespace bridge::track
