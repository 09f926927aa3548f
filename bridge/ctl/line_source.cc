#include "bridge/ctl/line_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace bridge::ctl {

base::Result<FdLines> FdLines::open(const std::string& file) {
  const int fd =
      file == "-" ? ::dup(STDIN_FILENO) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat about {};
  if (fd < 0 || ::fstat(fd, &about) != 0 || S_ISDIR(about.st_mode)) {
    const char* why = fd >= 0 ? "it is no file" : std::strerror(errno);
    if (fd >= 0) ::close(fd);
    return base::fail(base::ErrorCode::kBadRequest,
                      fmt::format("{} cannot be read: {}.", file, why));
  }
  FdLines lines(fd);
  if (S_ISREG(about.st_mode)) lines.size_ = static_cast<std::uint64_t>(about.st_size);
  return lines;
}

FdLines::FdLines(int fd) : fd_(fd) {}

FdLines::FdLines(FdLines&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      size_(other.size_),
      taken_(other.taken_),
      buffer_(std::move(other.buffer_)),
      at_(other.at_),
      ended_(other.ended_),
      skipping_(other.skipping_) {}

FdLines::~FdLines() {
  if (fd_ >= 0) ::close(fd_);
}

bool FdLines::readable() const {
  pollfd poll{fd_, POLLIN, 0};
  return ::poll(&poll, 1, 0) > 0;
}

bool FdLines::fill() {
  if (!readable()) return false;
  buffer_.erase(0, std::exchange(at_, 0));
  const std::size_t before = buffer_.size();
  buffer_.resize(before + kLineBytesMax);
  const ssize_t got = ::read(fd_, buffer_.data() + before, kLineBytesMax);
  buffer_.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return false;
  ended_ = got <= 0;
  return true;
}

std::optional<LineSource::Next> FdLines::take_line(std::string& line) {
  const std::size_t newline = buffer_.find('\n', at_);
  const bool whole = newline != std::string::npos || (ended_ && at_ < buffer_.size());
  const std::size_t end = newline != std::string::npos ? newline : buffer_.size();
  if (end - at_ > kLineBytesMax) skipping_ = true;
  if (whole && !skipping_) line.assign(buffer_, at_, end - at_);
  if (whole || skipping_) {
    const std::size_t next = newline != std::string::npos ? newline + 1 : end;
    taken_ += next - at_;
    at_ = next;
  }
  if (!whole) return std::nullopt;
  return std::exchange(skipping_, false) ? Next::kTooLong : Next::kLine;
}

LineSource::Next FdLines::next(std::string& line) {
  for (;;) {
    if (const auto taken = take_line(line)) return *taken;
    if (ended_) return std::exchange(skipping_, false) ? Next::kTooLong : Next::kEnd;
    if (!fill()) return Next::kLater;
  }
}

std::optional<double> FdLines::fraction() const {
  if (size_ == 0) return std::nullopt;
  return std::min(1.0, static_cast<double>(taken_) / static_cast<double>(size_));
}

}  // namespace bridge::ctl
