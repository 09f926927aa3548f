// View: the website's own current view of the world: recent posts, timelines, follows, in memory.
//
//   view.add({.id = 7, .author = "alice", .text = "hello", .time_ms = ...});
//   for (const Post* post : view.home("bob", {.limit = 20}).posts) ...
//
// It is a cache of the feed: bounded in posts and bytes, the oldest go first, and it can be
// rebuilt. Knows no clock, disk or network. Posts are paged by id, newest first. Pointers hold
// until the next change. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gateway::web {

struct ViewSettings {
  std::size_t posts_max = 200'000;
  std::size_t bytes_max = 128 << 20;  // of posts, with what is kept beside them
  std::size_t people_max = 20'000;    // whose follows are known; who was here longest ago goes
  std::size_t follows_max = 5'000;    // of one person
};

struct Post {
  std::uint64_t id = 0;
  std::string author = {};
  std::string text = {};
  std::int64_t time_ms = 0;
  std::uint64_t in_reply_to = 0;  // 0: to none
  bool corrected = false;
  bool gone = false;  // taken back: its place is kept, its text and author are not
};

// Posts with an id below `before` (0: from the newest) and above `after`.
struct Range {
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  std::size_t limit = 20;
};

struct Page {
  std::vector<const Post*> posts = {};  // newest first
  bool more = false;                    // there are older ones
};

class View {
 public:
  static constexpr std::size_t kAboveMax = 20;  // further up nobody looks

  explicit View(const ViewSettings& settings) : settings_(settings) {}

  // Ids rise: one that is not above the position is ignored.
  bool add(Post post);
  // Everything up to here was seen; ids of what is no post, and gaps.
  void advance(std::uint64_t position);
  // Unknown ids are ignored. Returns whether there was something to change.
  bool retract(std::uint64_t id);
  bool correct(std::uint64_t id, std::string text);
  // Forgets all of one author's posts and what was known of them, also by whom they were followed.
  // Returns the posts' ids.
  std::vector<std::uint64_t> erase(std::string_view author);
  // Somebody is called otherwise from now on, in what they wrote, too.
  void rename(std::string_view nick, const std::string& to);
  // Keeps all by somebody from being shown, whatever comes of them, until that is over.
  void hide(std::string_view author, bool hidden);
  bool is_hidden(std::string_view author) const;
  const std::set<std::string>& hidden() const { return hidden_; }  // folded

  const Post* find(std::uint64_t id) const;  // nullptr: not here, or not shown
  // Not taken back, and its author not hidden.
  bool shown(const Post& post) const { return !post.gone && !is_hidden(post.author); }
  // A post of them, or a mention or a follow, is here.
  bool knows(std::string_view nick) const;

  Page all(const Range& range) const;
  Page by(std::string_view author, const Range& range) const;
  Page mentions(std::string_view nick, const Range& range) const;
  // Of those `nick` follows, and their own.
  Page home(std::string_view nick, const Range& range) const;
  Page replies_to(std::uint64_t id, const Range& range) const;
  // What a post answers, what that answers, and so on, as far as it is here: the first on top.
  std::vector<const Post*> above(const Post& post) const;

  // The next posts above `after`, oldest first, that `wanted` wants; looks at no more than `look`.
  // Moves `after` to the last it looked at.
  std::vector<const Post*> next(std::uint64_t& after, std::size_t look,
                                const std::function<bool(const Post&)>& wanted) const;

  // Follows of a person, as the bridge said last. Unknown until set.
  bool follows_known(std::string_view nick) const;
  bool follows(std::string_view nick, std::string_view other) const;
  std::vector<std::string> follows_of(std::string_view nick) const;
  void set_follows(std::string_view nick, const std::vector<std::string>& others);
  void set_follow(std::string_view nick, std::string_view other, bool follows);

  // Everything gone, position 0: what the bridge has now is another log.
  void reset();
  // When this view was last known to be current, by the wall clock; 0: never.
  void set_current(std::int64_t now_ms) { current_ms_ = now_ms; }
  std::int64_t current_ms() const { return current_ms_; }
  // A page is to be made anew though no post came.
  void touch() { ++version_; }

  std::uint64_t position() const { return position_; }
  std::uint64_t oldest() const { return posts_.empty() ? 0 : posts_.front().id; }
  std::size_t size() const { return posts_.size(); }
  std::size_t bytes() const { return bytes_; }
  std::size_t people() const { return followers_.size(); }
  const std::deque<Post>& posts() const { return posts_; }
  // Changes whenever a page might.
  std::uint64_t version() const { return version_; }
  // Changes with what is not at the end: a snapshot under way is to begin anew.
  std::uint64_t rewrites() const { return rewrites_; }
  std::vector<std::string> known_people() const;

 private:
  // Rising ids, taken off at the front.
  class Ids {
   public:
    void push_back(std::uint64_t id) { ids_.push_back(id); }
    void merge(const Ids& other);
    void remove(std::uint64_t id);
    bool empty() const { return begin_ == ids_.size(); }
    std::span<const std::uint64_t> all() const { return std::span(ids_).subspan(begin_); }

   private:
    std::vector<std::uint64_t> ids_;
    std::size_t begin_ = 0;
  };
  using Index = std::unordered_map<std::string, Ids>;
  struct Follower {
    std::set<std::string> others;
    std::list<std::string>::iterator place;  // in recent_
  };

  const Post* at(std::uint64_t id) const;  // also one that is gone
  Post* standing(std::uint64_t id);        // hidden or not; nullptr: not here, or taken back
  void index(const Post& post);
  void unindex(const Post& post);
  void evict();
  Page page_of(std::span<const std::uint64_t> ids, const Range& range) const;
  static std::size_t cost_of(const Post& post);
  static void take_out(Index& index, const std::string& key, std::uint64_t id);

  const ViewSettings settings_;
  std::deque<Post> posts_;  // ids rise
  std::size_t bytes_ = 0;
  std::uint64_t position_ = 0;
  std::int64_t current_ms_ = 0;
  std::uint64_t version_ = 1;
  std::uint64_t rewrites_ = 0;
  Index by_author_;  // keys folded
  Index by_mention_;
  std::unordered_map<std::uint64_t, Ids> replies_;
  std::set<std::string> hidden_;
  std::unordered_map<std::string, Follower> followers_;
  std::list<std::string> recent_;  // keys of followers_, who was set last at the front
};

}  // namespace gateway::web
