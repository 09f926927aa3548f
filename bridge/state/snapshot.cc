#include "bridge/state/snapshot.h"

#include <algorithm>
#include <array>
#include <future>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

#include "bridge/backbone/compaction.h"
#include "bridge/track/phrase.h"

namespace bridge::state {

using backbone::AccountId;
using backbone::Record;
using track::PhraseTable;

// ---- records as bytes --------------------------------------------------------------------------

void Snapshot::Records::add(const Record& record) {
  const std::size_t begin = bytes_.size();
  record.AppendToString(&bytes_);
  places_.push_back({record.id(), begin, bytes_.size() - begin});
}

void Snapshot::Records::add(const Records& others) {
  for (Place place : others.places_) {
    place.begin += bytes_.size();
    places_.push_back(place);
  }
  bytes_ += others.bytes_;
}

void Snapshot::Records::sort() {
  std::ranges::sort(places_, {}, &Place::id);
}

void Snapshot::Records::for_each(const Visit& visit) const {
  Record record;
  for (const Place& place : places_) {
    if (!record.ParseFromArray(bytes_.data() + place.begin, static_cast<int>(place.size)))
      throw std::logic_error("a record is not what it was when it was written");
    visit(record);
  }
}

// ---- a piece of it -----------------------------------------------------------------------------

// What one thread reads: a range of keys, with phrases numbered among themselves.
class Snapshot::Piece {
 public:
  explicit Piece(std::span<const AccountId> accounts) : accounts_(accounts) {}

  base::Result<void> read(const backbone::Store& store, const backbone::StateRange& range,
                          const Progress& progress) {
    auto visited = store.read_state(range, [&](const Record& record) {
      add(record);
      if (progress && read_.records_ % kProgressEvery == 0) progress(kProgressEvery);
    });
    if (!visited) return visited;
    number_waiting();
    settle_spellings();
    sort_tracks();
    return {};
  }
  Snapshot& result() { return read_; }

 private:
  void add(const Record& record) {
    ++read_.records_;
    if (record.has_tracked())
      add_track(record);
    else if (record.has_limit_changed())
      read_.limits_.add(record);
    else
      read_.others_.add(record);
  }

  track::Listener number_of(AccountId account) {
    if (account != last_account_) {
      const auto at = std::ranges::lower_bound(accounts_, account);
      if (at == accounts_.end() || *at != account)
        throw std::logic_error("the log names account " + std::to_string(account) +
                               " which it never made");
      last_account_ = account;
      last_number_ = static_cast<track::Listener>(at - accounts_.begin());
    }
    return last_number_;
  }

  void add_track(const Record& record) {
    const auto& tracked = record.tracked();
    read_.tracks_.push_back({record.id(), number_of(tracked.account()), 0});
    waiting_[waiting_count_++] = tracked.phrase();
    if (waiting_count_ == waiting_.size()) number_waiting();
  }

  // Phrases of the newest tracks, together.
  void number_waiting() {
    std::array<std::string_view, PhraseTable::kTogether> texts;
    std::array<std::uint32_t, PhraseTable::kTogether> numbers{};
    std::copy_n(waiting_.begin(), waiting_count_, texts.begin());
    read_.phrases_.number({texts.data(), waiting_count_}, {numbers.data(), waiting_count_});
    auto* newest = read_.tracks_.data() + read_.tracks_.size() - waiting_count_;
    for (std::size_t i = 0; i < waiting_count_; ++i) newest[i].phrase = numbers[i];
    waiting_count_ = 0;
  }

  // What was canonical once may be spelt otherwise by now: what folding does is ICU's to say.
  void settle_spellings() {
    PhraseTable& phrases = read_.phrases_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> respelt;  // ascending
    const std::size_t count = phrases.size();
    for (std::uint32_t number = 0; number < count; ++number) {
      const auto phrase = track::Phrase::parse(phrases[number]);
      if (!phrase) throw std::logic_error("the log holds a phrase that cannot be read");
      const std::string_view canonical = phrase->canonical();
      if (canonical == phrases[number]) continue;
      std::uint32_t now = 0;
      phrases.number({&canonical, 1}, {&now, 1});
      respelt.emplace_back(number, now);
    }
    if (respelt.empty()) return;
    for (track::Subscription& each : read_.tracks_) {
      const auto at = std::ranges::lower_bound(respelt, each.phrase, {},
                                               &std::pair<std::uint32_t, std::uint32_t>::first);
      if (at != respelt.end() && at->first == each.phrase) each.phrase = at->second;
    }
  }

  // Those of one account come together, by phrase.
  void sort_tracks() {
    auto& tracks = read_.tracks_;
    for (std::size_t begin = 0, end = 0; begin < tracks.size(); begin = end) {
      while (end < tracks.size() && tracks[end].who == tracks[begin].who) ++end;
      const std::span of_one(tracks.data() + begin, end - begin);
      std::ranges::sort(of_one, {}, &track::Subscription::number);
    }
  }

  const std::span<const AccountId> accounts_;
  Snapshot read_;
  AccountId last_account_ = 0;
  track::Listener last_number_ = 0;
  std::array<std::string, PhraseTable::kTogether> waiting_;
  std::size_t waiting_count_ = 0;
};

// ---- all of it ---------------------------------------------------------------------------------

base::Result<Snapshot> Snapshot::read(const backbone::Store& store, const Progress& progress,
                                      std::size_t pieces) {
  Snapshot snapshot;
  if (auto read = snapshot.read_accounts(store); !read) return tl::unexpected(read.error());
  if (auto read = snapshot.read_others(store, progress, pieces); !read)
    return tl::unexpected(read.error());
  snapshot.finish();
  return snapshot;
}

base::Result<void> Snapshot::read_accounts(const backbone::Store& store) {
  return store.read_state(backbone::accounts_range(), [this](const Record& record) {
    ++records_;
    accounts_.push_back(record.id());
    made_.add(record);
  });
}

base::Result<void> Snapshot::read_others(const backbone::Store& store, const Progress& progress,
                                         std::size_t pieces) {
  constexpr std::size_t kWorthThreads = 10'000;  // accounts
  if (pieces == 0 && accounts_.size() >= kWorthThreads)
    pieces = std::min<std::size_t>(kPiecesMax, std::thread::hardware_concurrency());
  const auto ranges = backbone::state_pieces(accounts_, pieces);
  std::vector<Piece> read(ranges.size(), Piece(accounts_));
  std::vector<std::future<base::Result<void>>> reading;  // gone before what it reads into
  for (std::size_t i = 0; i < ranges.size(); ++i)
    reading.push_back(std::async(i == 0 ? std::launch::deferred : std::launch::async,
                                 [&, i] { return read[i].read(store, ranges[i], progress); }));
  for (auto& each : reading)
    if (auto done = each.get(); !done) return done;
  for (Piece& piece : read) take(piece);
  return {};
}

void Snapshot::take(Piece& piece) {
  Snapshot& other = piece.result();
  records_ += other.records_;
  limits_.add(other.limits_);
  others_.add(other.others_);
  if (tracks_.empty()) {
    phrases_ = std::move(other.phrases_);
    tracks_ = std::move(other.tracks_);
    return;
  }
  // Phrases have other numbers here.
  std::vector<std::uint32_t> numbers(other.phrases_.size());
  for (std::size_t at = 0; at < numbers.size();) {
    std::array<std::string_view, PhraseTable::kTogether> texts;
    const std::size_t count = std::min(texts.size(), numbers.size() - at);
    for (std::size_t i = 0; i < count; ++i) texts[i] = other.phrases_[at + i];
    phrases_.number({texts.data(), count}, {numbers.data() + at, count});
    at += count;
  }
  for (track::Subscription& each : other.tracks_) each.phrase = numbers[each.phrase];
  tracks_.insert(tracks_.end(), other.tracks_.begin(), other.tracks_.end());
  other = Snapshot();
}

void Snapshot::finish() {
  phrases_.close();
  made_.sort();
  limits_.sort();
  others_.sort();
  listeners_ = track::SubscriberLists(phrases_.size(), tracks_);
}

}  // namespace bridge::state
