// PhraseTable: the canonical forms of phrases, each once, by number: 0, 1, 2 in the order in which
// they first came. For those who build something of millions of subscriptions at once.
//
//   table.number(texts, numbers);   table[numbers[0]] == texts[0]
//
// Many are looked up together, because each alone would wait for memory; and 8 bytes for a slot
// beside the text are less than a map's node. One thread changes it; what is in it may be read by
// many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bridge::track {

class PhraseTable {
 public:
  // So many are worth waiting for together; more are as good.
  static constexpr std::size_t kTogether = 32;

  // The number of each text, new or known, into `numbers`, which is as long. Throws
  // std::length_error beyond 4 GiB of text.
  void number(std::span<const std::string_view> texts, std::span<std::uint32_t> numbers);

  std::size_t size() const { return ends_.size(); }
  // Valid until the next number().
  std::string_view operator[](std::size_t number) const {
    const std::size_t begin = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(letters_).substr(begin, ends_[number] - begin);
  }
  // Gives the memory for looking up back. Nothing can be numbered any more.
  void close() { slots_ = std::vector<Slot>(); }

 private:
  struct Slot {
    std::uint32_t half = 0;  // of the hash; decides where it lies
    std::uint32_t next = 0;  // one more than the number; 0: empty
  };

  std::size_t place_of(std::uint32_t half) const {
    return static_cast<std::size_t>(std::uint64_t{half} * slots_.size() >> 32);
  }
  std::uint32_t number(std::string_view text, std::uint32_t half);
  void make_room(std::size_t more);

  std::string letters_;
  std::vector<std::uint32_t> ends_;
  std::vector<Slot> slots_;
};

}  // namespace bridge::track
