#include "gateway/web/outbox_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "bridge/base/fd.h"
#include "bridge/base/log.h"
#include "gateway/web/frames.h"

namespace gateway::web {
namespace {

namespace base = bridge::base;

constexpr std::string_view kMagic = "LWOUTBX1";
constexpr int kMode = 0600;

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

base::Fd open_to_append(const std::string& path) {
  return base::Fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kMode));
}

}  // namespace

struct OutboxFile::Impl {
  struct Work {
    std::string bytes;
    bool replaces = false;
  };

  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [&] { return closing || !work.empty(); });
      if (work.empty()) return;
      const std::deque<Work> all = std::exchange(work, {});
      const std::uint64_t until = given;
      if (!trouble.empty()) continue;
      lock.unlock();
      std::string problem = write(all);
      lock.lock();
      if (problem.empty()) {
        synced = until;
      } else {
        base::log::error("the outbox takes nothing any more: {}", problem);
        trouble = std::move(problem);
      }
      ::eventfd_write(event.get(), 1);
    }
  }

  std::string write(const std::deque<Work>& all) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all[i].replaces) first = i;
    std::string bytes;
    for (std::size_t i = first; i < all.size(); ++i) bytes += all[i].bytes;
    if (all[first].replaces) {
      if (const auto done = write_whole(path, bytes); !done) return done.error().text;
      file = open_to_append(path);
      return file ? std::string() : fmt::format("{}: {}", path, std::strerror(errno));
    }
    if (write_all(file.get(), bytes) && ::fdatasync(file.get()) == 0) return {};
    return fmt::format("{}: {}", path, std::strerror(errno));
  }

  std::uint64_t give(std::string bytes, bool replaces) {
    const std::lock_guard lock(mutex);
    work.push_back({std::move(bytes), replaces});
    wake.notify_one();
    return ++given;
  }

  std::string path;
  base::Fd file;
  const base::Fd event{
      base::must_open(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd for the outbox")};
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::deque<Work> work;  // guarded, like all below
  std::uint64_t given = 0;
  std::uint64_t synced = 0;
  std::string trouble;
  bool closing = false;
  std::thread thread;
};

base::Result<OutboxFile::Opened> OutboxFile::open(const std::string& path) {
  Opened opened;
  auto bytes = read_whole(path);
  if (!bytes && bytes.error().code != base::ErrorCode::kUnknown)
    return tl::unexpected(bytes.error());
  if (!bytes || bytes->empty()) {
    if (const auto made = write_whole(path, kMagic); !made) return tl::unexpected(made.error());
    bytes = std::string(kMagic);
  }
  if (!bytes->starts_with(kMagic))
    return base::fail(
        base::ErrorCode::kBadRequest,
        path + " is no outbox of this version; it may hold posts, so it is left alone");
  const ReadFrames read = read_frames(std::string_view(*bytes).substr(kMagic.size()));
  for (const std::string_view one : read.frames) opened.entries.emplace_back(one);
  opened.torn = !read.whole;
  if (opened.torn && ::truncate(path.c_str(), static_cast<off_t>(kMagic.size() + read.end)) != 0)
    return base::fail(base::ErrorCode::kUnavailable,
                      fmt::format("{}: {}", path, std::strerror(errno)));
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->file = open_to_append(path);
  if (!impl->file)
    return base::fail(base::ErrorCode::kUnavailable,
                      fmt::format("{}: {}", path, std::strerror(errno)));
  Impl& running = *impl;
  running.thread = std::thread([&running] { running.run(); });
  opened.file.reset(new OutboxFile(std::move(impl)));
  return opened;
}

OutboxFile::OutboxFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

OutboxFile::~OutboxFile() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->closing = true;
    impl_->wake.notify_one();
  }
  impl_->thread.join();
}

std::uint64_t OutboxFile::append(std::string bytes) {
  return impl_->give(frame(bytes), false);
}

std::uint64_t OutboxFile::rewrite(std::vector<std::string> all) {
  std::string bytes(kMagic);
  for (const std::string& one : all) bytes += frame(one);
  return impl_->give(std::move(bytes), true);
}

std::uint64_t OutboxFile::durable() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->synced;
}

std::string OutboxFile::failed() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->trouble;
}

int OutboxFile::fd() const {
  return impl_->event.get();
}

void OutboxFile::take_news() {
  eventfd_t ignored = 0;
  ::eventfd_read(impl_->event.get(), &ignored);
}

}  // namespace gateway::web
