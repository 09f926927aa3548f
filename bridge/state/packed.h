// Packed and PackedText: a list and a text that cost one pointer when they are empty and little
// more than what is in them when they are not. An account has several of each, and most are empty
// or short: std::vector and std::string would take 24 and 32 bytes for nothing.
//
//   Packed<Block> blocks;  blocks.push_back({...});  for (const Block& block : blocks) ...
//
// Room is made for exactly what is there while that is little, for an eighth more after. Values
// that can be moved as bytes only. One thread; pointers into one are good until it changes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace bridge::state {

template <class T>
class Packed {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Packed() = default;
  Packed(const Packed& other) { assign(other); }
  Packed(Packed&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Packed& operator=(Packed other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Packed() { std::free(block_); }

  std::size_t size() const { return block_ ? block_->size : 0; }
  bool empty() const { return block_ == nullptr; }
  T* begin() { return block_ ? values() : nullptr; }
  T* end() { return block_ ? values() + block_->size : nullptr; }
  const T* begin() const { return block_ ? values() : nullptr; }
  const T* end() const { return block_ ? values() + block_->size : nullptr; }
  const T& operator[](std::size_t at) const { return values()[at]; }
  T& operator[](std::size_t at) { return values()[at]; }

  // Room for so many in all, and no more.
  void reserve(std::size_t all) {
    if (all > (block_ ? block_->capacity : 0)) resize(all);
  }
  void push_back(const T& value) { insert(end(), value); }
  void insert(const T* before, const T& value) {
    const T kept = value;
    const auto at = static_cast<std::size_t>(before - begin());
    if (!block_ || block_->size == block_->capacity) resize(size() + 1 + size() / 8);
    T* place = values() + at;
    std::memmove(place + 1, place, (block_->size - at) * sizeof(T));
    ::new (place) T(kept);
    ++block_->size;
  }
  void erase(const T* gone) {
    const auto at = static_cast<std::size_t>(gone - begin());
    T* place = values() + at;
    std::memmove(place, place + 1, (block_->size - at - 1) * sizeof(T));
    shrink(block_->size - 1);
  }
  // How many there were.
  template <class Condition>
  std::size_t erase_if(Condition&& condition) {
    const auto kept = static_cast<std::size_t>(std::remove_if(begin(), end(), condition) - begin());
    const std::size_t gone = size() - kept;
    if (gone > 0) shrink(kept);
    return gone;
  }
  void clear() { *this = {}; }

 private:
  struct alignas(std::max(alignof(T), alignof(std::uint32_t))) Block {
    std::uint32_t size = 0;
    std::uint32_t capacity = 0;
  };

  T* values() { return reinterpret_cast<T*>(block_ + 1); }
  const T* values() const { return reinterpret_cast<const T*>(block_ + 1); }

  void assign(const Packed& other) {
    if (other.empty()) return;
    resize(other.size());
    std::memcpy(values(), other.values(), other.size() * sizeof(T));
    block_->size = other.block_->size;
  }
  void shrink(std::size_t size) {
    if (size == 0) return clear();
    block_->size = static_cast<std::uint32_t>(size);
    if (size < block_->capacity - block_->capacity / 4) resize(size);
  }
  void resize(std::size_t capacity) {
    const bool is_new = block_ == nullptr;
    void* grown = std::realloc(block_, sizeof(Block) + capacity * sizeof(T));
    if (!grown) throw std::bad_alloc();
    block_ = static_cast<Block*>(grown);
    if (is_new) block_->size = 0;
    block_->capacity = static_cast<std::uint32_t>(capacity);
  }

  Block* block_ = nullptr;
};

class PackedText {
 public:
  PackedText() = default;
  explicit PackedText(std::string_view text) { set(text); }
  PackedText(const PackedText& other) { set(other); }
  PackedText(PackedText&& other) noexcept : bytes_(std::exchange(other.bytes_, nullptr)) {}
  PackedText& operator=(PackedText other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  PackedText& operator=(std::string_view text) { return *this = PackedText(text); }
  ~PackedText() { std::free(bytes_); }

  std::string_view view() const { return {data(), size()}; }
  std::string str() const { return std::string(view()); }
  operator std::string_view() const { return view(); }
  const char* data() const { return bytes_ ? bytes_ + sizeof(Length) : ""; }
  std::size_t size() const {
    Length length = 0;
    if (bytes_) std::memcpy(&length, bytes_, sizeof length);
    return length;
  }
  bool empty() const { return bytes_ == nullptr; }
  friend bool operator==(const PackedText& a, std::string_view b) {
    return std::string_view(a) == b;
  }

 private:
  using Length = std::uint16_t;

  void set(std::string_view text) {
    if (text.empty()) return;
    if (text.size() > UINT16_MAX) throw std::length_error("too long a name");
    const auto length = static_cast<Length>(text.size());
    bytes_ = static_cast<char*>(std::malloc(sizeof length + text.size()));
    if (!bytes_) throw std::bad_alloc();
    std::memcpy(bytes_, &length, sizeof length);
    std::memcpy(bytes_ + sizeof length, text.data(), text.size());
  }

  char* bytes_ = nullptr;  // the length, then the text
};

}  // namespace bridge::state
