#include "gateway/web/operations/samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>

namespace gateway::web {

void Samples::add(bridge::base::WallMs at_ms, const Row& row) {
  if (!rows_.empty() && at_ms <= rows_.back().at_ms) return;
  Kept kept{at_ms, std::vector<std::optional<double>>(names_.size())};
  for (const auto& [name, value] : row) {
    const auto found = std::ranges::find(names_, name);
    const auto column = static_cast<std::size_t>(found - names_.begin());
    if (found == names_.end()) {
      if (names_.size() >= kColumnsMax) continue;
      names_.push_back(name);
      kept.values.emplace_back();
    }
    kept.values[column] = value;
  }
  rows_.push_back(std::move(kept));
  if (rows_.size() > rows_max_) rows_.pop_front();
}

std::string Samples::json(bridge::base::WallMs after_ms) const {
  std::string out = "{\"names\":[";
  const auto add = std::back_inserter(out);
  for (std::size_t i = 0; i < names_.size();
       ++i)  // names come from this program: nothing to escape
    fmt::format_to(add, "{}\"{}\"", i == 0 ? "" : ",", names_[i]);
  const auto first = std::ranges::upper_bound(rows_, after_ms, {}, &Kept::at_ms);
  fmt::format_to(add, "],\"complete\":{},\"rows\":[", first == rows_.begin());
  for (auto row = first; row != rows_.end(); ++row) {
    fmt::format_to(add, "{}[{}", row == first ? "" : ",", row->at_ms);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const auto value = i < row->values.size() ? row->values[i] : std::nullopt;
      if (value && std::isfinite(*value))
        fmt::format_to(add, ",{:.6g}", *value);
      else
        out += ",null";
    }
    out += ']';
  }
  out += "]}";
  return out;
}

std::optional<double> Rates::of(std::string_view name, std::uint64_t value,
                                bridge::base::Time now) {
  const auto found = last_.find(name);
  if (found == last_.end()) {
    last_.emplace(std::string(name), Last{value, now});
    return std::nullopt;
  }
  const Last before = std::exchange(found->second, Last{value, now});
  const double seconds = std::chrono::duration<double>(now - before.at).count();
  if (value < before.value || seconds <= 0) return std::nullopt;
  return static_cast<double>(value - before.value) / seconds;
}

}  // namespace gateway::web
