#include "gateway/web/session/file_journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "bridge/base/log.h"

namespace gateway::web {
namespace {

using bridge::base::ErrorCode;
using bridge::base::Fd;
using bridge::base::Result;

constexpr int kMode = 0600;

Fd open_to_append(const std::filesystem::path& path, int flags) {
  return Fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | flags, kMode));
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void complain(const std::filesystem::path& path) {
  bridge::base::log::error("sessions are not kept: {}: {}", path.string(), std::strerror(errno));
}

}  // namespace

Result<std::unique_ptr<FileJournal>> FileJournal::open(std::filesystem::path path) {
  Fd file = open_to_append(path, 0);
  if (!file)
    return bridge::base::fail(ErrorCode::kUnavailable,
                              fmt::format("{}: {}", path.string(), std::strerror(errno)));
  return std::unique_ptr<FileJournal>(new FileJournal(std::move(path), std::move(file)));
}

Result<std::vector<std::string>> FileJournal::read() {
  std::ifstream in(path_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad())
    return bridge::base::fail(ErrorCode::kUnavailable,
                              fmt::format("{} cannot be read", path_.string()));
  std::vector<std::string> lines;
  std::size_t from = 0;
  for (std::size_t end; (end = text.find('\n', from)) != std::string::npos; from = end + 1)
    lines.push_back(text.substr(from, end - from));
  lines_ = lines.size();
  // What a crash cut short must not become the beginning of the next line.
  if (from < text.size() && ::truncate(path_.c_str(), static_cast<off_t>(from)) != 0)
    complain(path_);
  return lines;
}

void FileJournal::append(const std::string& line, bool durable) {
  if (!write_all(file_.get(), line + "\n")) return complain(path_);
  ++lines_;
  if (durable && ::fdatasync(file_.get()) != 0) complain(path_);
}

void FileJournal::replace(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) (text += line) += '\n';
  std::filesystem::path beside = path_;
  beside += ".new";
  Fd file = open_to_append(beside, O_TRUNC);
  const bool written = file && write_all(file.get(), text) && ::fdatasync(file.get()) == 0 &&
                       ::rename(beside.c_str(), path_.c_str()) == 0;
  if (!written) return complain(path_);
  file_ = std::move(file);
  lines_ = lines.size();
}

}  // namespace gateway::web
