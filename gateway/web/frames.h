// Frames: how the website's files hold their entries: a length, a checksum, the bytes.
//
//   file = kind and version (8 bytes), then frames:
//   u32 length (little-endian, at most kFrameBytesMax), u64 XXH64 of the bytes, the bytes
//
// A crash cuts a file anywhere: reading stops at the first frame that is not whole, and says where.
// Pure, but for write_whole().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/base/result.h"

namespace gateway::web {

inline constexpr std::size_t kFrameBytesMax = 8 << 20;
inline constexpr std::size_t kFrameHead = 12;

std::string frame(std::string_view bytes);

struct ReadFrames {
  std::vector<std::string_view> frames;  // into what was read
  std::size_t end = 0;                   // of the last whole one
  bool whole = true;                     // nothing followed it
};
ReadFrames read_frames(std::string_view bytes);

// Numbers in frames: little-endian, and texts with their length before them.
class FrameWriter {
 public:
  FrameWriter& number(std::uint64_t value);
  FrameWriter& text(std::string_view value);
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// What is missing reads as 0 or empty, and ok() turns false.
class FrameReader {
 public:
  explicit FrameReader(std::string_view bytes) : left_(bytes) {}
  std::uint64_t number();
  std::string text();
  bool ok() const { return ok_; }
  bool done() const { return left_.empty(); }

 private:
  std::string_view left_;
  bool ok_ = true;
};

// The whole file; kUnknown when there is none.
bridge::base::Result<std::string> read_whole(const std::string& path);
// All or nothing, also across a power failure: a new file, synced, renamed over the old one.
bridge::base::Result<void> write_whole(const std::string& path, std::string_view bytes);

}  // namespace gateway::web
