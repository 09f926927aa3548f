// TimelineApi: timelines, posts and threads, out of the view, at once, bridge or no bridge. What
// everybody sees alike is made once for each version of the view. One thread.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "gateway/web/api_guard.h"
#include "gateway/web/router.h"
#include "gateway/web/site.h"

namespace gateway::web {

class TimelineApi {
 public:
  static constexpr std::size_t kCachedMax = 512;  // answers kept ready; at either bound, none
  static constexpr std::size_t kCachedBytesMax = 16 << 20;

  // Both must outlive it.
  TimelineApi(Site& site, ApiGuard& guard) : site_(site), guard_(guard) {}
  void add_to(Router& router);

 private:
  using Read = std::function<Page(const Range&)>;
  struct Cached {
    std::uint64_t version = 0;
    SharedText body;
    std::string etag;
  };

  void open_timeline(const HttpRequest& request, const Respond& respond, const Read& read);
  void own_timeline(const HttpRequest& request, const Respond& respond, const Visitor& visitor,
                    const Read& read);
  void post_by_id(const HttpRequest& request, const Respond& respond);
  void thread(const HttpRequest& request, const Respond& respond);

  Site& site_;
  ApiGuard& guard_;
  std::unordered_map<std::string, Cached> cache_;  // by target
  std::size_t cached_bytes_ = 0;
};

}  // namespace gateway::web
