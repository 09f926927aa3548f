#include "gateway/web/snapshot.h"

#include <algorithm>
#include <utility>

#include "gateway/web/frames.h"

namespace gateway::web {
namespace {

namespace base = bridge::base;

constexpr std::string_view kMagic = "LWVIEW2\n";
enum : std::uint64_t { kPosition = 1, kPosts = 2, kFollows = 3, kHidden = 4 };
constexpr std::size_t kFrameBytes = 256 * 1024;
constexpr std::uint64_t kCorrected = 1;
constexpr std::uint64_t kGone = 2;

void write_post(FrameWriter& writer, const Post& post) {
  writer.number(post.id)
      .number(static_cast<std::uint64_t>(post.time_ms))
      .number(post.in_reply_to)
      .number((post.corrected ? kCorrected : 0) | (post.gone ? kGone : 0))
      .text(post.author)
      .text(post.text);
}

Post read_post(FrameReader& reader) {
  Post post;
  post.id = reader.number();
  post.time_ms = static_cast<std::int64_t>(reader.number());
  post.in_reply_to = reader.number();
  const std::uint64_t flags = reader.number();
  post.corrected = (flags & kCorrected) != 0;
  post.gone = (flags & kGone) != 0;
  post.author = reader.text();
  post.text = reader.text();
  return post;
}

}  // namespace

void SnapshotMaker::begin() {
  rewrites_ = view_.rewrites();
  until_ = view_.position();
  after_ = 0;
  out_ = kMagic;
  out_ += frame(FrameWriter()
                    .number(kPosition)
                    .number(until_)
                    .number(static_cast<std::uint64_t>(view_.current_ms()))
                    .take());
}

bool SnapshotMaker::step(std::size_t posts) {
  if (rewrites_ != view_.rewrites()) begin();
  const auto& all = view_.posts();
  auto post = std::lower_bound(all.begin(), all.end(), after_ + 1,
                               [](const Post& one, std::uint64_t id) { return one.id < id; });
  FrameWriter writer;
  std::string piece;
  writer.number(kPosts);
  std::size_t bytes = 0;
  for (; post != all.end() && post->id <= until_ && posts > 0 && bytes < kFrameBytes;
       ++post, --posts) {
    write_post(writer, *post);
    bytes += post->text.size() + 64;
    after_ = post->id;
  }
  if (bytes > 0) out_ += frame(writer.take());
  if (post != all.end() && post->id <= until_) return false;
  add_follows();
  out_ += frame("");
  return true;
}

void SnapshotMaker::add_follows() {
  for (const std::string& nick : view_.known_people()) {
    FrameWriter writer;
    const auto others = view_.follows_of(nick);
    writer.number(kFollows).text(nick).number(others.size());
    for (const std::string& other : others) writer.text(other);
    out_ += frame(writer.take());
  }
  for (const std::string& nick : view_.hidden())
    out_ += frame(FrameWriter().number(kHidden).text(nick).take());
}

base::Result<void> load_snapshot(std::string_view bytes, View& view) {
  const auto bad = [](const char* why) { return base::fail(base::ErrorCode::kBadRequest, why); };
  if (!bytes.starts_with(kMagic)) return bad("it is none of this version");
  const ReadFrames read = read_frames(bytes.substr(kMagic.size()));
  if (!read.whole || read.frames.empty() || !read.frames.back().empty())
    return bad("it is not whole");
  for (const std::string_view one : read.frames) {
    if (one.empty()) break;
    FrameReader reader(one);
    switch (reader.number()) {
      case kPosition:  // set at the end, or no post would be new
        reader.number();
        view.set_current(static_cast<std::int64_t>(reader.number()));
        break;
      case kPosts:
        while (reader.ok() && !reader.done()) {
          Post post = read_post(reader);
          if (reader.ok()) view.add(std::move(post));
        }
        break;
      case kFollows: {
        const std::string nick = reader.text();
        std::vector<std::string> others;
        for (std::uint64_t left = reader.number(); left > 0 && reader.ok(); --left)
          others.push_back(reader.text());
        if (reader.ok()) view.set_follows(nick, others);
        break;
      }
      case kHidden:
        view.hide(reader.text(), true);
        break;
      default:
        return bad("it holds something unknown");
    }
    if (!reader.ok()) return bad("a part of it is too short");
  }
  FrameReader first(read.frames.front());
  first.number();
  view.advance(first.number());
  return {};
}

}  // namespace gateway::web
