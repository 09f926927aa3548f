#include <stdexcept>

#include "bridge/track/index.h"
#include "tests/bench/matcher.h"

namespace bench {
namespace {

namespace track = bridge::track;

class Engine final : public Matcher {
 public:
  void add(std::string_view phrase, std::uint64_t number) override {
    index_.add(read(phrase), number, static_cast<track::Listener>(number));
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

  track::Index index_;
};

}  // namespace

std::unique_ptr<Matcher> make_engine() {
  return std::make_unique<Engine>();
}

}  // namespace bench
