// Publisher: a client of the web lane: it posts as people, again with the same client id until it
// hears that the post is in the log, and reads the public feed.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/sim_backbone.h"
#include "tests/sim/worker.h"

namespace tests::sim {

class Publisher final : private bridge::client::Listener {
 public:
  Publisher(Stage& stage, LanePort& web, std::string name, const std::vector<std::string>& nicks);

  LaneLine& line() { return backbone_.line(); }
  // No new posts; what is not in the log yet is still tried.
  void settle() { settling_ = true; }
  // Many posts of one author about one thing; empty: about any.
  // All that somebody wrote, and whoever they are.
  void erase(const std::string& nick);
  void burst(std::size_t posts, const std::string& about);
  bool settled() const { return waiting_.empty() && asked_.empty(); }
  RecordId feed_position() const { return last_seen_; }

 private:
  struct Post {
    std::string nick;
    std::string client_id;
    std::string text;
    std::string about = {};  // whose newest post it replies to, or passes on; mostly nobody's
    bool passes_on = false;
    bool erases = false;
    Time not_before = {};
    RecordId changes = 0;  // corrects this post or, without a text, takes it back
  };
  struct Published {
    std::string nick;
    RecordId id = 0;
  };

  void write();
  Post something_new();
  Post some_change();
  static wire::Request request_for(const Post& post);
  std::size_t turn();
  void on_connected(const wire::Welcome& welcome) override;
  void on_lost(std::string_view reason) override;
  void on_reply(bridge::client::RequestId id, const wire::Reply& reply) override;
  void on_batch(std::uint64_t sequence, const wire::Batch& batch) override;
  void on_gap(const wire::Gap& gap) override;

  Stage& stage_;
  const std::string name_;
  const std::vector<std::string>& nicks_;
  Lifetime lifetime_;
  Worker worker_;
  SimBackbone backbone_;

  bool settling_ = false;
  bool subscribed_ = false;
  std::uint64_t written_ = 0;
  std::deque<Post> waiting_;
  std::map<bridge::client::RequestId, Post> asked_;
  std::vector<Published> published_;  // lately
  bridge::client::RequestId subscribe_id_ = 0;
  RecordId last_seen_ = 0;
};

}  // namespace tests::sim
