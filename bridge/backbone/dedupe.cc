#include "bridge/backbone/dedupe.h"

#include <xxhash.h>

#include "bridge/backbone/keys.h"

namespace bridge::backbone {

std::string dedupe_key(AccountId author, std::string_view client_id, std::string_view text) {
  // The length keeps ("ab", "c") apart from ("a", "bc").
  std::string input;
  input.reserve(2 * kKeyNumberBytes + client_id.size() + text.size());
  append_be64(input, author);
  append_be64(input, client_id.size());
  input.append(client_id).append(text);
  const XXH128_hash_t hash = XXH3_128bits(input.data(), input.size());
  std::string key;
  key.reserve(kDedupeKeyBytes);
  append_be64(key, hash.high64);
  append_be64(key, hash.low64);
  return key;
}

std::optional<std::string> dedupe_key(const Record& record) {
  const bool as_published = record.post().changed_by() == 0 && !record.post().deleted();
  if (record.has_post() && !record.post().client_id().empty() && as_published)
    return dedupe_key(record.post().author(), record.post().client_id(), record.post().text());
  if (record.has_direct() && !record.direct().client_id().empty() && !record.direct().deleted())
    return dedupe_key(record.direct().author(), record.direct().client_id(),
                      record.direct().text());
  return std::nullopt;
}

bool is_same_publish(const Record& record, AccountId author, std::string_view client_id,
                     std::string_view text) {
  const auto by_id = [&](const auto& body) {
    return body.author() == author && body.client_id() == client_id;
  };
  // What a post said that was changed or expired is gone; the hash that led here knew.
  if (record.has_post())
    return by_id(record.post()) && (record.post().changed_by() != 0 || record.post().deleted() ||
                                    record.post().text() == text);
  return record.has_direct() && by_id(record.direct()) && record.direct().text() == text;
}

std::string encode_dedupe(DedupeEntry entry) {
  std::string bytes = be64(entry.id);
  append_be64(bytes, static_cast<std::uint64_t>(entry.time_ms));
  return bytes;
}

std::optional<DedupeEntry> decode_dedupe(std::string_view bytes) {
  if (bytes.size() != 2 * kKeyNumberBytes) return std::nullopt;
  return DedupeEntry{*read_be64(bytes),
                     static_cast<base::WallMs>(*read_be64(bytes.substr(kKeyNumberBytes)))};
}

}  // namespace bridge::backbone
