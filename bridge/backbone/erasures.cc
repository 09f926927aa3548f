#include "bridge/backbone/erasures.h"

#include <algorithm>

#include "bridge/backbone/amend.h"
#include "bridge/backbone/keys.h"

namespace bridge::backbone {

std::uint64_t Erasures::left() const {
  std::uint64_t sum = 0;
  for (const Step& each : accounts_) sum += each.to - each.after;
  return sum;
}

RecordPtr Erasures::left_of(RecordPtr record) const {
  for (const Step& each : accounts_)
    if (record->id() < each.to && concerns(*record, each.account))
      record = std::make_shared<const Record>(without(*record, each.account));
  return record;
}

Erasures::Step Erasures::next(std::size_t records_max) const {
  Step step = accounts_.front();
  step.to = std::min(step.to, step.after + records_max);
  return step;
}

void Erasures::done(const Step& step) {
  Step& first = accounts_.front();
  first.after = step.to;
  if (first.after == first.to) accounts_.pop_front();
}

std::string Erasures::encoded() const {
  std::string bytes;
  for (const Step& each : accounts_)
    for (const std::uint64_t number : {each.account, each.after, each.to})
      append_be64(bytes, number);
  return bytes;
}

std::optional<Erasures> Erasures::decoded(std::string_view bytes) {
  constexpr std::size_t kEach = 3 * kKeyNumberBytes;
  if (bytes.size() % kEach != 0) return std::nullopt;
  Erasures erasures;
  for (; !bytes.empty(); bytes.remove_prefix(kEach))
    erasures.accounts_.push_back({*read_be64(bytes), *read_be64(bytes.substr(kKeyNumberBytes)),
                                  *read_be64(bytes.substr(2 * kKeyNumberBytes))});
  return erasures;
}

}  // namespace bridge::backbone
