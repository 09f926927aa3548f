// Phrases: each phrase that somebody tracks or mutes, parsed once, however many they are.
//
//   const track::Phrase* nyc = phrases.use("nyc");   ...   phrases.release(nyc);
//
// A phrase is there as long as it has been used more often than released. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "bridge/track/phrase.h"

namespace bridge::state {

class Phrases {
 public:
  // In canonical form, as the log has it. Throws when it cannot be parsed: the log is not what it
  // claims to be.
  const track::Phrase* use(std::string_view canonical);
  void release(const track::Phrase* phrase);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    track::Phrase phrase;
    std::uint32_t uses = 0;
  };
  std::unordered_map<std::string_view, std::unique_ptr<Entry>> entries_;  // views of the phrase
};

}  // namespace bridge::state
