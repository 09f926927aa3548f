// Live: streams of events (SSE) out of the view.
//
//   live.open({Audience::Kind::kPublic}, last_event_id, stream, now);
//   live.turn(now);      // once a turn of the loop: what is new goes out
//
// A stream that says the last id it saw is first brought up to date from the view, a piece at a
// time as its reader takes it; then it gets each post as it comes. Posts of one turn go out as one
// shared text. A reader who is too slow is cut by the server (Stream) and resumes with
// Last-Event-ID; what the view no longer has is told as a `gap`. What was corrected, taken back or
// hidden among the last kRetold posts before that id is told again: it may have happened meanwhile.
// Bounded by the number of streams, in all and of one person. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bridge/base/histogram.h"
#include "bridge/base/time.h"
#include "gateway/web/http.h"
#include "gateway/web/view.h"

namespace gateway::web {

struct LiveSettings {
  std::size_t streams_max = 20'000;
  std::size_t per_person_max = 20;
  std::chrono::milliseconds heartbeat{15'000};  // a comment, so that proxies keep the connection
};

// Who is to be told of which posts.
struct Audience {
  enum class Kind { kPublic, kHome, kMentions, kUser };
  Kind kind = Kind::kPublic;
  std::string of = {};      // folded: whose home or mentions; which author
  std::string person = {};  // folded: who is signed in, and hears what concerns them alone
};

class Live {
 public:
  static constexpr std::size_t kRetold = 200;

  // The view must outlive it.
  Live(const LiveSettings& settings, const View& view) : settings_(settings), view_(view) {}

  bool room_for(const Audience& audience) const;
  // after 0: from now on.
  void open(Audience audience, std::uint64_t after, std::shared_ptr<Stream> stream,
            const bridge::base::Now& now);

  // The post of this id is not shown any more, or reads otherwise now.
  void changed(std::uint64_t id);
  // An event for all streams of one person.
  void tell(std::string_view person, std::string_view event, std::string_view data);
  // An event for everybody.
  void tell_all(std::string_view event, std::string_view data);

  std::size_t turn(const bridge::base::Now& now);

  std::size_t streams() const { return readers_.size(); }
  std::uint64_t events() const { return events_; }
  // From a post's time of writing to its hand-over to streams, in nanoseconds.
  const bridge::base::Histogram& delays() const { return delays_; }

 private:
  struct Reader {
    Audience audience;
    std::uint64_t after = 0;  // it has everything up to here
    bridge::base::Time quiet_since{};
    std::shared_ptr<Stream> stream;
  };

  bool wants(const Audience& audience, const Post& post) const;
  void retell(Reader& reader) const;
  void push_new(const bridge::base::Now& now);
  std::size_t bring_up(Reader& reader, const bridge::base::Now& now);
  void remove_closed();

  const LiveSettings settings_;
  const View& view_;
  std::vector<Reader> readers_;
  std::unordered_map<std::string, std::size_t> of_person_;
  std::uint64_t sent_up_to_ = 0;  // readers at or above it are live
  std::uint64_t events_ = 0;
  bridge::base::Time next_look_{};
  bridge::base::Histogram delays_{1'000'000,   2'000'000,     5'000'000,     10'000'000,
                                  20'000'000,  50'000'000,    100'000'000,   200'000'000,
                                  500'000'000, 1'000'000'000, 5'000'000'000, 60'000'000'000};
};

// "id: 7\nevent: post\ndata: {…}\n\n"; without the id when it is 0. Data is one line.
std::string event_text(std::uint64_t id, std::string_view event, std::string_view data);

}  // namespace gateway::web
