#include "gateway/web/live.h"

#include <algorithm>
#include <utility>

#include "gateway/web/post_json.h"
#include "gateway/web/words.h"

namespace gateway::web {
namespace {

namespace base = bridge::base;

constexpr std::size_t kLookAtOnce = 2'000;         // posts, for one reader that is behind
constexpr std::size_t kAheadBytes = 64 * 1024;     // waiting for a reader that is brought up
constexpr std::chrono::milliseconds kLook{1'000};  // for closed streams and heartbeats

SharedText shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

std::string post_event(const Post& post) {
  return event_text(post.id, "post", post_json(post));
}

// Without ids: where a reader is says the last post.
std::string corrected_event(const Post& post) {
  return event_text(0, "corrected", post_json(post));
}

std::string gone_event(std::uint64_t id) {
  return event_text(0, "gone", "{\"id\":" + std::to_string(id) + "}");
}

}  // namespace

std::string event_text(std::uint64_t id, std::string_view event, std::string_view data) {
  std::string text;
  text.reserve(data.size() + 64);
  if (id != 0) text.append("id: ").append(std::to_string(id)).append("\n");
  text.append("event: ").append(event).append("\ndata: ").append(data).append("\n\n");
  return text;
}

bool Live::room_for(const Audience& audience) const {
  if (readers_.size() >= settings_.streams_max) return false;
  const auto of = of_person_.find(audience.person);
  return audience.person.empty() || of == of_person_.end() || of->second < settings_.per_person_max;
}

void Live::open(Audience audience, std::uint64_t after, std::shared_ptr<Stream> stream,
                const base::Now& now) {
  if (!audience.person.empty()) ++of_person_[audience.person];
  stream->write(shared("retry: 2000\n\n"));
  if (readers_.empty()) sent_up_to_ = view_.position();  // nobody was told of what came before
  Reader reader{std::move(audience), after == 0 ? sent_up_to_ : after, now.mono, std::move(stream)};
  // An id the view does not have yet: it was another log's, or a bridge's that is ahead.
  reader.after = std::min(reader.after, view_.position());
  const std::uint64_t oldest = view_.oldest();
  if (after != 0 && oldest > reader.after + 1)
    reader.stream->write(shared(event_text(0, "gap",
                                           "{\"from\":" + std::to_string(reader.after + 1) +
                                               ",\"to\":" + std::to_string(oldest - 1) + "}")));
  if (after != 0) retell(reader);
  bring_up(reader, now);
  readers_.push_back(std::move(reader));
}

bool Live::wants(const Audience& audience, const Post& post) const {
  switch (audience.kind) {
    case Audience::Kind::kPublic:
      return true;
    case Audience::Kind::kUser:
      return folded(post.author) == audience.of;
    case Audience::Kind::kHome:
      return folded(post.author) == audience.of || view_.follows(audience.of, post.author);
    case Audience::Kind::kMentions:
      return std::ranges::count(mentions_of(post.text), audience.of) > 0;
  }
  return false;
}

void Live::retell(Reader& reader) const {
  const auto& posts = view_.posts();
  auto post = std::upper_bound(posts.begin(), posts.end(), reader.after,
                               [](std::uint64_t id, const Post& one) { return id < one.id; });
  std::string text;
  for (std::size_t looks = 0; post != posts.begin() && looks < kRetold; ++looks) {
    --post;
    if (!view_.shown(*post))
      text += gone_event(post->id);
    else if (post->corrected && wants(reader.audience, *post))
      text += corrected_event(*post);
  }
  if (!text.empty()) reader.stream->write(shared(std::move(text)));
}

std::size_t Live::bring_up(Reader& reader, const base::Now& now) {
  if (reader.after >= sent_up_to_ || reader.stream->waiting_bytes() > kAheadBytes) return 0;
  std::uint64_t after = reader.after;
  std::string text;
  for (const Post* post : view_.next(after, kLookAtOnce, [&](const Post& one) {
         return one.id <= sent_up_to_ && wants(reader.audience, one);
       })) {
    text += post_event(*post);
    reader.after = post->id;
    ++events_;
    if (text.size() > kAheadBytes) break;
  }
  if (text.size() <= kAheadBytes) reader.after = std::min(after, sent_up_to_);
  if (text.empty()) return 1;
  reader.quiet_since = now.mono;
  reader.stream->write(shared(std::move(text)));
  return 1;
}

void Live::push_new(const base::Now& now) {
  std::uint64_t after = sent_up_to_;
  const auto posts = view_.next(after, kLookAtOnce, [](const Post&) { return true; });
  std::vector<SharedText> texts;
  std::string joined;
  for (const Post* post : posts) {
    texts.push_back(shared(post_event(*post)));
    joined += *texts.back();
    delays_.record(
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, now.wall_ms - post->time_ms)) *
        1'000'000);
  }
  const SharedText all = shared(std::move(joined));
  for (Reader& reader : readers_) {
    if (reader.after < sent_up_to_) continue;  // comes to these later
    reader.after = after;
    if (posts.empty()) continue;
    if (reader.audience.kind == Audience::Kind::kPublic) {
      reader.stream->write(all);
      events_ += posts.size();
      reader.quiet_since = now.mono;
      continue;
    }
    for (std::size_t i = 0; i < posts.size(); ++i) {
      if (!wants(reader.audience, *posts[i])) continue;
      reader.stream->write(texts[i]);
      ++events_;
      reader.quiet_since = now.mono;
    }
  }
  sent_up_to_ = after;
}

void Live::changed(std::uint64_t id) {
  const Post* post = view_.find(id);
  const SharedText text = shared(post == nullptr ? gone_event(id) : corrected_event(*post));
  for (Reader& reader : readers_) {
    // Whoever it mentioned may have it though it mentions them no more.
    const bool may_have = post == nullptr || reader.audience.kind == Audience::Kind::kMentions;
    if (may_have || wants(reader.audience, *post)) reader.stream->write(text);
  }
}

void Live::tell(std::string_view person, std::string_view event, std::string_view data) {
  const std::string key = folded(person);
  if (!of_person_.contains(key)) return;
  const SharedText text = shared(event_text(0, event, data));
  for (Reader& reader : readers_)
    if (reader.audience.person == key) reader.stream->write(text);
}

void Live::tell_all(std::string_view event, std::string_view data) {
  const SharedText text = shared(event_text(0, event, data));
  for (Reader& reader : readers_) reader.stream->write(text);
}

void Live::remove_closed() {
  std::erase_if(readers_, [&](const Reader& reader) {
    if (reader.stream->open()) return false;
    if (const auto of = of_person_.find(reader.audience.person);
        of != of_person_.end() && --of->second == 0)
      of_person_.erase(of);
    return true;
  });
}

std::size_t Live::turn(const base::Now& now) {
  std::size_t work = 0;
  if (view_.position() < sent_up_to_) {  // it began anew
    sent_up_to_ = view_.position();
    for (Reader& reader : readers_) reader.after = std::min(reader.after, sent_up_to_);
  }
  if (view_.position() > sent_up_to_) {
    push_new(now);
    ++work;
  }
  bool behind = false;
  for (Reader& reader : readers_) {
    if (reader.after >= sent_up_to_ || !reader.stream->open()) continue;
    behind = bring_up(reader, now) > 0 || behind;
  }
  if (now.mono < next_look_) return work + (behind ? 1 : 0);
  next_look_ = now.mono + kLook;
  remove_closed();
  static const SharedText kBeat = shared(":\n\n");
  for (Reader& reader : readers_) {
    if (now.mono - reader.quiet_since < settings_.heartbeat) continue;
    reader.quiet_since = now.mono;
    reader.stream->write(kBeat);
  }
  return work + (behind ? 1 : 0);
}

}  // namespace gateway::web
