// Lines from a file, a pipe or a terminal without ever waiting for them: an importer has a session
// to keep alive while somebody types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "bridge/base/result.h"

namespace bridge::ctl {

// Abstract, so that tests need no files.
class LineSource {
 public:
  enum class Next {
    kLine,     // `line` holds it, without its newline
    kTooLong,  // a line over the bound was skipped
    kLater,    // nothing there yet
    kEnd,
  };
  virtual ~LineSource() = default;
  virtual Next next(std::string& line) = 0;
  // How much of the whole was read, 0 to 1; absent when nobody knows how much there is.
  virtual std::optional<double> fraction() const = 0;
};

// Bounded: a line of more than kLineBytesMax is skipped and reported.
class FdLines : public LineSource {
 public:
  static constexpr std::size_t kLineBytesMax = 64 * 1024;

  // "-" is standard input. kBadRequest when the file cannot be read.
  static base::Result<FdLines> open(const std::string& file);
  ~FdLines() override;
  FdLines(FdLines&& other) noexcept;
  FdLines& operator=(FdLines&&) = delete;

  Next next(std::string& line) override;
  std::optional<double> fraction() const override;
  int fd() const { return fd_; }

 private:
  explicit FdLines(int fd);
  bool readable() const;
  bool fill();  // false: nothing there yet
  std::optional<Next> take_line(std::string& line);

  int fd_;
  std::uint64_t size_ = 0;  // of a regular file; 0: unknown
  std::uint64_t taken_ = 0;
  std::string buffer_;
  std::size_t at_ = 0;     // in buffer_: what is before was handed out
  bool ended_ = false;     // no more to read
  bool skipping_ = false;  // within a line that is too long
};

}  // namespace bridge::ctl
