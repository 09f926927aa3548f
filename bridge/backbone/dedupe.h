// Dedupe: how a store recognises a publish it has accepted before, by its PublishKey: author,
// client id, text, and for a direct message its recipient.
//
// A 128-bit hash finds the candidate, the record it names decides: a collision, even one that was
// built on purpose, can never make a new post pass for an old one. Without a client id nothing is a
// duplicate: the same words said twice are two posts. The window's clock is the later of the asking
// time and the newest record's, so a wall clock that jumped back neither widens nor narrows it.
// Pure functions; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/backbone/store.h"

namespace bridge::backbone {

inline constexpr std::chrono::milliseconds kDedupeWindowDefault = std::chrono::hours(24 * 7);

inline constexpr std::size_t kDedupeKeyBytes = 16;

// Nothing for records that are not published under a client id, nor for a post that was changed
// since, or expired: what it was published as is gone, its entry stays.
std::optional<std::string> dedupe_key(const Record& record);
std::string dedupe_key(const PublishKey& publish);

// Views into the record.
PublishKey key_of(const lapwing::record::Post& post);
PublishKey key_of(const lapwing::record::Direct& direct);

// Whether this record, which that very publish led to, is it.
bool is_same_publish(const Record& record, const PublishKey& publish);

struct DedupeEntry {
  RecordId id = 0;
  base::WallMs time_ms = 0;
};
std::string encode_dedupe(DedupeEntry entry);
std::optional<DedupeEntry> decode_dedupe(std::string_view bytes);

constexpr bool within_window(base::WallMs time_ms, base::WallMs now_ms,
                             std::chrono::milliseconds window) {
  return now_ms - time_ms < window.count();
}

}  // namespace bridge::backbone
