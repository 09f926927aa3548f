#include "bridge/backbone/embedded_support.h"

#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/status.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace bridge::backbone {
namespace {

class SinkLogger : public rocksdb::Logger {
 public:
  explicit SinkLogger(LogSink sink)
      : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), sink_(std::move(sink)) {}

  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, arguments);
  }
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (!sink_ || level < GetInfoLogLevel()) return;
    std::array<char, 1024> line;  // longer messages are cut
    const int length = std::vsnprintf(line.data(), line.size(), format, arguments);
    if (length <= 0) return;
    const auto kept = std::min(static_cast<std::size_t>(length), line.size() - 1);
    sink_(our_level(level), std::string_view(line.data(), kept));
  }

 private:
  static LogLevel our_level(rocksdb::InfoLogLevel level) {
    if (level >= rocksdb::InfoLogLevel::ERROR_LEVEL) return LogLevel::kError;
    return level == rocksdb::InfoLogLevel::WARN_LEVEL ? LogLevel::kWarning : LogLevel::kInfo;
  }

  const LogSink sink_;
};

class ResumeByHand : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason reason, rocksdb::Status,
                            bool* auto_recovery) override {
    if (reason != rocksdb::BackgroundErrorReason::kCompaction) *auto_recovery = false;
  }
};

bool is_lock_failure(const rocksdb::Status& status) {
  return status.IsIOError() && status.ToString().find("lock ") != std::string::npos;
}

}  // namespace

std::shared_ptr<rocksdb::Logger> make_rocks_logger(LogSink sink) {
  return std::make_shared<SinkLogger>(std::move(sink));
}

std::shared_ptr<rocksdb::EventListener> make_resume_by_hand() {
  return std::make_shared<ResumeByHand>();
}

base::Result<void> make_private_folder(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::create_directories(path, error))
    fs::permissions(path, fs::perms::owner_all, fs::perm_options::replace, error);
  if (error)
    return base::fail(base::ErrorCode::kUnavailable,
                      "The folder " + path + " cannot be made: " + error.message() + ".");
  return {};
}

base::Error store_error(const rocksdb::Status& status, const std::string& path) {
  if (is_lock_failure(status))
    return {base::ErrorCode::kConflict,
            "The store in " + path + " is in use by another process: only one may have it open."};
  return {base::ErrorCode::kUnavailable,
          "The store in " + path + " says: " + status.ToString() + "."};
}

base::Error newer_store_error(const std::string& path, const std::string& found, int known) {
  return {base::ErrorCode::kUnavailable,
          "The store in " + path + ": this store was written by a newer Lapwing (format " + found +
              ", this one knows " + std::to_string(known) +
              "): use that version or restore a backup."};
}

}  // namespace bridge::backbone
