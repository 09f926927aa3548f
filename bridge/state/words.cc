#include "bridge/state/words.h"

#include <stdexcept>
#include <utility>

namespace bridge::state {

std::size_t Word::rank_of(track::SubscriptionNumber number) const {
  std::size_t from = 0, to = listeners.size();
  while (from < to) {
    const std::size_t middle = from + (to - from) / 2;
    if (listeners.number_at(middle) < number)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

Word& Words::use(std::string_view canonical) {
  auto at = words_.find(canonical);
  if (at == words_.end()) {
    auto parsed = track::Phrase::parse(canonical);
    if (!parsed) throw std::logic_error("the log holds a phrase that cannot be read");
    auto word = std::make_unique<Word>(Word{.phrase = std::move(*parsed)});
    const std::string_view key = word->phrase.canonical();
    at = words_.try_emplace(key, std::move(word)).first;
  }
  ++at->second->uses;
  return *at->second;
}

void Words::release(Word& word) {
  if (--word.uses == 0) words_.erase(words_.find(word.phrase.canonical()));
}

Word* Words::find(std::string_view canonical) {
  const auto at = words_.find(canonical);
  return at == words_.end() ? nullptr : at->second.get();
}

const Word* Words::find(std::string_view canonical) const {
  const auto at = words_.find(canonical);
  return at == words_.end() ? nullptr : at->second.get();
}

void Words::set_cap(std::string_view canonical, std::optional<std::uint32_t> cap) {
  Word& word = use(canonical);
  const bool had_one = word.cap.has_value();
  word.cap = cap;
  note(word);
  // A cap is a use of its own.
  if (had_one) release(word);
  if (!cap) release(word);
}

void Words::set_asleep(Word& word, std::size_t asleep) {
  word.asleep = asleep;
  note(word);
}

void Words::note(const Word& word) {
  if (word.cap || word.asleep > 0)
    notable_.try_emplace(word.phrase.canonical(), &word);
  else
    notable_.erase(word.phrase.canonical());
}

}  // namespace bridge::state
