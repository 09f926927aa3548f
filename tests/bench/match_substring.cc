#include <algorithm>
#include <string>
#include <vector>

#include "bridge/track/terms.h"
#include "tests/bench/matcher.h"

namespace bench {
namespace {

class Substring final : public Matcher {
 public:
  void add(std::string_view phrase, std::uint64_t) override { phrases_.emplace_back(phrase); }
  void remove(std::string_view phrase, std::uint64_t) override {
    phrases_.erase(std::ranges::find(phrases_, phrase));
  }
  void match(std::string_view text, const Found& found) override {
    const std::string folded = bridge::track::fold(text);
    for (const std::string& phrase : phrases_)
      if (folded.find(phrase) != std::string::npos) found(phrase);
  }

 private:
  std::vector<std::string> phrases_;
};

}  // namespace

std::unique_ptr<Matcher> make_substring() {
  return std::make_unique<Substring>();
}

}  // namespace bench
