#include "bridge/ctl/keys.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace bridge::ctl {
namespace {

constexpr std::size_t kKeySize = 40;

base::Result<std::string> read_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!in || !std::getline(in, line)) {
    return base::fail(base::ErrorCode::kBadRequest,
                      fmt::format("The key file {} cannot be read.", file));
  }
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  return line;
}

base::Result<void> write_new(const std::string& file, const std::string& line, mode_t mode) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  const auto failed = [&](const char* what) {
    const auto code = errno == EEXIST ? base::ErrorCode::kConflict : base::ErrorCode::kBadRequest;
    return base::fail(code, fmt::format("{} cannot be {}: {}.", file, what, std::strerror(errno)));
  };
  if (fd < 0) return failed("created");
  const std::string text = line + "\n";
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (!written || ::fsync(fd) != 0) {
    ::close(fd);
    return failed("written");
  }
  ::close(fd);
  return {};
}

}  // namespace

base::Result<wire::KeyPair> read_keys(const std::string& file) {
  const auto secret = read_line(file);
  if (!secret) return tl::unexpected(secret.error());
  auto keys = wire::keys_from_secret(*secret);
  if (!keys) {
    return base::fail(
        base::ErrorCode::kBadRequest,
        fmt::format("{} holds no secret key: it must be the .secret file of `lapwingctl "
                    "keygen`, one line of {} characters.",
                    file, kKeySize));
  }
  return *keys;
}

base::Result<std::string> read_public_key(const std::string& key_or_file) {
  if (key_or_file.size() == kKeySize && ::access(key_or_file.c_str(), F_OK) != 0) {
    return key_or_file;
  }
  auto key = read_line(key_or_file);
  if (key && key->size() == kKeySize) return key;
  return base::fail(base::ErrorCode::kBadRequest,
                    fmt::format("{} is neither a public key ({} characters) nor a file with one.",
                                key_or_file, kKeySize));
}

base::Result<void> write_keys(const std::string& prefix, const wire::KeyPair& keys) {
  const std::string secret = prefix + ".secret";
  if (auto done = write_new(secret, keys.secret_key, 0600); !done) return done;
  auto done = write_new(prefix + ".public", keys.public_key, 0644);
  if (!done) ::unlink(secret.c_str());  // half a pair is of no use
  return done;
}

}  // namespace bridge::ctl
