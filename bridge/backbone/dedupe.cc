#include "bridge/backbone/dedupe.h"

#include <xxhash.h>

#include "bridge/backbone/keys.h"

namespace bridge::backbone {

std::string dedupe_key(const PublishKey& publish) {
  // The length keeps ("ab", "c") apart from ("a", "bc"). No text ends like an id: it has zero
  // bytes.
  std::string input;
  input.reserve(3 * kKeyNumberBytes + publish.client_id.size() + publish.text.size());
  append_be64(input, publish.author);
  append_be64(input, publish.client_id.size());
  input.append(publish.client_id).append(publish.text);
  if (publish.recipient != 0) append_be64(input, publish.recipient);
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
    return dedupe_key(key_of(record.post()));
  if (record.has_direct() && !record.direct().client_id().empty() && !record.direct().deleted())
    return dedupe_key(key_of(record.direct()));
  return std::nullopt;
}

PublishKey key_of(const lapwing::record::Post& post) {
  return {.author = post.author(), .client_id = post.client_id(), .text = post.text()};
}

PublishKey key_of(const lapwing::record::Direct& direct) {
  return {.author = direct.author(),
          .client_id = direct.client_id(),
          .text = direct.text(),
          .recipient = direct.recipient()};
}

bool is_same_publish(const Record& record, const PublishKey& publish) {
  if (record.has_direct()) return key_of(record.direct()) == publish;
  if (!record.has_post()) return false;
  PublishKey key = key_of(record.post());
  // What a post said that was changed or expired is gone; the hash that led here knew.
  if (record.post().changed_by() != 0 || record.post().deleted()) key.text = publish.text;
  return key == publish;
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
