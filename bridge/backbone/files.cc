#include "bridge/backbone/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "bridge/backbone/embedded_support.h"
#include "bridge/base/fd.h"

namespace bridge::backbone {
namespace {

namespace fs = std::filesystem;

tl::unexpected<base::Error> trouble(const std::string& what, const std::error_code& error) {
  return base::fail(base::ErrorCode::kUnavailable, what + ": " + error.message() + ".");
}

std::error_code last_error() {
  return {errno, std::generic_category()};
}

std::string parent_of(const std::string& path) {
  const auto parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace

base::Result<void> sync_path(const std::string& path) {
  const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 || ::fsync(file.get()) != 0)
    return trouble(path + " cannot be made durable", last_error());
  return {};
}

base::Result<void> copy_folder(const std::string& from, const std::string& to) {
  if (auto made = make_private_folder(to); !made) return made;
  std::error_code error;
  for (fs::directory_iterator it(from, error), end; !error && it != end; it.increment(error)) {
    const std::string target = to + "/" + it->path().filename().string();
    if (!fs::copy_file(it->path(), target, error) || error)
      return trouble(it->path().string() + " cannot be copied to " + target, error);
    if (auto synced = sync_path(target); !synced) return synced;
  }
  if (error) return trouble("The folder " + from + " cannot be read", error);
  return sync_path(to);
}

base::Result<void> rename_path(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) return trouble(from + " cannot be renamed to " + to, error);
  return sync_path(parent_of(to));
}

bool is_locked(const std::string& folder) {
  const base::Fd file(::open((folder + "/LOCK").c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return false;
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return ::fcntl(file.get(), F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace bridge::backbone
