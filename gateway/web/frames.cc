#include "gateway/web/frames.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "bridge/base/fd.h"

namespace gateway::web {
namespace {

namespace base = bridge::base;

constexpr int kMode = 0600;

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

std::uint64_t get(std::string_view bytes, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i)
    value |= std::uint64_t{static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)])}
             << (8 * i);
  return value;
}

tl::unexpected<base::Error> failed(const std::string& path) {
  return base::fail(base::ErrorCode::kUnavailable,
                    fmt::format("{}: {}", path, std::strerror(errno)));
}

}  // namespace

std::string frame(std::string_view bytes) {
  std::string out;
  out.reserve(kFrameHead + bytes.size());
  put(out, bytes.size(), 4);
  put(out, XXH64(bytes.data(), bytes.size(), 0), 8);
  return out.append(bytes);
}

ReadFrames read_frames(std::string_view bytes) {
  ReadFrames read;
  while (bytes.size() - read.end >= kFrameHead) {
    const std::string_view head = bytes.substr(read.end, kFrameHead);
    const std::uint64_t length = get(head, 4);
    if (length > kFrameBytesMax || length > bytes.size() - read.end - kFrameHead) break;
    const std::string_view body = bytes.substr(read.end + kFrameHead, length);
    if (XXH64(body.data(), body.size(), 0) != get(head.substr(4), 8)) break;
    read.frames.push_back(body);
    read.end += kFrameHead + length;
  }
  read.whole = read.end == bytes.size();
  return read;
}

FrameWriter& FrameWriter::number(std::uint64_t value) {
  put(out_, value, 8);
  return *this;
}

FrameWriter& FrameWriter::text(std::string_view value) {
  put(out_, value.size(), 4);
  out_.append(value);
  return *this;
}

std::uint64_t FrameReader::number() {
  if (left_.size() < 8) {
    ok_ = false;
    left_ = {};
    return 0;
  }
  const std::uint64_t value = get(left_, 8);
  left_.remove_prefix(8);
  return value;
}

std::string FrameReader::text() {
  if (left_.size() >= 4) {
    const std::uint64_t length = get(left_, 4);
    left_.remove_prefix(4);
    if (length <= left_.size()) {
      std::string value(left_.substr(0, length));
      left_.remove_prefix(length);
      return value;
    }
  }
  ok_ = false;
  left_ = {};
  return {};
}

base::Result<std::string> read_whole(const std::string& path) {
  const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT)
    return base::fail(base::ErrorCode::kUnknown, path + " is not there");
  if (!file) return failed(path);
  std::string bytes;
  char part[64 * 1024];
  for (;;) {
    const ssize_t count = ::read(file.get(), part, sizeof part);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(path);
    if (count == 0) return bytes;
    bytes.append(part, static_cast<std::size_t>(count));
  }
}

base::Result<void> write_whole(const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".new";
  {
    const base::Fd file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
    if (!file) return failed(beside);
    while (!bytes.empty()) {
      const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return failed(beside);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fdatasync(file.get()) != 0) return failed(beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return failed(path);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const base::Fd parent(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent || ::fsync(parent.get()) != 0) return failed(path);
  return {};
}

}  // namespace gateway::web
