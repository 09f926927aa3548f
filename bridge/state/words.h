// Words: each phrase that somebody tracks or mutes or that has a cap, parsed once, with everybody
// who tracks it.
//
//   Word& nyc = words.use("nyc");   ...   words.release(nyc);
//
// Those who track a phrase stand in the order in which they began. The first of them are awake,
// the rest asleep: how many is one number (docs/decisions/listener-cap.md). One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "bridge/track/phrase.h"
#include "bridge/track/subscribers.h"

namespace bridge::state {

struct Word {
  track::Phrase phrase;
  track::Subscribers listeners = {};
  std::size_t asleep = 0;                 // the last so many of them
  std::optional<std::uint32_t> cap = {};  // on those awake; absent: the one for every word
  std::uint32_t uses = 0;

  std::size_t awake() const { return listeners.size() - asleep; }
  // Of the first of those who are asleep, if there are any: nobody from there on is brought
  // anything.
  track::SubscriptionNumber sleeps_from() const {
    return asleep == 0 ? ~track::SubscriptionNumber{0} : listeners.number_at(awake());
  }
  // Where a listener stands, from 0.
  std::size_t rank_of(track::SubscriptionNumber number) const;
};

class Words {
 public:
  Words();
  ~Words();
  Words(Words&&) noexcept;
  Words& operator=(Words&&) noexcept;

  // Words that have a cap of their own or listeners asleep, by their text.
  using Notable = std::map<std::string_view, const Word*>;

  // In canonical form, as the log has it. It is there as long as it has been used more often than
  // released. Throws when it cannot be parsed: the log is not what it claims to be.
  Word& use(std::string_view canonical);
  // A new one, used once by each of those who listen to it.
  Word& add(track::Phrase phrase, std::span<const track::Subscriber> listeners);
  void reserve(std::size_t words);
  void release(Word& word);
  // nullptr: nobody uses it.
  Word* find(std::string_view canonical);
  const Word* find(std::string_view canonical) const;

  void set_cap(std::string_view canonical, std::optional<std::uint32_t> cap);
  void set_asleep(Word& word, std::size_t asleep);
  const Notable& notable() const { return notable_; }
  // Calls `visit` for each of them, in no order.
  void visit(const std::function<void(const Word&)>& visit) const;
  std::size_t size() const;

 private:
  Word& insert(track::Phrase phrase);  // or the one that is there
  void note(const Word& word);

  struct Table;

  std::unique_ptr<Table> table_;
  Notable notable_;
};

}  // namespace bridge::state
