// A list of strings, each once, in the order of their first coming, with lookup.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace bridge::track {

class Distinct {
 public:
  // Room for `size` strings at most: more would move those the lookup points at.
  explicit Distinct(std::size_t size_max) {
    list_.reserve(size_max);
    known_.reserve(size_max);
  }
  Distinct(Distinct&&) = default;
  Distinct& operator=(Distinct&&) = default;
  Distinct(const Distinct&) = delete;
  Distinct& operator=(const Distinct&) = delete;

  void add(std::string_view text) {
    if (text.empty() || known_.contains(text)) return;
    known_.insert(list_.emplace_back(text));
  }
  bool contains(std::string_view text) const { return known_.contains(text); }
  const std::vector<std::string>& list() const { return list_; }
  std::vector<std::string> take() && {
    known_.clear();
    return std::move(list_);
  }

 private:
  std::vector<std::string> list_;
  std::unordered_set<std::string_view> known_;
};

}  // namespace bridge::track
