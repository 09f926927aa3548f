// SnapshotKeeper: the view's snapshot on disk, loaded at the start and written every so often.
//
// Made a piece a turn, written on a thread of its own; the loop never waits for the disk. What
// cannot be written is logged and tried again; the old snapshot stays. One thread owns it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "bridge/base/time.h"
#include "gateway/web/snapshot.h"
#include "gateway/web/view.h"

namespace gateway::web {

class SnapshotKeeper {
 public:
  static constexpr std::size_t kPostsPerTurn = 2'000;

  // The view must outlive it.
  SnapshotKeeper(std::string path, std::chrono::milliseconds every, View& view);
  ~SnapshotKeeper();

  // One that is missing or bad leaves the view empty: it comes from the feed.
  void load();
  // Returns how much it did.
  std::size_t turn(bridge::base::Time now);
  // At the end, at once and all of it.
  void write_now();

  std::uint64_t written() const { return written_; }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Writing;
  void begin_writing(std::string bytes);
  void finish_writing();

  const std::string path_;
  const std::chrono::milliseconds every_;
  View& view_;
  std::optional<SnapshotMaker> maker_;
  std::unique_ptr<Writing> writing_;
  bridge::base::Time due_{};
  std::uint64_t version_ = 0;   // of the view, in the newest snapshot
  std::uint64_t rewrites_ = 0;  // likewise
  std::uint64_t making_version_ = 0;
  std::uint64_t written_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace gateway::web
