#include "bridge/track/phrase_table.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "bridge/track/hash.h"

namespace bridge::track {

void PhraseTable::number(std::span<const std::string_view> texts,
                         std::span<std::uint32_t> numbers) {
  make_room(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    numbers[i] = static_cast<std::uint32_t>(hash_of(texts[i]));
    __builtin_prefetch(&slots_[place_of(numbers[i])]);
  }
  // What probably is the same text, so that comparing them has not to wait either.
  for (const std::uint32_t half : numbers) {
    const Slot& slot = slots_[place_of(half)];
    if (slot.next == 0 || slot.half != half) continue;
    __builtin_prefetch(&ends_[slot.next - 1]);
  }
  for (const std::uint32_t half : numbers) {
    const Slot& slot = slots_[place_of(half)];
    if (slot.next == 0 || slot.half != half) continue;
    __builtin_prefetch((*this)[slot.next - 1].data());
  }
  for (std::size_t i = 0; i < texts.size(); ++i) numbers[i] = number(texts[i], numbers[i]);
}

std::uint32_t PhraseTable::number(std::string_view text, std::uint32_t half) {
  std::size_t at = place_of(half);
  for (; slots_[at].next != 0; at = at + 1 == slots_.size() ? 0 : at + 1)
    if (slots_[at].half == half && (*this)[slots_[at].next - 1] == text) return slots_[at].next - 1;
  if (letters_.size() + text.size() > std::numeric_limits<std::uint32_t>::max())
    throw std::length_error("4 GiB of phrases are too many");
  letters_ += text;
  ends_.push_back(static_cast<std::uint32_t>(letters_.size()));
  slots_[at] = {half, static_cast<std::uint32_t>(ends_.size())};
  return slots_[at].next - 1;
}

// At most half of the slots are taken. In the order of the old ones, so it is one walk over both.
void PhraseTable::make_room(std::size_t more) {
  if (2 * (size() + more) <= slots_.size()) return;
  std::vector<Slot> old(std::max<std::size_t>(1024, 4 * (size() + more)));
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.next == 0) continue;
    std::size_t at = place_of(slot.half);
    while (slots_[at].next != 0) at = at + 1 == slots_.size() ? 0 : at + 1;
    slots_[at] = slot;
  }
}

}  // namespace bridge::track
