#include "bridge/base/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <mutex>

#include "bridge/base/config_text.h"
#include "throttle/require.h"

namespace bridge::base::log {
namespace {

struct LevelName {
  std::string_view name;
  spdlog::level::level_enum spdlog;
  std::string_view journal;  // the priority prefix that systemd reads and removes
};

// By Level.
constexpr std::array<LevelName, 5> kLevels{{{"debug", spdlog::level::debug, "<7>"},
                                            {"info", spdlog::level::info, "<6>"},
                                            {"warning", spdlog::level::warn, "<4>"},
                                            {"error", spdlog::level::err, "<3>"},
                                            {"off", spdlog::level::off, ""}}};

const LevelName& of(Level level) {
  return kLevels[static_cast<std::size_t>(level)];
}

// True when stderr is the journal's own stream: JOURNAL_STREAM is "device:inode" of it, and a
// redirected stderr inherits the variable but not the file.
bool stderr_is_journal() {
  const char* const named = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (named == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return false;
  return named == fmt::format("{}:{}", status.st_dev, status.st_ino);
}

class FunctionSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(std::function<void(std::string_view)> take) : take_(std::move(take)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    take_({message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

 private:
  std::function<void(std::string_view)> take_;
};

// Read by every thread that logs; written by the session only, when none of them runs.
spdlog::logger* current = nullptr;
bool to_journal = false;

}  // namespace

namespace detail {

std::atomic<int> threshold{static_cast<int>(Level::kOff)};

void write(Level level, fmt::string_view format, fmt::format_args arguments) {
  std::string line = to_journal ? std::string(of(level).journal) : std::string();
  line += printable(fmt::vformat(format, arguments), Session::kLineBytesMax);
  current->log(of(level).spdlog, spdlog::string_view_t(line));
}

}  // namespace detail

struct Session::Impl {
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
};

Session::Session(Options options) : impl_(std::make_unique<Impl>()) {
  throttle::require(current == nullptr, "there is one log session at a time");
  spdlog::sink_ptr sink;
  if (options.sink) {
    sink = std::make_shared<FunctionSink>(std::move(options.sink));
  } else {
    to_journal = stderr_is_journal();
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  }
  impl_->pool = std::make_shared<spdlog::details::thread_pool>(kQueueMax, 1);
  impl_->logger = std::make_shared<spdlog::async_logger>(
      "", std::move(sink), impl_->pool, spdlog::async_overflow_policy::overrun_oldest);
  // Which messages are written is decided before they are formatted (write_if).
  impl_->logger->set_level(spdlog::level::trace);
  impl_->logger->set_pattern(to_journal ? "%v" : "%Y-%m-%d %H:%M:%S.%e %l: %v");
  current = impl_->logger.get();
  set_level(options.level);
}

Session::~Session() {
  detail::threshold = static_cast<int>(Level::kOff);
  current = nullptr;
  to_journal = false;
  // The pool's end waits until its thread has written what waits.
  impl_->pool.reset();
}

std::uint64_t Session::dropped() const {
  return impl_->pool->overrun_counter();
}

std::optional<Level> parse_level(std::string_view text) {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (kLevels[i].name == text) return static_cast<Level>(i);
  }
  return std::nullopt;
}

void set_level(Level level) {
  if (current != nullptr) detail::threshold = static_cast<int>(level);
}

}  // namespace bridge::base::log
