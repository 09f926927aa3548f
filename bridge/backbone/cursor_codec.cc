#include "bridge/backbone/cursor_codec.h"

#include <algorithm>
#include <utility>

#include "bridge/backbone/require.h"

namespace bridge::backbone {
namespace {

void append_varint(std::string& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<char>(number | 0x80));
  bytes.push_back(static_cast<char>(number));
}

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return number;
  }
  return std::nullopt;
}

void append_ids(std::string& bytes, const std::vector<RecordId>& ids, RecordId above) {
  append_varint(bytes, ids.size());
  for (const RecordId id : ids) {
    require(id > above, "ids of a cursor ascend");
    append_varint(bytes, id - above);
    above = id;
  }
}

std::optional<std::vector<RecordId>> take_ids(std::string_view& bytes, RecordId above) {
  const auto count = take_varint(bytes);
  // Every id takes a byte at least: damaged bytes must not make us ask for the memory of millions.
  if (!count || *count > bytes.size()) return std::nullopt;
  std::vector<RecordId> ids;
  ids.reserve(*count);
  while (ids.size() < *count) {
    const auto distance = take_varint(bytes);
    if (!distance) return std::nullopt;
    above += *distance;
    ids.push_back(above);
  }
  return ids;
}

std::optional<Cursor> take_cursor(std::string_view& bytes) {
  const auto floor = take_varint(bytes);
  if (!floor) return std::nullopt;
  auto done = take_ids(bytes, *floor);
  if (!done) return std::nullopt;
  return Cursor{.floor = *floor, .done = std::move(*done)};
}

void append_text(std::string& bytes, std::string_view text) {
  append_varint(bytes, text.size());
  bytes.append(text);
}

std::optional<std::string> take_text(std::string_view& bytes) {
  const auto size = take_varint(bytes);
  if (!size || *size > bytes.size()) return std::nullopt;
  std::string text(bytes.substr(0, *size));
  bytes.remove_prefix(*size);
  return text;
}

std::optional<std::vector<std::string>> take_texts(std::string_view& bytes) {
  const auto count = take_varint(bytes);
  if (!count || *count > bytes.size()) return std::nullopt;
  std::vector<std::string> texts;
  while (texts.size() < *count) {
    auto text = take_text(bytes);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return texts;
}

std::optional<JobRow> take_job(std::string_view& bytes) {
  JobRow job;
  for (std::uint64_t* number : {&job.post, &job.at, &job.start, &job.reached}) {
    const auto taken = take_varint(bytes);
    if (!taken) return std::nullopt;
    *number = *taken;
  }
  const auto wrapped = take_varint(bytes);
  auto lists = take_texts(bytes);
  if (!wrapped || !lists || job.at >= lists->size()) return std::nullopt;
  auto exempt = take_ids(bytes, 0);
  if (!exempt) return std::nullopt;
  job.wrapped = *wrapped != 0;
  job.lists = std::move(*lists);
  job.exempt = std::move(*exempt);
  return job;
}

void append_digest(std::string& bytes, const DigestRow& digest) {
  append_varint(bytes, digest.stretches.size());
  for (const Stretch& stretch : digest.stretches) {
    append_varint(bytes, stretch.after);
    append_varint(bytes, stretch.to);
  }
  append_ids(bytes, digest.taken, 0);
  append_ids(bytes, digest.singles, 0);
  append_varint(bytes, digest.lines.size());
  for (const DigestLine& line : digest.lines) {
    append_text(bytes, line.phrase);
    append_varint(bytes, line.count);
    append_varint(bytes, static_cast<std::uint64_t>(line.since_ms));
    append_varint(bytes, line.expired);
    append_ids(bytes, line.last, 0);
    append_varint(bytes, line.told ? 1 : 0);
  }
}

std::optional<DigestLine> take_line(std::string_view& bytes) {
  auto phrase = take_text(bytes);
  const auto count = take_varint(bytes);
  const auto since_ms = take_varint(bytes);
  const auto expired = take_varint(bytes);
  auto last = take_ids(bytes, 0);
  const auto told = take_varint(bytes);
  if (!phrase || !count || !since_ms || !expired || !last || !told) return std::nullopt;
  return DigestLine{.phrase = std::move(*phrase),
                    .count = *count,
                    .since_ms = static_cast<base::WallMs>(*since_ms),
                    .expired = *expired,
                    .last = std::move(*last),
                    .told = *told != 0};
}

std::optional<DigestRow> take_digest(std::string_view& bytes) {
  DigestRow digest;
  const auto stretches = take_varint(bytes);
  if (!stretches || *stretches > bytes.size()) return std::nullopt;
  while (digest.stretches.size() < *stretches) {
    const auto after = take_varint(bytes);
    const auto to = take_varint(bytes);
    if (!after || !to) return std::nullopt;
    digest.stretches.push_back({*after, *to});
  }
  auto taken = take_ids(bytes, 0);
  auto singles = take_ids(bytes, 0);
  const auto lines = take_varint(bytes);
  if (!taken || !singles || !lines || *lines > bytes.size()) return std::nullopt;
  digest.taken = std::move(*taken);
  digest.singles = std::move(*singles);
  while (digest.lines.size() < *lines) {
    auto line = take_line(bytes);
    if (!line) return std::nullopt;
    digest.lines.push_back(std::move(*line));
  }
  return digest;
}

bool any_again(const Cursors& cursors) {
  return std::ranges::any_of(cursors, [](const Cursor& cursor) { return !cursor.again.empty(); });
}

}  // namespace

std::string encode_cursors(const Cursors& cursors, const DigestRow& digest) {
  std::string bytes;
  for (const auto& cursor : cursors) {
    append_varint(bytes, cursor.floor);
    append_ids(bytes, cursor.done, cursor.floor);
  }
  const bool has_digest = digest != DigestRow{};
  if (!any_again(cursors) && !has_digest) return bytes;
  for (const auto& cursor : cursors) append_ids(bytes, cursor.again, 0);
  if (has_digest) append_digest(bytes, digest);
  return bytes;
}

std::optional<Waiting> decode_cursors(std::string_view bytes) {
  Waiting waiting;
  for (auto& cursor : waiting.cursors) {
    auto taken = take_cursor(bytes);
    if (!taken) return std::nullopt;
    cursor = std::move(*taken);
  }
  if (bytes.empty()) return waiting;
  for (auto& cursor : waiting.cursors) {
    auto again = take_ids(bytes, 0);
    if (!again) return std::nullopt;
    cursor.again = std::move(*again);
  }
  if (bytes.empty()) return waiting;
  auto digest = take_digest(bytes);
  if (!digest || !bytes.empty()) return std::nullopt;
  waiting.digest = std::move(*digest);
  return waiting;
}

std::string encode_jobs(const std::vector<JobRow>& jobs) {
  std::string bytes;
  for (const JobRow& job : jobs) {
    for (const std::uint64_t number : {job.post, job.at, job.start, job.reached})
      append_varint(bytes, number);
    append_varint(bytes, job.wrapped ? 1 : 0);
    append_varint(bytes, job.lists.size());
    for (const std::string& list : job.lists) append_text(bytes, list);
    append_ids(bytes, job.exempt, 0);
  }
  return bytes;
}

std::optional<std::vector<JobRow>> decode_jobs(std::string_view bytes) {
  std::vector<JobRow> jobs;
  while (!bytes.empty()) {
    auto job = take_job(bytes);
    if (!job) return std::nullopt;
    jobs.push_back(std::move(*job));
  }
  return jobs;
}

}  // namespace bridge::backbone
