#include "tests/bench/matcher.h"

#ifdef LAPWING_VECTORSCAN

#include <hs/hs.h>

#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "bridge/track/terms.h"

namespace bench {
namespace {

class Vectorscan final : public Matcher {
 public:
  ~Vectorscan() override {
    hs_free_scratch(scratch_);
    hs_free_database(database_);
  }

  void add(std::string_view phrase, std::uint64_t) override {
    if (known_.try_emplace(std::string(phrase), phrases_.size()).second)
      phrases_.emplace_back(phrase);
  }
  void remove(std::string_view, std::uint64_t) override {
    throw std::logic_error("Vectorscan compiles a set once");
  }

  void ready() override {
    std::vector<const char*> literals;
    std::vector<std::size_t> sizes;
    std::vector<unsigned> ids;
    for (const std::string& phrase : phrases_) {
      literals.push_back(phrase.c_str());
      sizes.push_back(phrase.size());
      ids.push_back(static_cast<unsigned>(ids.size()));
    }
    const std::vector<unsigned> flags(phrases_.size(), HS_FLAG_SINGLEMATCH);
    hs_compile_error_t* error = nullptr;
    require(hs_compile_lit_multi(literals.data(), flags.data(), ids.data(), sizes.data(),
                                 static_cast<unsigned>(literals.size()), HS_MODE_BLOCK, nullptr,
                                 &database_, &error),
            error ? error->message : "cannot compile");
    require(hs_alloc_scratch(database_, &scratch_), "no scratch");
  }

  void match(std::string_view text, const Found& found) override {
    const std::string folded = bridge::track::fold(text);
    Scan scan{this, &found};
    const auto each = [](unsigned id, unsigned long long, unsigned long long, unsigned,
                         void* context) {
      const auto& here = *static_cast<Scan*>(context);
      (*here.found)(here.self->phrases_[id]);
      return 0;
    };
    require(hs_scan(database_, folded.data(), static_cast<unsigned>(folded.size()), 0, scratch_,
                    each, &scan),
            "cannot scan");
  }

 private:
  struct Scan {
    const Vectorscan* self;
    const Found* found;
  };
  static void require(hs_error_t error, const std::string& what) {
    if (error != HS_SUCCESS) throw std::runtime_error("Vectorscan: " + what);
  }

  std::vector<std::string> phrases_;
  std::unordered_map<std::string, std::size_t> known_;
  hs_database_t* database_ = nullptr;
  hs_scratch_t* scratch_ = nullptr;
};

}  // namespace

std::unique_ptr<Matcher> make_vectorscan() {
  return std::make_unique<Vectorscan>();
}

}  // namespace bench

#else

namespace bench {

std::unique_ptr<Matcher> make_vectorscan() {
  return nullptr;
}

}  // namespace bench

#endif
