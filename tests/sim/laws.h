// Laws: DESIGN's laws as what must be true of a run. Its parts report here; what can be judged at
// once is judged at once (credit, bounds, acknowledgements), the rest at the end, from the log.
//
// A broken law is thrown as a Violation, which ends the run.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/backbone/store.h"
#include "bridge/fanout/bounces.h"
#include "tests/sim/agenda.h"

namespace tests::sim {

struct Owed;

using bridge::backbone::Record;
using bridge::backbone::RecordId;
using bridge::backbone::RecordPtr;

// For the fan-out.
inline constexpr bridge::fanout::BounceWaits kBounceWaits{
    .first = milliseconds(300), .longest = milliseconds(3000), .trial = milliseconds(1500)};

struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A post or a direct as its sender knows it.
struct Publication {
  std::string author;  // a nick or an address, as it was asked
  std::string client_id;
  std::string text;
  bool operator<(const Publication& other) const {
    return std::tie(author, client_id, text) < std::tie(other.author, other.client_id, other.text);
  }
};

class Laws {
 public:
  // `notices_may_be_lost`: by an XMPP server that crashes, or returns them late.
  Laws(const Agenda& agenda, bool notices_may_be_lost)
      : agenda_(agenda), notices_may_be_lost_(notices_may_be_lost) {}

  [[noreturn]] void broken(const std::string& how) const;
  void require(bool truth, std::string_view law) const {
    if (!truth) broken(std::string(law));
  }

  // The bridge told the author that it is in the log.
  void acknowledged(const Publication& publication, RecordId id);
  // The fan-out gave this delivery to a session.
  void handed_over(const std::string& address, RecordId id);
  // A client got it.
  void arrived(const std::string& address, RecordId id, const std::string& body);
  // The XMPP server had said that it has it, and died with it.
  void lost_by_server(const std::string& address, RecordId id);
  // No: the bridge was told that it did not arrive. False when nobody had said that it was lost.
  bool known_lost(const std::string& address, RecordId id) {
    return lost_by_server_.erase({address, id}) > 0;
  }
  // Something after which deliveries may come again.
  void breaks() {
    ++breaks_;
    slow();
  }
  // All that is sent to them comes back until then, and soon, unless something is slow or breaks.
  void cut_off(const std::string& address, Time until);
  void slow() { cut_off_.clear(); }
  // The bridge has heard that it came back.
  void came_back(const std::string& address, RecordId id);
  // In order, as a reader of the public feed saw it.
  struct FeedItem {
    RecordId id = 0;
    std::string author = {};
    std::string text = {};
    RecordId changes = 0;
    bool retracted = false;
    bool erased = false;
    RecordId gap_from = 0;  // not an item: these, up to `id`, are kept no longer
  };
  void in_feed(const std::string& reader, FeedItem item);
  void gap_in_feed(const std::string& reader, RecordId from, RecordId to);
  // Posts up to here are kept no longer; somebody was told that so many of theirs were not.
  void expired(RecordId to) { expired_to_ = std::max(expired_to_, to); }
  bool has_expired(RecordId id) const { return id <= expired_to_; }
  void told_of_expired(const std::string& address, std::uint64_t posts) {
    told_of_expired_[address] += posts;
  }
  // The author was told that it is taken back.
  void acknowledged_gone(RecordId post) { gone_.insert(post); }
  // The bridge died, or ended; of these arrivals it knows. Whoever has got anything else may get a
  // change of what they will never get, or not hear of the change of what they have.
  void bridge_died(const std::set<std::pair<std::string, RecordId>>& known);

  bool has_arrived(const std::string& address, RecordId id) const {
    return arrivals_.contains({address, id});
  }
  bool excused(const std::string& address, RecordId id) const {
    return lost_by_server_.contains({address, id});
  }

  // What can be said only when all is quiet, and from the log alone.
  void judge(const std::vector<RecordPtr>& log) const;
  // Every reader of the public feed has come to its end.
  bool feeds_complete(const std::vector<RecordPtr>& log) const;
  // What is owed and has not come, as a sentence; empty when there is nothing.
  std::string missing(const std::vector<RecordPtr>& log, const Owed& owed) const;
  std::string untold(const std::map<std::string, std::uint64_t>& too_old) const;

  std::uint64_t arrivals() const { return arrivals_.size(); }
  std::uint64_t acknowledgements() const { return acknowledged_.size(); }

 private:
  using Delivery = std::pair<std::string, RecordId>;
  struct Arrival {
    std::uint64_t copies = 0;
    std::set<std::string> bodies;  // what names a delivery may end before it comes again
    milliseconds at{0};
  };

  void judge_publications(const std::vector<RecordPtr>& log) const;
  void judge_arrivals(const std::vector<RecordPtr>& log) const;
  void judge_changes(const std::vector<RecordPtr>& log) const;
  void judge_feeds(const std::vector<RecordPtr>& log) const;
  void judge_feed_item(const std::string& reader, const FeedItem& item, const Record& record,
                       const std::vector<RecordPtr>& log) const;
  // They have seen the post as the change left it, or nothing of it.
  bool knows_of(const std::string& address, RecordId post, const Record& change,
                const std::vector<RecordPtr>& log) const;

  struct CutOff {
    Time since;
    Time until;
    std::map<RecordId, std::uint64_t> repeats;  // after they had come back
    std::set<RecordId> came_back;               // and not sent again yet
    std::uint64_t further = 0;
  };
  void judge_repeat(const std::string& address, RecordId id);

  const Agenda& agenda_;
  const bool notices_may_be_lost_;
  std::uint64_t breaks_ = 0;
  std::map<std::string, CutOff> cut_off_;
  std::map<Publication, RecordId> acknowledged_;
  std::map<Delivery, std::uint64_t> handed_over_;  // to the breaks there had been then
  std::map<Delivery, Arrival> arrivals_;
  std::set<Delivery> lost_by_server_;
  std::map<std::string, std::vector<FeedItem>> feeds_;  // by reader
  std::set<RecordId> gone_;
  RecordId expired_to_ = 0;
  std::map<std::string, std::uint64_t> told_of_expired_;  // posts, some perhaps more than once
  std::uint64_t deaths_ = 0;                              // of bridges
  std::set<Delivery> forgotten_;                          // by a bridge that died
};

}  // namespace tests::sim
