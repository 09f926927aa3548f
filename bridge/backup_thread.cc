#include "bridge/backup_thread.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "bridge/base/log.h"
#include "bridge/base/thread.h"
#include "bridge/base/time.h"
#include "bridge/wire/messages.h"

namespace bridge {
namespace {

constexpr int kNice = 10;
constexpr std::chrono::hours kRest{1};

}  // namespace

BackupThread::BackupThread(const backbone::EmbeddedStore& log,
                           const backbone::EmbeddedCursorStore& cursors, std::string data,
                           Reply reply)
    : log_(log), cursors_(cursors), data_(std::move(data)), reply_(std::move(reply)) {}

void BackupThread::start() {
  thread_ = std::thread([this] { run(); });
}

void BackupThread::stop() {
  if (!thread_.joinable()) return;
  stop_.push(true);
  thread_.join();
}

void BackupThread::run() {
  base::name_thread("backup");
  base::lower_priority(kNice);
  while (stop_.size() == 0) {
    std::vector<state::Submission> next;
    if (inbox_.drain(next, 1) == 0) {
      base::wait_readable({inbox_.fd(), stop_.fd()}, kRest);
      continue;
    }
    reply_(next[0].reply_to, make(next[0].request.backup().path()));
  }
}

wire::Reply BackupThread::make(const std::string& path) const {
  const base::WallMs now_ms = base::read_clocks().wall_ms;
  const std::string folder =
      path.empty() ? std::filesystem::absolute(data_).string() + "/backup-" + std::to_string(now_ms)
                   : path;
  const auto label = backbone::back_up(log_, cursors_, folder, now_ms);
  if (!label) {
    base::log::warning("no backup was made: {}", label.error().text);
    return wire::error_reply(label.error());
  }
  base::log::info("a backup up to {} was made in {}", label->head, folder);
  wire::Reply reply;
  wire::BackedUp& done = *reply.mutable_backed_up();
  done.set_head(label->head);
  done.set_bytes(label->bytes());
  done.set_path(folder);
  return reply;
}

}  // namespace bridge
