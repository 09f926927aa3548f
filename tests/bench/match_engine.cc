#include <array>
#include <stdexcept>
#include <vector>

#include "bridge/track/index.h"
#include "tests/bench/matcher.h"

namespace bench {
namespace {

namespace track = bridge::track;

// What is there before ready() is built at once, as at the start of a bridge.
class Engine final : public Matcher {
 public:
  void add(std::string_view phrase, std::uint64_t number) override {
    const auto listener = static_cast<track::Listener>(number);
    if (!first_) return index_.add(read(phrase), number, listener);
    first_->subscriptions.push_back({number, listener, 0});
    first_->waiting.push_back(phrase);
    if (first_->waiting.size() == track::PhraseTable::kTogether) number_waiting();
  }
  void ready() override {
    number_waiting();
    for (std::size_t i = 0; i < first_->phrases.size(); ++i) read(first_->phrases[i]);
    first_->phrases.close();
    const track::SubscriberLists lists(first_->phrases.size(), first_->subscriptions);
    index_.build(first_->phrases, lists);
    first_.reset();
  }
  void remove(std::string_view phrase, std::uint64_t number) override {
    if (!index_.remove(read(phrase), number)) throw std::logic_error("there is no such phrase");
  }
  void match(std::string_view text, const Found& found) override {
    const track::Post post(text);
    index_.match(post, [&](std::string_view phrase, const track::Listeners&) { found(phrase); });
    index_.observe(post);
  }

 private:
  static track::Phrase read(std::string_view canonical) {
    auto phrase = track::Phrase::parse(canonical);
    if (!phrase) throw std::logic_error(phrase.error().text);
    return std::move(*phrase);
  }
  void number_waiting() {
    std::array<std::uint32_t, track::PhraseTable::kTogether> numbers{};
    auto& [phrases, subscriptions, waiting] = *first_;
    phrases.number(waiting, {numbers.data(), waiting.size()});
    track::Subscription* newest = subscriptions.data() + subscriptions.size() - waiting.size();
    for (std::size_t i = 0; i < waiting.size(); ++i) newest[i].phrase = numbers[i];
    waiting.clear();
  }

  track::Index index_;
  struct First {
    track::PhraseTable phrases;
    std::vector<track::Subscription> subscriptions;
    std::vector<std::string_view> waiting;  // of the newest of them: the caller's texts
  };
  std::unique_ptr<First> first_ = std::make_unique<First>();  // until ready()
};

}  // namespace

std::unique_ptr<Matcher> make_engine() {
  return std::make_unique<Engine>();
}

}  // namespace bench
