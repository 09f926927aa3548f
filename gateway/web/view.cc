#include "gateway/web/view.h"

#include <algorithm>
#include <iterator>
#include <queue>

#include "gateway/web/words.h"

namespace gateway::web {
namespace {

constexpr std::size_t kPostOverhead = 200;  // the struct and its places in the indexes

std::uint64_t end_of(const Range& range) {
  return range.before == 0 ? ~std::uint64_t{0} : range.before;
}

bool id_below(const Post& post, std::uint64_t id) {
  return post.id < id;
}

}  // namespace

void View::Ids::remove(std::uint64_t id) {
  if (!empty() && ids_[begin_] == id) {
    if (++begin_ * 2 > ids_.size()) {
      ids_.erase(ids_.begin(), ids_.begin() + static_cast<std::ptrdiff_t>(begin_));
      begin_ = 0;
    }
    return;
  }
  const auto from = ids_.begin() + static_cast<std::ptrdiff_t>(begin_);
  const auto found = std::lower_bound(from, ids_.end(), id);
  if (found != ids_.end() && *found == id) ids_.erase(found);
}

void View::Ids::merge(const Ids& other) {
  std::vector<std::uint64_t> both;
  std::ranges::merge(all(), other.all(), std::back_inserter(both));
  ids_ = std::move(both);
  begin_ = 0;
}

std::size_t View::cost_of(const Post& post) {
  return kPostOverhead + post.author.size() + post.text.size();
}

void View::take_out(Index& index, const std::string& key, std::uint64_t id) {
  const auto found = index.find(key);
  if (found == index.end()) return;
  found->second.remove(id);
  if (found->second.empty()) index.erase(found);
}

void View::index(const Post& post) {
  by_author_[folded(post.author)].push_back(post.id);
  for (const std::string& nick : mentions_of(post.text)) by_mention_[nick].push_back(post.id);
  if (post.in_reply_to != 0) replies_[post.in_reply_to].push_back(post.id);
}

void View::unindex(const Post& post) {
  take_out(by_author_, folded(post.author), post.id);
  for (const std::string& nick : mentions_of(post.text)) take_out(by_mention_, nick, post.id);
  const auto found = replies_.find(post.in_reply_to);
  if (found == replies_.end()) return;
  found->second.remove(post.id);
  if (found->second.empty()) replies_.erase(found);
}

bool View::add(Post post) {
  if (post.id <= position_) return false;
  position_ = post.id;
  bytes_ += cost_of(post);
  posts_.push_back(std::move(post));
  if (!posts_.back().gone) index(posts_.back());
  evict();
  ++version_;
  return true;
}

void View::advance(std::uint64_t position) {
  position_ = std::max(position_, position);
}

void View::evict() {
  while (posts_.size() > settings_.posts_max ||
         (bytes_ > settings_.bytes_max && posts_.size() > 1)) {
    const Post& oldest = posts_.front();
    if (!oldest.gone) unindex(oldest);
    bytes_ -= cost_of(oldest);
    posts_.pop_front();
  }
}

const Post* View::at(std::uint64_t id) const {
  const auto found = std::lower_bound(posts_.begin(), posts_.end(), id, id_below);
  return found != posts_.end() && found->id == id ? &*found : nullptr;
}

const Post* View::find(std::uint64_t id) const {
  const Post* post = at(id);
  return post != nullptr && shown(*post) ? post : nullptr;
}

Post* View::standing(std::uint64_t id) {
  auto* post = const_cast<Post*>(at(id));
  return post != nullptr && !post->gone ? post : nullptr;
}

bool View::retract(std::uint64_t id) {
  Post* post = standing(id);
  if (post == nullptr) return false;
  unindex(*post);
  bytes_ -= post->text.size() + post->author.size();
  post->text = post->author = std::string();  // and their memory
  post->gone = true;
  ++version_;
  ++rewrites_;
  return true;
}

bool View::correct(std::uint64_t id, std::string text) {
  Post* post = standing(id);
  if (post == nullptr || (post->corrected && post->text == text)) return false;
  const auto added = mentions_of(text);
  for (const std::string& nick : mentions_of(post->text)) take_out(by_mention_, nick, id);
  bytes_ += text.size();
  bytes_ -= post->text.size();
  post->text = std::move(text);
  post->corrected = true;
  // In its place among the mentions, which are in the order of ids.
  for (const std::string& nick : added) {
    Ids merged;
    bool placed = false;
    for (const std::uint64_t other : by_mention_[nick].all()) {
      if (!placed && other > id) {
        merged.push_back(id);
        placed = true;
      }
      merged.push_back(other);
    }
    if (!placed) merged.push_back(id);
    by_mention_[nick] = std::move(merged);
  }
  ++version_;
  ++rewrites_;
  return true;
}

std::vector<std::uint64_t> View::erase(std::string_view author) {
  const std::string key = folded(author);
  std::vector<std::uint64_t> ids;
  if (const auto found = by_author_.find(key); found != by_author_.end()) {
    const auto all = found->second.all();
    ids.assign(all.begin(), all.end());
  }
  for (const std::uint64_t id : ids) retract(id);
  hidden_.erase(key);
  if (const auto person = followers_.find(key); person != followers_.end()) {
    recent_.erase(person->second.place);
    followers_.erase(person);
  }
  for (auto& [nick, person] : followers_) person.others.erase(key);
  ++version_;
  ++rewrites_;
  return ids;
}

void View::rename(std::string_view nick, const std::string& to) {
  const std::string key = folded(nick);
  const std::string new_key = folded(to);
  if (const auto found = by_author_.find(key); found != by_author_.end()) {
    const Ids theirs = found->second;
    for (const std::uint64_t id : theirs.all()) {
      Post& post = *standing(id);
      bytes_ += to.size();
      bytes_ -= post.author.size();
      post.author = to;
    }
    if (key != new_key) {
      by_author_.erase(key);
      by_author_[new_key].merge(theirs);
    }
  }
  ++version_;
  ++rewrites_;
  if (key == new_key) return;
  if (hidden_.erase(key) > 0) hidden_.insert(new_key);
  for (auto& [who, person] : followers_)
    if (person.others.erase(key) > 0) person.others.insert(new_key);
  // Their own follows are asked for when they are needed.
  if (const auto person = followers_.find(key); person != followers_.end()) {
    recent_.erase(person->second.place);
    followers_.erase(person);
  }
}

void View::hide(std::string_view author, bool hidden) {
  if (hidden)
    hidden_.insert(folded(author));
  else
    hidden_.erase(folded(author));
  ++version_;
  ++rewrites_;
}

bool View::is_hidden(std::string_view author) const {
  return !hidden_.empty() && hidden_.contains(folded(author));
}

void View::reset() {
  hidden_.clear();
  posts_.clear();
  by_author_.clear();
  by_mention_.clear();
  replies_.clear();
  bytes_ = 0;
  position_ = 0;
  ++version_;
  ++rewrites_;
}

bool View::knows(std::string_view nick) const {
  const std::string key = folded(nick);
  return by_author_.contains(key) || followers_.contains(key);
}

Page View::page_of(std::span<const std::uint64_t> ids, const Range& range) const {
  Page page;
  auto end = std::lower_bound(ids.begin(), ids.end(), end_of(range));
  while (end != ids.begin() && *(end - 1) > range.after) {
    const Post* post = at(*--end);
    if (!shown(*post)) continue;
    if (page.posts.size() == range.limit) {
      page.more = true;
      break;
    }
    page.posts.push_back(post);
  }
  return page;
}

Page View::all(const Range& range) const {
  Page page;
  auto end = std::lower_bound(posts_.begin(), posts_.end(), end_of(range), id_below);
  while (end != posts_.begin() && (end - 1)->id > range.after) {
    --end;
    if (!shown(*end)) continue;
    if (page.posts.size() == range.limit) {
      page.more = true;
      break;
    }
    page.posts.push_back(&*end);
  }
  return page;
}

Page View::by(std::string_view author, const Range& range) const {
  const auto found = by_author_.find(folded(author));
  return found == by_author_.end() ? Page{} : page_of(found->second.all(), range);
}

Page View::mentions(std::string_view nick, const Range& range) const {
  const auto found = by_mention_.find(folded(nick));
  return found == by_mention_.end() ? Page{} : page_of(found->second.all(), range);
}

Page View::replies_to(std::uint64_t id, const Range& range) const {
  const auto found = replies_.find(id);
  return found == replies_.end() ? Page{} : page_of(found->second.all(), range);
}

std::vector<const Post*> View::above(const Post& post) const {
  std::vector<const Post*> found;
  for (const Post* up = find(post.in_reply_to); up != nullptr && found.size() < kAboveMax;
       up = find(up->in_reply_to))
    found.push_back(up);
  std::ranges::reverse(found);
  return found;
}

// A merge of the authors' lists from their new ends.
Page View::home(std::string_view nick, const Range& range) const {
  using List = std::span<const std::uint64_t>;
  const auto older = [](const List& a, const List& b) { return a.back() < b.back(); };
  std::priority_queue<List, std::vector<List>, decltype(older)> lists(older);
  const auto add = [&](const std::string& author) {
    const auto found = by_author_.find(author);
    if (found == by_author_.end()) return;
    List list = found->second.all();
    const auto end = std::lower_bound(list.begin(), list.end(), end_of(range));
    list = list.first(static_cast<std::size_t>(end - list.begin()));
    if (!list.empty()) lists.push(list);
  };
  const std::string key = folded(nick);
  add(key);
  if (const auto person = followers_.find(key); person != followers_.end())
    for (const std::string& other : person->second.others)
      if (other != key) add(other);
  Page page;
  while (!lists.empty() && lists.top().back() > range.after) {
    List list = lists.top();
    lists.pop();
    const Post* post = at(list.back());
    list = list.first(list.size() - 1);
    if (!list.empty()) lists.push(list);
    if (!shown(*post)) continue;
    if (page.posts.size() == range.limit) {
      page.more = true;
      break;
    }
    page.posts.push_back(post);
  }
  return page;
}

std::vector<const Post*> View::next(std::uint64_t& after, std::size_t look,
                                    const std::function<bool(const Post&)>& wanted) const {
  std::vector<const Post*> found;
  auto post = std::lower_bound(posts_.begin(), posts_.end(), after + 1, id_below);
  for (; post != posts_.end() && look > 0; ++post, --look) {
    after = post->id;
    if (shown(*post) && wanted(*post)) found.push_back(&*post);
  }
  if (post == posts_.end()) after = std::max(after, position_);
  return found;
}

bool View::follows_known(std::string_view nick) const {
  return followers_.contains(folded(nick));
}

bool View::follows(std::string_view nick, std::string_view other) const {
  const auto person = followers_.find(folded(nick));
  return person != followers_.end() && person->second.others.contains(folded(other));
}

std::vector<std::string> View::follows_of(std::string_view nick) const {
  const auto person = followers_.find(folded(nick));
  if (person == followers_.end()) return {};
  return {person->second.others.begin(), person->second.others.end()};
}

void View::set_follows(std::string_view nick, const std::vector<std::string>& others) {
  const std::string key = folded(nick);
  if (const auto known = followers_.find(key); known != followers_.end()) {
    recent_.erase(known->second.place);
    followers_.erase(known);
  }
  if (followers_.size() >= settings_.people_max) {
    followers_.erase(recent_.back());
    recent_.pop_back();
  }
  recent_.push_front(key);
  Follower& person = followers_[key];
  person.place = recent_.begin();
  for (const std::string& other : others) {
    if (person.others.size() >= settings_.follows_max) break;
    person.others.insert(folded(other));
  }
  ++version_;
}

void View::set_follow(std::string_view nick, std::string_view other, bool follows) {
  const auto person = followers_.find(folded(nick));
  if (person == followers_.end()) return;  // it is asked for when it is needed
  if (follows) {
    if (person->second.others.size() < settings_.follows_max)
      person->second.others.insert(folded(other));
  } else {
    person->second.others.erase(folded(other));
  }
  ++version_;
}

std::vector<std::string> View::known_people() const {
  return {recent_.rbegin(), recent_.rend()};
}

}  // namespace gateway::web
