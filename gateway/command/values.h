// Values: what was said with a command, by the name of the field: {"nick": "alice"}. As typed or as
// a form brought it, trimmed; an empty text is the same as nothing.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateway::command {

class Values {
 public:
  Values() = default;
  Values(std::initializer_list<std::pair<std::string_view, std::string>> list) : list_(list) {}

  // Empty when it was not said.
  std::string_view operator[](std::string_view name) const {
    for (const auto& [known, value] : list_)
      if (known == name) return value;
    return {};
  }
  bool has(std::string_view name) const { return !(*this)[name].empty(); }
  std::string text(std::string_view name) const { return std::string((*this)[name]); }
  // `name` is a literal: it is kept as a view.
  void set(std::string_view name, std::string value) {
    for (auto& [known, old] : list_)
      if (known == name) {
        old = std::move(value);
        return;
      }
    list_.emplace_back(name, std::move(value));
  }
  const std::vector<std::pair<std::string_view, std::string>>& all() const { return list_; }
  bool operator==(const Values&) const = default;

 private:
  std::vector<std::pair<std::string_view, std::string>> list_;
};

}  // namespace gateway::command
