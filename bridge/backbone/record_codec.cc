#include "bridge/backbone/record_codec.h"

#include <limits>

#include "bridge/backbone/require.h"

namespace bridge::backbone {

void encode_record(const Record& record, std::string& bytes) {
  bytes.assign(1, static_cast<char>(kRecordVersion));
  require(record.AppendToString(&bytes), "a record fits into a protobuf message");
}

std::size_t encoded_size(const Record& record) {
  return 1 + record.ByteSizeLong();
}

base::Result<Record> decode_record(std::string_view bytes) {
  if (bytes.empty())
    return base::fail(base::ErrorCode::kUnavailable,
                      "A record in the store is empty: it is damaged.");
  const auto version = static_cast<std::uint8_t>(bytes.front());
  if (version == 0 || version > kRecordVersion)
    return base::fail(base::ErrorCode::kUnavailable,
                      "A record in the store was written by a newer Lapwing (record version " +
                          std::to_string(version) + ", this one knows " +
                          std::to_string(kRecordVersion) + "): use that version.");
  bytes.remove_prefix(1);
  Record record;
  if (bytes.size() > std::numeric_limits<int>::max() ||
      !record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return base::fail(base::ErrorCode::kUnavailable,
                      "A record in the store cannot be read: it is damaged.");
  return record;
}

}  // namespace bridge::backbone
