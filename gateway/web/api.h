// Api: the JSON API and the streams of events. docs/http.md is its manual.
//
//   Api api(site parts, settings);  api.add_to(router);
//
// Reads are answered from the view, at once, bridge or no bridge; changes go through the site
// (outbox); a few questions about oneself go to the bridge. Who asks comes from Sessions; whoever
// changes something must prove that they mean it (Visitor::may_change). One thread.
#pragma once

#include <string>
#include <unordered_map>

#include "gateway/web/json.h"
#include "gateway/web/router.h"
#include "gateway/web/site.h"
#include "throttle/keyed_limiter.h"

namespace gateway::web {

class Api {
 public:
  static constexpr std::size_t kCachedMax = 512;  // answers kept ready; at either bound, none
  static constexpr std::size_t kCachedBytesMax = 16 << 20;
  static constexpr std::size_t kPageMax = 100;  // posts of one answer

  // The site must outlive it.
  explicit Api(Site& site) : site_(site), people_(site.settings().limit_keys) {}
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
  void person(const HttpRequest& request, const Respond& respond);
  void me(const HttpRequest& request, const Respond& respond, const Visitor& visitor);
  void phrases(const HttpRequest& request, const Respond& respond, const Visitor& visitor);
  void favourites(const HttpRequest& request, const Respond& respond, const Visitor& visitor);
  void waiting(const HttpRequest& request, const Respond& respond, const Visitor& visitor);
  void events(const HttpRequest& request, const Respond& respond);
  void change(const HttpRequest& request, const Respond& respond, const Visitor& visitor,
              wire::Request wanted);
  void write_view(JsonWriter& json) const;
  void write_waiting(JsonWriter& json, const std::string& nick) const;

  // Signed in, or 401.
  HandlerFunction signed_in(
      std::function<void(const HttpRequest&, const Respond&, const Visitor&)> then);
  // And meant (403), and within the limit of this person (429).
  HandlerFunction meant(
      std::function<void(const Fields&, const HttpRequest&, const Respond&, const Visitor&)> then);

  Site& site_;
  throttle::KeyedLimiter people_;
  std::unordered_map<std::string, Cached> cache_;  // by target
  std::size_t cached_bytes_ = 0;
};

// {"error":{"code":"RATE_LIMITED","text":"…","retry_after_ms":1200}} with the status that fits.
HttpResponse json_error(const wire::Error& error);
HttpResponse json_error(unsigned status, std::string_view code, std::string_view text);

}  // namespace gateway::web
