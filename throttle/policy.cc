#include "throttle/policy.h"

#include <charconv>

namespace throttle {
namespace {

constexpr std::string_view kUnlimited = "unlimited";
constexpr std::string_view kBurst = " burst ";

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return count;
}

// A duration, or a unit alone ("s" is "1s").
std::optional<Duration> parse_per(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text.front() >= '0' && text.front() <= '9') return parse_duration(text);
  return parse_duration(std::string("1").append(text));
}

}  // namespace

std::optional<Policy> Policy::make(std::uint64_t count, Duration per, std::uint64_t burst) {
  if (per.count() <= 0 || per > kSpanMax) return std::nullopt;
  Policy policy;
  policy.count_ = count;
  policy.per_ = per;
  if (count == 0) {
    policy.interval_ = kSpanMax;
    return policy;
  }
  const auto whole = static_cast<std::uint64_t>(per.count());
  if (count > whole || burst == 0) return std::nullopt;
  const std::uint64_t interval = whole / count + (whole % count != 0 ? 1 : 0);
  if (burst > static_cast<std::uint64_t>(kSpanMax.count()) / interval) return std::nullopt;
  policy.interval_ = Duration(static_cast<std::int64_t>(interval));
  policy.span_ = Duration(static_cast<std::int64_t>(interval * burst));
  policy.burst_ = burst;
  return policy;
}

std::optional<Policy> Policy::parse(std::string_view text) {
  if (text == kUnlimited) return unlimited();
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto count = parse_count(text.substr(0, slash));
  std::string_view rest = text.substr(slash + 1);
  auto burst = count;
  if (const std::size_t at = rest.find(kBurst); at != std::string_view::npos) {
    burst = parse_count(rest.substr(at + kBurst.size()));
    rest = rest.substr(0, at);
  }
  const auto per = parse_per(rest);
  if (!count || !burst || !per) return std::nullopt;
  return make(*count, *per, *burst);
}

std::string Policy::text() const {
  if (is_unlimited()) return std::string(kUnlimited);
  std::string per = duration_text(per_);
  // "5/s" reads better than "5/1s"; "11s" keeps its digits.
  if (per.front() == '1' && per.size() > 1 && (per[1] < '0' || per[1] > '9')) per.erase(0, 1);
  std::string text = std::to_string(count_) + "/" + per;
  if (burst_ != count_) text.append(kBurst).append(std::to_string(burst_));
  return text;
}

}  // namespace throttle
