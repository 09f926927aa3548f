#include "gateway/web/takeout.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/web/words.h"

namespace gateway::web {
namespace {

namespace base = bridge::base;
using wire::Extract;
using wire::ExtractedLine;

constexpr std::size_t kSliceBytes = 32 * 1024;  // of one write to a reader
constexpr std::chrono::seconds kAskAgain{1};

throttle::Policy per_person() {
  return *throttle::Policy::make(6, std::chrono::hours(1), 3);
}

// The lists of the file, by part. ACCOUNT is an object.
constexpr std::array<std::string_view, 8> kNames = {"account", "follows", "followers",  "tracks",
                                                    "blocks",  "mutes",   "favourites", "messages"};

std::string_view kind_of(const ExtractedLine& line) {
  switch (line.kind()) {
    case ExtractedLine::REPOST:
      return "repost";
    case ExtractedLine::DIRECT_SENT:
      return line.nudge() ? "nudge_sent" : "direct_sent";
    case ExtractedLine::DIRECT_TAKEN:
      return line.nudge() ? "nudge_received" : "direct_received";
    default:
      return "post";
  }
}

// A limit, or a bridge that starts anew. Anything else stays so: the account is gone, say.
bool passes(const wire::Error& error) {
  return error.code() == wire::BUSY || error.code() == wire::UNAVAILABLE ||
         error.code() == wire::RATE_LIMITED;
}

void write_account(JsonWriter& json, const ExtractedLine& line) {
  json.begin_object().key("nick").text(line.nick());
  json.key("joined_ms").number(std::int64_t{line.time_ms()});
  if (!line.text().empty()) json.key("address").text(line.text());
  if (!line.zone().empty()) json.key("timezone").text(line.zone());
  json.key("delivery").flag(!line.delivery_off());
  json.key("posts_plain_text").flag(line.plain_text()).end_object();
}

void write_message(JsonWriter& json, const ExtractedLine& line) {
  const bool direct =
      line.kind() == ExtractedLine::DIRECT_SENT || line.kind() == ExtractedLine::DIRECT_TAKEN;
  const bool repost = line.kind() == ExtractedLine::REPOST;
  json.begin_object().key("kind").text(kind_of(line)).key("id").number(std::uint64_t{line.id()});
  json.key("time_ms").number(std::int64_t{line.time_ms()});
  if (direct) json.key(line.kind() == ExtractedLine::DIRECT_SENT ? "to" : "from").text(line.nick());
  if (line.gone())
    json.key("gone").flag(true);
  else if (!repost)
    json.key("text").text(line.text());
  if (line.changed()) json.key("corrected").flag(true);
  if (line.about() != 0)
    json.key(repost ? "repost_of" : "in_reply_to").number(std::uint64_t{line.about()});
  if (!direct && !line.nick().empty()) json.key(repost ? "author" : "reply_to").text(line.nick());
  json.end_object();
}

void write_line(JsonWriter& json, int part, const ExtractedLine& line) {
  switch (part) {
    case Extract::ACCOUNT:
      return write_account(json, line);
    case Extract::FOLLOWS:
    case Extract::FOLLOWERS:
    case Extract::BLOCKS:
      json.text(line.nick());
      return;
    case Extract::TRACKS:
      json.begin_object().key("phrase").text(line.text());
      if (line.per_hour() > 0) json.key("max_per_hour").number(std::uint64_t{line.per_hour()});
      if (line.asleep()) json.key("asleep").flag(true);
      json.end_object();
      return;
    case Extract::MUTES:
      json.begin_object().key("phrase").text(line.text());
      if (line.until_ms() != 0) json.key("until_ms").number(std::int64_t{line.until_ms()});
      json.end_object();
      return;
    case Extract::FAVOURITES:
      json.number(std::uint64_t{line.id()});
      return;
    default:
      return write_message(json, line);
  }
}

}  // namespace

void Takeout::add_to(Router& router) {
  router.add("GET", "/settings/export", [this](const HttpRequest& request, const Respond& respond) {
    begin(request, respond);
  });
}

// Also all there is to answer to HEAD, which downloads nothing.
HttpResponse Takeout::head_of(const Visit& visit) const {
  HttpResponse response{.content_type = std::string(kJson),
                        .headers = {{"Content-Disposition",
                                     "attachment; filename=\"lapwing-" + visit.nick() + ".json\""},
                                    {"Cache-Control", "private, no-store"}},
                        .stream = [](const std::shared_ptr<Stream>&) {}};
  add_guards(context_, response);
  return response;
}

// What can be said against it is said before the file begins.
void Takeout::begin(const HttpRequest& request, const Respond& respond) {
  const Visit visit = visit_of(context_, request);
  if (!visit.known) return respond(go_to(context_, "/sign-in?back=/settings/export"));
  if (request.method == "HEAD") return respond(head_of(visit));
  const auto refuse = [&](int status, std::string title, std::string text) {
    respond(problem_answer(context_, visit, {status, std::move(title), std::move(text)}));
  };
  const std::string key = folded(visit.nick());
  if (std::ranges::any_of(running_,
                          [&](const auto& one) { return folded(one.second.nick) == key; }))
    return refuse(429, "One at a time", "Your data is being downloaded already.");
  if (running_.size() >= kAtOnceMax)
    return refuse(503, "Later", "Many people are downloading their data just now.");
  if (!per_person_.decide(key, per_person(), visit.now.mono).admitted())
    return refuse(429, "Later", "You have downloaded your data a few times: try again in an hour.");
  const std::uint64_t id = ++last_id_;
  // Held by the question, then by the answer until its reader takes it.
  const auto answer = std::make_shared<const std::uint64_t>(id);
  running_[id] = {
      .nick = visit.nick(), .answer = answer, .asked = true, .waits_since = visit.now.mono};
  wire::Request question;
  question.mutable_actor()->set_nick(visit.nick());
  question.mutable_extract()->set_part(Extract::ACCOUNT);
  context_.world.ask(question, visit.now, [this, answer, visit, respond](const wire::Reply& reply) {
    const auto found = running_.find(*answer);
    if (found == running_.end() || reply.extracted().lines().empty()) {
      running_.erase(*answer);
      return respond(problem_answer(
          context_, visit,
          {503, "Later", "The message backbone is out of reach just now: try again later."}));
    }
    Running& running = found->second;
    running.json.begin_object().key("format").number(std::uint64_t{1});
    running.json.key("exported_ms").number(visit.now.wall_ms);
    on_page(*answer, reply, visit.now);
    HttpResponse response = head_of(visit);
    response.stream = [this, answer](std::shared_ptr<Stream> stream) {
      const auto it = running_.find(*answer);
      if (it == running_.end()) return stream->close();
      it->second.stream = std::move(stream);
    };
    respond(std::move(response));
  });
}

void Takeout::ask(std::uint64_t id, Running& running, base::Now now) {
  running.asked = true;
  wire::Request question;
  question.mutable_actor()->set_nick(running.nick);
  question.mutable_extract()->set_part(static_cast<Extract::Part>(running.part));
  question.mutable_extract()->set_after(running.after);
  context_.world.ask(question, now,
                     [this, id, now](const wire::Reply& reply) { on_page(id, reply, now); });
}

void Takeout::on_page(std::uint64_t id, const wire::Reply& reply, base::Now now) {
  const auto it = running_.find(id);
  if (it == running_.end()) return;  // the reader has gone
  Running& running = it->second;
  running.asked = false;
  if (!reply.has_extracted()) {
    running.cut = !passes(reply.error());
    const std::chrono::milliseconds wait(reply.error().retry_after_ms());
    running.not_before = now.mono + std::max<std::chrono::milliseconds>(wait, kAskAgain);
    return;
  }
  running.waits_since = now.mono;
  JsonWriter& json = running.json;
  const bool list = running.part != Extract::ACCOUNT;
  if (!std::exchange(running.open, true)) {
    json.key(kNames[static_cast<std::size_t>(running.part)]);
    if (list) json.begin_array();
  }
  for (const ExtractedLine& line : reply.extracted().lines()) write_line(json, running.part, line);
  running.after = reply.extracted().next();
  if (running.after == 0) {
    if (list) json.end_array();
    running.open = false;
    ++running.part;
  }
  if (running.part > Extract::RECORDS) {
    json.key("complete").flag(true).end_object();
    running.done = true;
  }
  running.pending += json.take();
}

// True when something went out.
bool Takeout::write(Running& running) const {
  bool wrote = false;
  while (running.written < running.pending.size() &&
         running.stream->waiting_bytes() < kAheadBytes) {
    auto slice =
        std::make_shared<const std::string>(running.pending.substr(running.written, kSliceBytes));
    running.written += slice->size();
    running.stream->write(std::move(slice));
    wrote = true;
  }
  if (running.written < running.pending.size()) return wrote;
  running.pending.clear();
  running.written = 0;
  return wrote;
}

std::size_t Takeout::turn(base::Now now) {
  std::size_t work = 0;
  for (auto it = running_.begin(); it != running_.end();) {
    auto& [id, running] = *it;
    const bool begun = running.stream != nullptr;
    const bool left = begun ? !running.stream->open() : running.answer.expired();
    if (!running.pending.empty()) running.waits_since = now.mono;  // the reader is slow, not it
    if (left || running.cut || now.mono - running.waits_since > kPatience) {
      if (begun) running.stream->close();
      it = running_.erase(it);
      continue;
    }
    if (begun && write(running)) ++work;
    if (begun && running.pending.empty() && running.done) {
      running.stream->finish();
      it = running_.erase(it);
      continue;
    }
    const std::uint64_t current = id;
    const bool next =
        begun && running.pending.empty() && !running.asked && now.mono >= running.not_before;
    ++it;
    if (!next) continue;
    ask(current, running, now);
    ++work;
  }
  return work;
}

}  // namespace gateway::web
