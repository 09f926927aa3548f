#include "bridge/track/entries.h"

#include <bit>
#include <stdexcept>
#include <utility>

namespace bridge::track {

// The bytes of numbers as they lie in memory: little-endian machines only.
static_assert(std::endian::native == std::endian::little);

Listeners Entry::listeners() const {
  if (is_list()) {
    std::uintptr_t root = 0;
    std::memcpy(&root, kept(), sizeof root);
    return Listeners::of_root(root);
  }
  SubscriptionNumber number = 0;
  Listener who = 0;
  std::memcpy(&number, kept(), kNumberBytes);
  std::memcpy(&who, kept() + kNumberBytes, sizeof who);
  return {number, who};
}

Subscribers Entry::take_list() {
  std::uintptr_t root = 0;
  std::memcpy(&root, kept(), sizeof root);
  put_one(0, 0);
  return Subscribers::adopt(root);
}

void Entry::put_list(Subscribers list) {
  const std::uintptr_t root = list.release();
  std::memcpy(kept(), &root, sizeof root);
  kept()[kListenerBytes - 1] = kIsList;
}

void Entry::put_one(SubscriptionNumber number, Listener who) {
  std::memcpy(kept(), &number, kNumberBytes);
  std::memcpy(kept() + kNumberBytes, &who, sizeof who);
}

void Entry::add(SubscriptionNumber number, Listener who) {
  if (deserted() && number <= kNumberMax && who <= kWhoMax) return put_one(number, who);
  Subscribers list;
  if (is_list())
    list = take_list();
  else
    listeners().visit({}, 1, [&](SubscriptionNumber n, Listener w) { list.add(n, w); });
  list.add(number, who);
  put_list(std::move(list));
}

void Entry::add_all(std::span<const Subscriber> all) {
  if (all.size() == 1) return add(all[0].number, all[0].who);
  if (!all.empty()) put_list(Subscribers(all));
}

bool Entry::remove(SubscriptionNumber number) {
  if (!is_list()) {
    if (number == 0 || deserted() || listeners().number_at(0) != number) return false;
    put_one(0, 0);
    return true;
  }
  Subscribers list = take_list();
  const bool removed = list.remove(number);
  SubscriptionNumber only = 0;
  Listener who = 0;
  if (list.size() == 1) list.visit({}, 1, [&](auto n, auto w) { only = n, who = w; });
  if (only != 0 && only <= kNumberMax && who <= kWhoMax)
    put_one(only, who);
  else if (!list.empty())
    put_list(std::move(list));
  return removed;
}

Entries::~Entries() {
  for (auto& chunk : chunks_) delete[] chunk.load();
}

std::size_t Entries::units(std::size_t text_size, Anchor anchor) {
  const std::size_t head = anchor.size == 0 ? 1 : 3;
  return (head + Entry::kListenerBytes + text_size + kUnit - 1) / kUnit;
}

EntryRef Entries::allocate(std::size_t count) {
  if (auto& freed = free_[count]; !freed.empty()) {
    const EntryRef ref = freed.back();
    freed.pop_back();
    return ref;
  }
  // What is left of a chunk is left.
  const EntryRef left = kChunkUnits - (next_ & (kChunkUnits - 1));
  if (left < count) next_ += left;
  if (next_ >= kChunks * kChunkUnits) throw std::length_error("4 GiB of phrases are too many");
  auto& chunk = chunks_[next_ >> kChunkBits];
  if (!chunk.load(std::memory_order_relaxed))
    chunk.store(new std::byte[kChunkUnits * kUnit], std::memory_order_release);
  const EntryRef ref = next_;
  next_ += static_cast<EntryRef>(count);
  return ref;
}

EntryRef Entries::make(std::string_view text, Anchor anchor) {
  if (text.empty() || text.size() > Entry::kSizeMask)
    throw std::logic_error("no canonical form is so long");
  const EntryRef ref = allocate(units(text.size(), anchor));
  Entry entry = (*this)[ref];
  entry.bytes_[0] = static_cast<std::byte>(text.size() | (anchor.size == 0 ? Entry::kIsWord : 0));
  if (anchor.size != 0) {
    entry.bytes_[1] = static_cast<std::byte>(anchor.begin);
    entry.bytes_[2] = static_cast<std::byte>(anchor.size);
  }
  entry.put_one(0, 0);
  std::memcpy(entry.kept() + Entry::kListenerBytes, text.data(), text.size());
  return ref;
}

EntryRef Entries::move(EntryRef from, Anchor anchor) {
  Entry old = (*this)[from];
  const EntryRef ref = make(old.text(), anchor);
  Entry entry = (*this)[ref];
  std::memcpy(entry.kept(), old.kept(), Entry::kListenerBytes);
  old.put_one(0, 0);
  return ref;
}

void Entries::free(EntryRef ref) {
  const Entry entry = (*this)[ref];
  const Anchor anchor{.begin = 0,
                      .size = static_cast<std::uint8_t>(entry.listeners_at() == 1 ? 0 : 1)};
  free_[units(entry.text().size(), anchor)].push_back(ref);
}

}  // namespace bridge::track
