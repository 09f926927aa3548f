#include "bridge/state/phrases.h"

#include <stdexcept>
#include <utility>

namespace bridge::state {

const track::Phrase* Phrases::use(std::string_view canonical) {
  auto at = entries_.find(canonical);
  if (at == entries_.end()) {
    auto parsed = track::Phrase::parse(canonical);
    if (!parsed) throw std::logic_error("the log holds a phrase that cannot be read");
    auto entry = std::make_unique<Entry>(Entry{std::move(*parsed)});
    const std::string_view key = entry->phrase.canonical();
    at = entries_.try_emplace(key, std::move(entry)).first;
  }
  ++at->second->uses;
  return &at->second->phrase;
}

void Phrases::release(const track::Phrase* phrase) {
  const auto at = entries_.find(phrase->canonical());
  if (--at->second->uses == 0) entries_.erase(at);
}

}  // namespace bridge::state
