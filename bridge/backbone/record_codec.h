// Record codec: a record as it lies in a store: one byte with the version of the schema, then the
// protobuf (record.proto). docs/log.md says what a version means.
//
//   encode_record(record, bytes);  auto record = decode_record(bytes);
//
// Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "bridge/backbone/store.h"
#include "bridge/base/result.h"

namespace bridge::backbone {

// Raised when an older reader would misunderstand a record, not when a field is added.
inline constexpr std::uint8_t kRecordVersion = 1;

// Replaces `bytes`, keeping its capacity.
void encode_record(const Record& record, std::string& bytes);
// Length of what encode_record() would write.
std::size_t encoded_size(const Record& record);

// kUnavailable with a sentence for the operator when a newer version wrote it, or it is damaged.
base::Result<Record> decode_record(std::string_view bytes);

}  // namespace bridge::backbone
