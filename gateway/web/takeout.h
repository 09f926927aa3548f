// Takeout: a person's own data as one file of JSON, for the browser they are signed in with:
// GET /settings/export. docs/http.md describes the file.
//
//   takeout.add_to(router);   loop: takeout.turn(now)
//
// The bridge is asked for a page at a time, and the next one only when the reader has taken most of
// the last, so a download costs a page of memory however much somebody wrote. Its last member says
// that it is complete: one that was cut, because the reader, the account or the bridge went away,
// has none, is no JSON, and its connection is reset. A reader may take as long as the server lets
// them. Bounded: some downloads at a time, one of a person, a few an hour. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "gateway/web/json.h"
#include "gateway/web/page_frame.h"
#include "gateway/web/router.h"
#include "throttle/keyed_limiter.h"

namespace gateway::web {

class Takeout {
 public:
  static constexpr std::size_t kAtOnceMax = 8;
  static constexpr std::size_t kAheadBytes = 64 * 1024;  // not taken by the reader yet
  static constexpr std::chrono::minutes kPatience{1};    // with a bridge that does not answer

  // The context's parts must outlive it.
  explicit Takeout(PageContext context) : context_(context) {}

  void add_to(Router& router);
  // Returns how much it did.
  std::size_t turn(bridge::base::Now now);

  std::size_t running() const { return running_.size(); }

 private:
  struct Running {
    std::string nick = {};
    std::weak_ptr<const std::uint64_t> answer = {};  // gone, and no stream: so is the reader
    std::shared_ptr<Stream> stream = {};             // none before the first page is there
    JsonWriter json = {};
    std::string pending = {};  // made, and not written yet
    std::size_t written = 0;   // of it
    int part = wire::Extract::ACCOUNT;
    std::uint64_t after = 0;
    bool open = false;   // the part's list has begun
    bool asked = false;  // a page is on its way
    bool done = false;   // the last page has come
    bool cut = false;    // there will be no more pages
    bridge::base::Time not_before{};
    bridge::base::Time waits_since{};  // for the bridge
  };

  void begin(const HttpRequest& request, const Respond& respond);
  HttpResponse head_of(const Visit& visit) const;
  void ask(std::uint64_t id, Running& running, bridge::base::Now now);
  void on_page(std::uint64_t id, const wire::Reply& reply, bridge::base::Now now);
  bool write(Running& running) const;

  PageContext context_;
  std::map<std::uint64_t, Running> running_;
  std::uint64_t last_id_ = 0;
  throttle::KeyedLimiter per_person_{10'000};
};

}  // namespace gateway::web
