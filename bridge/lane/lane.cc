#include "bridge/lane/lane.h"

#include <fmt/format.h>

#include <algorithm>

#include "bridge/base/text.h"
#include "bridge/wire/messages.h"

namespace bridge::lane {
namespace {

using base::Error;
using base::ErrorCode;
using wire::Request;
using wire::Type;

constexpr std::size_t kClientNameBytesMax = 64;
constexpr std::chrono::milliseconds kRetryBusy{100};

}  // namespace

LaneLimits lane_limits(const limits::Limits& limits, Kind kind) {
  using limits::Limit;
  const auto rule = [&](Limit im) -> const throttle::KeyedRule& {
    return limits.rule(limits::of_lane(im, static_cast<std::size_t>(kind)));
  };
  return {.requests_per_person = rule(Limit::kImRequestsPerPerson),
          .publishes_per_person = rule(Limit::kImPublishesPerPerson),
          .requests_per_domain = rule(Limit::kImRequestsPerDomain),
          .publishes = rule(Limit::kImPublishes),
          .changes = rule(Limit::kImChanges),
          .questions = rule(Limit::kImQuestions),
          .requests_per_client = rule(Limit::kImRequestsPerClient),
          .requests = rule(Limit::kImRequests)};
}

std::string_view level_name(std::size_t level) {
  constexpr std::array<std::string_view, 8> kNames = {"requests_per_person",
                                                      "publishes_per_person",
                                                      "requests_per_domain",
                                                      "publishes",
                                                      "changes",
                                                      "questions",
                                                      "requests_per_client",
                                                      "requests"};
  return kNames[level];
}

Lane::Lane(LaneOptions options, const backbone::Store& store, LaneOutput& output)
    : options_(std::move(options)),
      output_(output),
      feed_(store),
      people_(options_.people_max, options_.seed),
      publishers_(options_.people_max, options_.seed),
      domains_(options_.people_max, options_.seed),
      clients_(options_.sessions_max, options_.seed) {}

Lane::Session* Lane::find_session(std::uint64_t id) {
  const auto it = sessions_.find(id);
  return it == sessions_.end() ? nullptr : &it->second;
}

Lane::Session* Lane::find_peer(const std::string& peer) {
  const auto it = by_peer_.find(peer);
  return it == by_peer_.end() ? nullptr : find_session(it->second);
}

// ---- frames in ---------------------------------------------------------------------------------

void Lane::begin_turn(base::Now now) {
  turn_ = now.mono;
  latency_.turn(now.mono);
  constexpr std::chrono::minutes kFade{5};
  if (now.mono < next_fade_) return;
  next_fade_ = now.mono + kFade;
  throttled_people_.halve();
  throttled_domains_.halve();
}

Throttled Lane::throttled(std::size_t max) const {
  return {throttled_people_.top(max), throttled_domains_.top(max)};
}

void Lane::on_message(const wire::Received& received, base::Now now) {
  turn_ = now.mono;
  Session* session = find_peer(received.peer);
  if (!received.message) {
    counters_.bad_frames.add();
    if (session) end(session->id, wire::Bye::PROTOCOL_ERROR, received.message.error().text);
    return;
  }
  const wire::Message& message = *received.message;
  if (message.header.type == Type::kHello) return hello(received, message, now);
  if (!session) {
    if (message.header.type != Type::kBye)
      bye(received.peer, message.header.epoch, wire::Bye::UNKNOWN_SESSION, "Say HELLO first.");
    return;
  }
  if (message.header.epoch != session->epoch) return;  // left over from an earlier session
  session->last_heard = now.mono;
  frame(*session, message, now);
}

void Lane::hello(const wire::Received& received, const wire::Message& message, base::Now now) {
  const std::uint64_t epoch = message.header.epoch;
  const auto refuse_hello = [&](wire::Bye::Reason reason, std::string_view text) {
    bye(received.peer, epoch, reason, text);
  };
  const auto hello = wire::parse<wire::Hello>(message.body);
  if (!hello) return refuse_hello(wire::Bye::PROTOCOL_ERROR, hello.error().text);
  if (hello->client().empty() || hello->client().size() > kClientNameBytesMax ||
      !base::check_text(hello->client(), kClientNameBytesMax))
    return refuse_hello(wire::Bye::PROTOCOL_ERROR, "A client name is 1 to 64 bytes of text.");
  if (hello->version_min() > wire::kVersion || hello->version_max() < wire::kVersion)
    return refuse_hello(wire::Bye::VERSION, "This bridge speaks version 1 of the wire.");
  const ClientRule* rule = find_rule(options_.clients, received.user, hello->client());
  if (!rule)
    return refuse_hello(wire::Bye::NOT_ALLOWED, "No [[client]] of this lane goes by that.");

  if (const Session* old = find_peer(received.peer)) drop(old->id);
  const auto same_name = by_client_.find(hello->client());
  if (same_name != by_client_.end())
    end(same_name->second, wire::Bye::REPLACED, "A newer session of this client took over.");
  if (sessions_.size() >= options_.sessions_max)
    return refuse_hello(wire::Bye::NOT_ALLOWED, "This lane has as many sessions as it takes.");

  const std::uint64_t id = next_session_++;
  Session& session = sessions_[id];
  session.id = id;
  session.peer = received.peer;
  session.client = hello->client();
  session.rule = rule;
  session.epoch = epoch;
  session.last_heard = now.mono;
  by_peer_[session.peer] = id;
  by_client_[session.client] = id;
  counters_.sessions.set(sessions_.size());
  if (options_.kind == Kind::kIm)
    output_.tell(fanout::Opened{
        id, [rule](std::string_view address) { return rule->may_speak_for_address(address); }});

  wire::Welcome welcome;
  welcome.set_version(wire::kVersion);
  welcome.set_head(feed_.head());
  welcome.set_ping_after_ms(static_cast<std::uint32_t>(options_.ping_after.count()));
  welcome.set_silence_ms_max(static_cast<std::uint32_t>(options_.silence_max.count()));
  queue(session, Type::kWelcome, 0, wire::serialize(welcome));
}

void Lane::frame(Session& session, const wire::Message& message, base::Now now) {
  const wire::Header& header = message.header;
  const bool im = options_.kind == Kind::kIm;
  if (header.credit_deliveries > session.granted_deliveries ||
      header.credit_bytes > session.granted_bytes) {
    session.granted_deliveries = std::max(session.granted_deliveries, header.credit_deliveries);
    session.granted_bytes = std::max(session.granted_bytes, header.credit_bytes);
    if (im)
      output_.tell(fanout::Granted{session.id, session.granted_deliveries, session.granted_bytes});
  }
  switch (header.type) {
    case Type::kRequest:
      return request(session, message, now);
    case Type::kPing:
      return queue(session, Type::kPong, header.sequence, {});
    case Type::kAck:
      if (im) output_.tell(fanout::Acknowledged{session.id, header.sequence});
      return;
    case Type::kNack: {
      auto nack = wire::parse<wire::Nack>(message.body);
      if (!nack) return end(session.id, wire::Bye::PROTOCOL_ERROR, nack.error().text);
      if (im) output_.tell(fanout::GivenBack{session.id, std::move(*nack)});
      return;
    }
    case Type::kReceipt: {
      auto receipt = wire::parse<wire::Receipt>(message.body);
      if (!receipt) return end(session.id, wire::Bye::PROTOCOL_ERROR, receipt.error().text);
      if (im) output_.tell(fanout::Confirmed{session.id, std::move(*receipt)});
      return;
    }
    case Type::kPresence: {
      auto presence = wire::parse<wire::Presence>(message.body);
      if (!presence) return end(session.id, wire::Bye::PROTOCOL_ERROR, presence.error().text);
      if (im) output_.tell(fanout::PresenceChanged{session.id, std::move(*presence)});
      return;
    }
    case Type::kBye:
      return drop(session.id, true);
    case Type::kCredit:
    case Type::kPong:
      return;
    default:
      return end(session.id, wire::Bye::PROTOCOL_ERROR,
                 fmt::format("A client does not send {}.", wire::name(header.type)));
  }
}

// ---- requests ----------------------------------------------------------------------------------

void Lane::request(Session& session, const wire::Message& message, base::Now now) {
  counters_.requests.add();
  const std::uint64_t sequence = message.header.sequence;
  auto request = wire::parse<Request>(message.body);
  if (!request) return answer(session, sequence, wire::error_reply(request.error()));
  if (auto error = refuse(session, *request, now))
    return answer(session, sequence, wire::error_reply(*error));
  route(session, sequence, std::move(*request));
}

std::optional<Error> Lane::refuse(const Session& session, const Request& request, base::Now now) {
  if (auto error = forbidden(session, request)) {
    counters_.forbidden.add();
    return error;
  }
  if (auto error = over_limit(session, request, now)) {
    counters_.rate_limited.add();
    return error;
  }
  if (session.unanswered >= options_.requests_per_session_max ||
      unanswered_ >= options_.requests_max) {
    counters_.busy.add();
    return Error{ErrorCode::kBusy, "Too many requests are waiting for an answer.", kRetryBusy};
  }
  return std::nullopt;
}

std::optional<Error> Lane::forbidden(const Session& session, const Request& request) const {
  if (request.action_case() == Request::ACTION_NOT_SET)
    return Error{ErrorCode::kBadRequest, "There is no action in this request."};
  if (!allowed_on(options_.kind, request))
    return Error{
        ErrorCode::kForbidden,
        fmt::format("{} is not for the lane {}.", wire::action_name(request), name(options_.kind))};
  const auto& actor = request.actor();
  switch (actor.who_case()) {
    case wire::Actor::kAddress:
      if (options_.kind != Kind::kIm)
        return Error{ErrorCode::kForbidden, "Only the lane im speaks for addresses."};
      if (!base::check_text(actor.address(), 3071) || actor.address().empty())
        return Error{ErrorCode::kBadRequest, "That is no address."};
      if (!session.rule->may_speak_for_address(actor.address()))
        return Error{ErrorCode::kForbidden, "This client may not speak for that address."};
      return std::nullopt;
    case wire::Actor::kNick:
      if (options_.kind == Kind::kIm)
        return Error{ErrorCode::kForbidden, "The lane im speaks for addresses only."};
      if (!session.rule->may_speak_for_nick(actor.nick()))
        return Error{ErrorCode::kForbidden, "This client may not speak for that nick."};
      return std::nullopt;
    default:
      if (needs_actor(request))
        return Error{ErrorCode::kBadRequest, "This request names nobody as its actor."};
      return std::nullopt;
  }
}

// From the person to the lane. The names are those of an answer: "Over the limit per person".
void Lane::levels_for(const Session& session, const Request& request) {
  const LaneLimits& limits = options_.limits;
  levels_.clear();
  level_index_.clear();
  const auto keyed = [&](std::size_t index, std::string_view name, throttle::KeyedLimiter& limiter,
                         throttle::KeyId key, const throttle::KeyedRule& rule) {
    if (rule.policy.is_unlimited() && !rule.overrides) return;
    levels_.emplace_back(name, limiter, key, rule);
    level_index_.push_back(index);
  };
  const auto single = [&](std::size_t index, std::string_view name, throttle::Limiter& limiter,
                          const throttle::Rule& rule) {
    if (rule.policy.is_unlimited()) return;
    levels_.emplace_back(name, limiter, rule);
    level_index_.push_back(index);
  };
  const bool publishes = is_publish(request);
  if (request.has_actor()) {
    const std::string& address = request.actor().address();
    const auto person = people_.id(
        request.actor().has_address() ? address : state::fold_nick(request.actor().nick()));
    keyed(0, "person", people_, person, limits.requests_per_person);
    if (publishes) keyed(1, "person", publishers_, person, limits.publishes_per_person);
    if (const std::size_t at = address.find('@'); at != std::string::npos)
      keyed(2, "domain", domains_, domains_.id(std::string_view(address).substr(at + 1)),
            limits.requests_per_domain);
  }
  if (publishes) {
    single(3, "lane", publishes_, limits.publishes);
  } else if (is_question(request)) {
    single(5, "lane", questions_, limits.questions);
  } else {
    single(4, "lane", changes_, limits.changes);
  }
  keyed(6, "client", clients_, clients_.id(session.client), limits.requests_per_client);
  single(7, "lane", requests_, limits.requests);
}

void Lane::count(const throttle::Verdict& verdict, const Request& request) {
  for (std::size_t i = 0; i < levels_.size(); ++i)
    if ((verdict.shadowed >> i & 1) != 0) counters_.levels[level_index_[i]].shadowed.add();
  if (verdict.admitted()) return;
  counters_.levels[level_index_[verdict.level]].limited.add();
  const std::string& address = request.actor().address();
  throttled_people_.add(request.actor().has_address() ? address : request.actor().nick());
  if (const std::size_t at = address.find('@'); at != std::string::npos)
    throttled_domains_.add(std::string_view(address).substr(at + 1));
}

std::optional<Error> Lane::over_limit(const Session& session, const Request& request,
                                      base::Now now) {
  levels_for(session, request);
  if (levels_.empty()) return std::nullopt;
  const throttle::Verdict verdict = throttle::pass(levels_, now.mono);
  count(verdict, request);
  if (verdict.admitted()) return std::nullopt;
  if (verdict.kind == throttle::Verdict::Kind::kRefuse)
    return Error{ErrorCode::kForbidden,
                 fmt::format("The limit per {} lets nothing through.", verdict.bound)};
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(verdict.not_before - now.mono);
  return Error{ErrorCode::kRateLimited,
               fmt::format("Over the limit per {}: try again in {:.1f} s.", verdict.bound,
                           static_cast<double>(wait.count()) / 1000.0),
               wait};
}

// Who does it, for the audit trail. On the lane im a name would be a claim: there the committer
// asks who the actor is.
void Lane::sign(const Session& session, Request& request) const {
  std::string* who = nullptr;
  if (request.has_change_limit()) who = request.mutable_change_limit()->mutable_who();
  if (request.has_cap_listeners()) who = request.mutable_cap_listeners()->mutable_who();
  if (request.has_operate()) who = request.mutable_operate()->mutable_who();
  if (request.has_audit()) who = request.mutable_audit()->mutable_who();
  if (request.has_show_order()) who = request.mutable_show_order()->mutable_who();
  if (!who) return;
  if (options_.kind != Kind::kAdmin) return who->clear();
  *who = who->empty() ? session.client : fmt::format("{} ({})", *who, session.client);
}

void Lane::route(Session& session, std::uint64_t sequence, Request request) {
  const state::ReplyAddress reply_to{options_.index, session.id, sequence};
  if (request.has_subscribe()) return subscribe(session, sequence, request.subscribe());
  if (request.has_status()) {
    wire::Reply reply;
    *reply.mutable_status() = output_.status();
    return answer(session, sequence, reply);
  }
  if (request.has_show_limits() || request.has_limit_history() || request.has_top())
    return answer(session, sequence, output_.look(request));
  sign(session, request);
  const bool taken =
      goes_to_fanout(request)
          ? output_.inquire({reply_to, std::move(request)})
          : output_.submit({reply_to, std::move(request), options_.kind == Kind::kAdmin});
  if (!taken) {
    counters_.busy.add();
    return answer(
        session, sequence,
        wire::error_reply(
            {ErrorCode::kBusy, "There is a queue just now: try again in a moment.", kRetryBusy}));
  }
  ++session.unanswered;
  session.asked.emplace(sequence, turn_);
  counters_.unanswered.set(++unanswered_);
}

void Lane::subscribe(Session& session, std::uint64_t sequence, const wire::Subscribe& request) {
  if (request.feed() != "public")
    return answer(session, sequence,
                  wire::error_reply({ErrorCode::kUnknown, "There is one feed here: public."}));
  const RecordId head = feed_.head();
  const RecordId after = request.from_now() ? head : request.after();
  FeedPosition position = session.feed.value_or(FeedPosition{});
  position.after = std::min(after, head);
  wire::Reply reply;
  reply.mutable_subscribed()->set_after(position.after);
  answer(session, sequence, reply);
  // The client has seen posts that this log never had, or lost.
  if (after > head) gap(session, head + 1, after);
  session.feed = position;
}

void Lane::gap(Session& session, RecordId from, RecordId to) {
  wire::Gap gap;
  gap.set_feed("public");
  gap.set_from(from);
  gap.set_to(to);
  queue(session, Type::kGap, 0, wire::serialize(gap));
}

// ---- frames out --------------------------------------------------------------------------------

void Lane::answer(Session& session, std::uint64_t sequence, const wire::Reply& reply) {
  queue(session, Type::kReply, sequence, wire::serialize_reply(reply));
}

void Lane::on_reply(std::uint64_t id, std::uint64_t sequence, const wire::Reply& reply) {
  Session* session = find_session(id);
  if (!session) return;  // gone meanwhile: its requests were counted off when it went
  --session->unanswered;
  counters_.unanswered.set(--unanswered_);
  if (const auto asked = session->asked.find(sequence); asked != session->asked.end()) {
    latency_.record(turn_ - asked->second);
    session->asked.erase(asked);
  }
  answer(*session, sequence, reply);
}

void Lane::on_batch(std::uint64_t id, std::uint64_t sequence, const std::string& body) {
  if (Session* session = find_session(id)) queue(*session, Type::kBatch, sequence, body);
}

void Lane::queue(Session& session, Type type, std::uint64_t sequence, std::string body) {
  wire::Header header;
  header.type = type;
  header.epoch = session.epoch;
  header.sequence = sequence;
  session.outbox.push_back({header, std::move(body)});
  flush(session);
}

std::size_t Lane::flush(Session& session) {
  std::size_t sent = 0;
  while (!session.outbox.empty()) {
    const Frame& frame = session.outbox.front();
    const auto outcome = output_.send(session.peer, frame.header, frame.body);
    if (outcome == wire::SendOutcome::kFull) break;
    if (outcome == wire::SendOutcome::kGone) {
      gone_.push_back(session.id);
      session.outbox.clear();
      break;
    }
    session.outbox.pop_front();
    ++sent;
  }
  return sent;
}

void Lane::bye(std::string_view peer, std::uint64_t epoch, wire::Bye::Reason reason,
               std::string_view text) {
  wire::Bye body;
  body.set_reason(reason);
  body.set_text(text.data(), text.size());
  wire::Header header;
  header.type = Type::kBye;
  header.epoch = epoch;
  output_.send(peer, header, wire::serialize(body));
}

void Lane::end(std::uint64_t id, wire::Bye::Reason reason, std::string_view text) {
  if (const Session* session = find_session(id)) bye(session->peer, session->epoch, reason, text);
  drop(id);
}

void Lane::drop(std::uint64_t id, bool in_order) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return;
  const Session& session = it->second;
  unanswered_ -= session.unanswered;
  by_peer_.erase(session.peer);
  const auto named = by_client_.find(session.client);
  if (named != by_client_.end() && named->second == id) by_client_.erase(named);
  sessions_.erase(it);
  counters_.sessions.set(sessions_.size());
  counters_.unanswered.set(unanswered_);
  if (!in_order) counters_.sessions_lost.add();
  if (options_.kind == Kind::kIm) output_.tell(fanout::Closed{id, in_order});
}

std::size_t Lane::serve_feed(Session& session) {
  if (!session.feed || !session.outbox.empty()) return 0;
  const RecordId gone = feed_.expired_to();
  if (session.feed->after < gone) {
    gap(session, session.feed->after + 1, gone);
    session.feed->after = gone;
  }
  FeedPosition position = *session.feed;
  const auto batch = feed_.next(position, session.granted_deliveries, session.granted_bytes);
  if (!batch) return 0;  // a store in trouble is asked again next turn
  // What expired meanwhile may be missing in it: then the gap comes first, next turn.
  if (feed_.expired_to() != gone) return 0;
  session.feed = position;
  if (batch->items_size() == 0) return 0;
  queue(session, Type::kBatch, session.next_batch++, wire::serialize(*batch));
  return static_cast<std::size_t>(batch->items_size());
}

std::size_t Lane::turn(base::Now now) {
  std::size_t work = 0;
  std::vector<std::uint64_t> silent;
  for (auto& [id, session] : sessions_) {
    work += flush(session) + serve_feed(session);
    if (now.mono - session.last_heard > options_.silence_max) silent.push_back(id);
  }
  for (const std::uint64_t id : silent)
    end(id, wire::Bye::SILENCE, "Nothing was heard for too long.");
  return work;
}

void Lane::forget_gone() {
  for (const std::uint64_t id : std::exchange(gone_, {})) drop(id);
}

void Lane::shut_down() {
  while (!sessions_.empty())
    end(sessions_.begin()->first, wire::Bye::CLOSING, "The bridge is going down.");
}

}  // namespace bridge::lane
