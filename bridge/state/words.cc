#include "bridge/state/words.h"

#include <absl/container/flat_hash_set.h>

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

namespace {

// A word in the set, and a text to look for in it.
struct Text {
  using is_transparent = void;
  static std::string_view of(std::string_view text) { return text; }
  static std::string_view of(const std::unique_ptr<Word>& word) { return word->phrase.canonical(); }
};
struct HashText : Text {
  template <class T>
  std::size_t operator()(const T& it) const {
    return absl::Hash<std::string_view>{}(of(it));
  }
};
struct SameText : Text {
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    return of(a) == of(b);
  }
};

}  // namespace

// There are millions of them at a start: a place in one row costs one wait for memory, a node of a
// map three.
struct Words::Table {
  absl::flat_hash_set<std::unique_ptr<Word>, HashText, SameText> words;
};

Words::Words() : table_(std::make_unique<Table>()) {}
Words::~Words() = default;
Words::Words(Words&&) noexcept = default;
Words& Words::operator=(Words&&) noexcept = default;

std::size_t Words::size() const {
  return table_->words.size();
}

void Words::reserve(std::size_t words) {
  table_->words.reserve(words);
}

void Words::visit(const std::function<void(const Word&)>& visit) const {
  for (const auto& word : table_->words) visit(*word);
}

Word& Words::use(std::string_view canonical) {
  if (Word* known = find(canonical)) {
    ++known->uses;
    return *known;
  }
  auto parsed = track::Phrase::parse(canonical);
  if (!parsed) throw std::logic_error("the log holds a phrase that cannot be read");
  Word& word = insert(std::move(*parsed));
  ++word.uses;
  return word;
}

Word& Words::add(track::Phrase phrase, std::span<const track::Subscriber> listeners) {
  Word& word = insert(std::move(phrase));
  word.listeners = track::Subscribers(listeners);
  word.uses = static_cast<std::uint32_t>(listeners.size());
  return word;
}

Word& Words::insert(track::Phrase phrase) {
  auto word = std::make_unique<Word>(Word{.phrase = std::move(phrase)});
  return **table_->words.insert(std::move(word)).first;
}

void Words::release(Word& word) {
  if (--word.uses == 0) table_->words.erase(table_->words.find(word.phrase.canonical()));
}

Word* Words::find(std::string_view canonical) {
  const auto at = table_->words.find(canonical);
  return at == table_->words.end() ? nullptr : at->get();
}

const Word* Words::find(std::string_view canonical) const {
  const auto at = table_->words.find(canonical);
  return at == table_->words.end() ? nullptr : at->get();
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
