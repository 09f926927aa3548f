#include "bridge/ctl/importer.h"

#include <algorithm>
#include <utility>

#include "bridge/ctl/exit_code.h"
#include "bridge/ctl/request.h"
#include "bridge/wire/messages.h"

namespace bridge::ctl {
namespace {

using std::chrono::milliseconds;

// Before asking again, when the bridge gives no better hint; it also keeps a bridge in trouble from
// being asked in a circle.
constexpr milliseconds kPauseDefault{100};
// How far behind the rate may be made up for at once: more than a loop's turn takes.
constexpr milliseconds kCatchUpMax{50};

}  // namespace

Importer::Importer(ImporterOptions options, LineSource& source, std::ostream& problems)
    : options_(std::move(options)), source_(source), problems_(problems), ids_(options_.label) {}

bool Importer::may_ask(const client::Backbone& backbone, base::Time now) const {
  return backbone.connected() && waiting_.size() < options_.in_flight_max && now >= hold_until_ &&
         (options_.rate <= 0 || now >= due_);
}

std::size_t Importer::turn(client::Backbone& backbone, base::Time now) {
  now_ = now;
  if (moved_at_ == base::Time{}) moved_at_ = now;
  std::size_t asked = 0;
  while (may_ask(backbone, now)) {
    auto post = next_post();
    if (!post) break;
    if (options_.rate > 0) {
      const std::chrono::duration<double> gap(1.0 / options_.rate);
      due_ =
          std::max(due_, now - kCatchUpMax) + std::chrono::duration_cast<base::Time::duration>(gap);
    }
    const client::RequestId id = backbone.ask(post->request, now);
    waiting_.emplace(id, *std::move(post));
    ++asked;
  }
  if (waiting_.empty() && again_.empty() && wants_input_)
    moved_at_ = now;  // nothing to do is no stall
  return asked;
}

std::optional<Importer::Post> Importer::next_post() {
  if (again_.empty()) return read_post();
  Post post = std::move(again_.begin()->second);
  again_.erase(again_.begin());
  return post;
}

std::optional<Importer::Post> Importer::read_post() {
  std::string line;
  while (!ended_) {
    const auto next = source_.next(line);
    wants_input_ = next == LineSource::Next::kLater;
    if (wants_input_) return std::nullopt;
    ended_ = next == LineSource::Next::kEnd;
    if (ended_) return std::nullopt;
    ++line_;
    if (next == LineSource::Next::kTooLong) {
      refuse(line_, "The line is too long.");
      continue;
    }
    if (is_blank(line)) continue;
    const auto post = read_import_line(line, options_.author);
    if (post) return Post{line_, publish_request(post->author, post->text, ids_.next(*post))};
    refuse(line_, post.error().text);
  }
  return std::nullopt;
}

void Importer::refuse(std::uint64_t line, const std::string& why) {
  ++counts_.refused;
  problems_ << "line " << line << ": " << why << '\n';
}

void Importer::ask_again(Post post, milliseconds pause) {
  ++counts_.repeated;
  hold_until_ = std::max(hold_until_, now_ + std::max(pause, kPauseDefault));
  const std::uint64_t line = post.line;
  again_.emplace(line, std::move(post));
}

void Importer::on_reply(client::RequestId id, const wire::Reply& reply) {
  const auto waiting = waiting_.find(id);
  if (waiting == waiting_.end()) return;
  Post post = std::move(waiting->second);
  waiting_.erase(waiting);
  if (reply.has_published()) {
    ++(reply.published().duplicate() ? counts_.already_there : counts_.published);
    moved_at_ = now_;
    return;
  }
  const base::Error error = reply.has_error() ? wire::to_error(reply.error()) : unexpected_reply();
  switch (error.code) {
    case base::ErrorCode::kRateLimited:
    case base::ErrorCode::kBusy:
      moved_at_ = now_;  // it is there, and says when
      [[fallthrough]];
    case base::ErrorCode::kUnavailable:
      ask_again(std::move(post), error.retry_after.value_or(kPauseDefault));
      break;
    default:
      moved_at_ = now_;
      refuse(post.line, error.text);
  }
}

}  // namespace bridge::ctl
