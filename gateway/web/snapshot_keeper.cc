#include "gateway/web/snapshot_keeper.h"

#include <atomic>
#include <utility>

#include "bridge/base/log.h"
#include "gateway/web/frames.h"

namespace gateway::web {

namespace base = bridge::base;

struct SnapshotKeeper::Writing {
  std::string bytes;
  base::Result<void> result;
  std::atomic<bool> done{false};
  std::thread thread;
};

SnapshotKeeper::SnapshotKeeper(std::string path, std::chrono::milliseconds every, View& view)
    : path_(std::move(path)), every_(every), view_(view) {}

SnapshotKeeper::~SnapshotKeeper() {
  if (writing_) writing_->thread.join();
}

void SnapshotKeeper::load() {
  const auto bytes = read_whole(path_);
  if (!bytes) {
    if (bytes.error().code != base::ErrorCode::kUnknown)
      base::log::warning("the snapshot cannot be read: {}", bytes.error().text);
    return;
  }
  if (const auto loaded = load_snapshot(*bytes, view_); !loaded) {
    base::log::warning("the snapshot is not used: {}", loaded.error().text);
    view_.reset();
    return;
  }
  version_ = view_.version();
  rewrites_ = view_.rewrites();
  base::log::info("{} posts from the snapshot, up to id {}", view_.size(), view_.position());
}

void SnapshotKeeper::begin_writing(std::string bytes) {
  bytes_ = bytes.size();
  writing_ = std::make_unique<Writing>();
  writing_->bytes = std::move(bytes);
  Writing& writing = *writing_;
  writing.thread = std::thread([&writing, path = path_] {
    writing.result = write_whole(path, writing.bytes);
    writing.done = true;
  });
}

void SnapshotKeeper::finish_writing() {
  writing_->thread.join();
  if (writing_->result) {
    ++written_;
    version_ = making_version_;
  } else {
    base::log::error("the snapshot is not written: {}", writing_->result.error().text);
  }
  writing_.reset();
}

std::size_t SnapshotKeeper::turn(base::Time now) {
  if (writing_) {
    if (writing_->done) finish_writing();
    return 0;
  }
  if (maker_) {
    if (!maker_->step(kPostsPerTurn)) return 1;
    std::string bytes = maker_->take();
    maker_.reset();
    begin_writing(std::move(bytes));
    return 0;
  }
  // What was taken back shall not be read from the disk either: that does not wait.
  const bool rewritten = view_.rewrites() != rewrites_;
  if (now < due_ && !rewritten) return 0;
  due_ = now + every_;
  if (view_.version() == version_) return 0;
  rewrites_ = view_.rewrites();
  making_version_ = view_.version();
  maker_.emplace(view_);
  return 1;
}

void SnapshotKeeper::write_now() {
  if (writing_) finish_writing();
  SnapshotMaker maker(view_);
  while (!maker.step(kPostsPerTurn)) {
  }
  if (const auto written = write_whole(path_, maker.take()); !written)
    base::log::error("the snapshot is not written: {}", written.error().text);
}

}  // namespace gateway::web
