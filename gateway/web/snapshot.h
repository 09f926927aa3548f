// Snapshot: the view on disk, so that pages are served at once after a restart, bridge or no
// bridge.
//
//   SnapshotMaker maker(view);
//   while (!maker.step(2'000)) ...turns of the loop...;
//   write_whole(path, maker.take());         // on another thread
//   load_snapshot(bytes, view);
//
// The file: "LWVIEW2\n", a frame with the position, frames of posts and of follows, and an empty
// frame that says that it is whole. A file that is not whole, or of another version, is not used at
// all: the view is a cache and comes again from the feed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bridge/base/result.h"
#include "gateway/web/view.h"

namespace gateway::web {

// Goes through the view a piece at a time, so that no turn of the loop is long. New posts at the
// end, and old ones that go, do not disturb it; after a change in the middle it begins anew.
class SnapshotMaker {
 public:
  // The view must outlive it.
  explicit SnapshotMaker(const View& view) : view_(view) { begin(); }
  // Takes at most so many posts; true when it is done.
  bool step(std::size_t posts);
  std::string take() { return std::move(out_); }

 private:
  void begin();
  void add_follows();

  const View& view_;
  std::string out_;
  std::uint64_t after_ = 0;
  std::uint64_t until_ = 0;
  std::uint64_t rewrites_ = 0;
};

// Into an empty view.
bridge::base::Result<void> load_snapshot(std::string_view bytes, View& view);

}  // namespace gateway::web
