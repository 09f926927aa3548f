// Service: committer and fan-out on memory stores, in one thread, with words for tests.
//
//   Service service;  service.join("alice");  service.track("alice", "nyc");
//   service.online("alice"); service.post("bob", "in nyc");  CHECK(service.texts_for("alice") ==
//   Texts{"in nyc"});
//
// The session acknowledges nothing by itself: see acknowledge(). Time stands still until advance().
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bridge/backbone/memory_cursor_store.h"
#include "bridge/backbone/memory_store.h"
#include "bridge/fanout/fanout.h"
#include "bridge/state/committer.h"

namespace tests {

using Texts = std::vector<std::string>;

class Service : private bridge::state::CommitListener, private bridge::fanout::DeliverySink {
 public:
  struct Delivered {
    std::uint64_t sequence = 0;
    std::uint64_t id = 0;
    std::string address;
    std::string text;
    std::string phrase;
    bridge::wire::Class kind = bridge::wire::CLASS_UNSPECIFIED;
    bool late = false;
    std::uint64_t changes = 0;  // the post that it corrects or, if it is gone, takes back
    bool retracted = false;
  };
  static constexpr bridge::fanout::SessionId kSession = 7;

  // No digests, unless a test asks for them.
  static bridge::fanout::FanoutOptions one_by_one() {
    bridge::fanout::FanoutOptions options;
    options.catch_up_max = 1'000'000;
    return options;
  }
  // Direct messages from anybody, unless a test is about that rule.
  explicit Service(bridge::fanout::FanoutOptions options = one_by_one(),
                   bridge::state::Rules rules = {.directs_from_anybody = true})
      : options_(std::move(options)), rules_(rules) {
    start();
    open_session(kSession, 1'000'000, 1'000'000'000);
  }

  // ---- requests ----
  bridge::wire::Reply ask(bridge::wire::Request request) {
    committer_->stage({.reply_to = {}, .request = std::move(request), .may_create_author = true},
                      now_);
    committer_->commit(now_);
    settle();
    return reply_;
  }
  bridge::wire::Request by(const std::string& nick) const {
    bridge::wire::Request request;
    request.mutable_actor()->set_nick(nick);
    return request;
  }
  static std::string address(const std::string& nick) { return nick + "@example.org"; }
  bridge::wire::Reply join(const std::string& nick) {
    bridge::wire::Request request;
    request.mutable_actor()->set_address(address(nick));
    request.mutable_join()->set_nick(nick);
    return ask(request);
  }
  bridge::wire::Reply quit(const std::string& nick) {
    auto request = by(nick);
    request.mutable_quit();
    return ask(request);
  }
  bridge::wire::Reply post(const std::string& nick, const std::string& text) {
    auto request = by(nick);
    request.mutable_publish()->set_client_id("c" + std::to_string(++client_id_));
    request.mutable_publish()->set_text(text);
    request.mutable_publish()->set_create_author(true);
    return ask(request);
  }
  bridge::wire::Reply direct(const std::string& from, const std::string& to,
                             const std::string& text) {
    auto request = by(from);
    request.mutable_direct()->set_client_id("c" + std::to_string(++client_id_));
    request.mutable_direct()->set_nick(to);
    request.mutable_direct()->set_text(text);
    return ask(request);
  }
  bridge::wire::Reply track(const std::string& nick, const std::string& phrases) {
    auto request = by(nick);
    request.mutable_track()->set_phrases(phrases);
    return ask(request);
  }
  bridge::wire::Reply untrack(const std::string& nick, const std::string& phrases) {
    auto request = by(nick);
    request.mutable_untrack()->set_phrases(phrases);
    return ask(request);
  }
  bridge::wire::Reply follow(const std::string& nick, const std::string& whom) {
    auto request = by(nick);
    request.mutable_follow()->set_nick(whom);
    return ask(request);
  }
  bridge::wire::Reply leave(const std::string& nick, const std::string& whom) {
    auto request = by(nick);
    request.mutable_leave()->set_nick(whom);
    return ask(request);
  }
  bridge::wire::Reply block(const std::string& nick, const std::string& whom) {
    auto request = by(nick);
    request.mutable_block()->set_nick(whom);
    return ask(request);
  }
  bridge::wire::Reply unblock(const std::string& nick, const std::string& whom) {
    auto request = by(nick);
    request.mutable_unblock()->set_nick(whom);
    return ask(request);
  }
  // Without an end, unless it is said when.
  bridge::wire::Reply mute(const std::string& nick, const std::string& phrases,
                           std::chrono::milliseconds how_long = {}) {
    auto request = by(nick);
    request.mutable_mute()->set_phrases(phrases);
    request.mutable_mute()->set_for_ms(static_cast<std::uint64_t>(how_long.count()));
    return ask(request);
  }
  // No phrases: all that is muted.
  bridge::wire::Reply unmute(const std::string& nick, const std::string& phrases = {}) {
    auto request = by(nick);
    request.mutable_unmute()->set_phrases(phrases);
    request.mutable_unmute()->set_all(phrases.empty());
    return ask(request);
  }
  bridge::wire::Reply favourite(const std::string& nick, std::uint64_t post) {
    auto request = by(nick);
    request.mutable_favourite()->mutable_post()->set_id(post);
    return ask(request);
  }
  bridge::wire::Reply repost(const std::string& nick, std::uint64_t post) {
    auto request = by(nick);
    request.mutable_repost()->mutable_post()->set_id(post);
    return ask(request);
  }
  bridge::wire::Reply erase(const std::string& nick) {
    auto request = by(nick);
    request.mutable_erase();
    return ask(request);
  }
  // An account goes to another address: offered from its own, taken from the new one.
  bridge::wire::Reply offer_move(const std::string& from, const std::string& to) {
    bridge::wire::Request request;
    request.mutable_actor()->set_address(from);
    request.mutable_offer_move()->set_address(to);
    return ask(request);
  }
  bridge::wire::Reply take_move(const std::string& to, const std::string& nick) {
    bridge::wire::Request request;
    request.mutable_actor()->set_address(to);
    request.mutable_take_move()->set_nick(nick);
    return ask(request);
  }
  // Changes of posts go to the committer by way of the fan-out.
  bridge::wire::Reply retract(const std::string& nick, std::uint64_t post) {
    auto request = by(nick);
    request.mutable_retract()->set_post(post);
    return change(request);
  }
  bridge::wire::Reply correct(const std::string& nick, std::uint64_t post,
                              const std::string& text) {
    auto request = by(nick);
    request.mutable_correct()->set_post(post);
    request.mutable_correct()->set_text(text);
    return change(request);
  }
  bridge::wire::Reply change(const bridge::wire::Request& request) {
    fanout_->ask(1, request);
    fanout_->turn(now_);
    for (auto& change : fanout_->take_changes())
      committer_->stage({.reply_to = {},
                         .request = std::move(change.request),
                         .caught = std::move(change.caught)},
                        now_);
    committer_->commit(now_);
    settle();
    return reply_;
  }
  // What the fan-out answers itself.
  bridge::wire::Reply ask_fanout(const bridge::wire::Request& request) {
    fanout_->ask(1, request);
    settle();
    for (auto& answer : fanout_->take_answers()) return std::move(answer.reply);
    throw std::runtime_error("the fan-out did not answer");
  }
  bridge::wire::Reply more(const std::string& nick, std::uint32_t count = 0,
                           const std::string& phrase = {}) {
    auto request = by(nick);
    request.mutable_more()->set_count(count);
    request.mutable_more()->set_phrase(phrase);
    return ask_fanout(request);
  }
  bridge::wire::Reply switch_delivery(const std::string& nick, bool on) {
    auto request = by(nick);
    request.mutable_set_delivery()->set_on(on);
    return ask(request);
  }

  // ---- the gateway's side ----
  void open_session(bridge::fanout::SessionId session, std::uint64_t deliveries,
                    std::uint64_t bytes) {
    fanout_->open(session);
    fanout_->grant(session, deliveries, bytes);
  }
  void online(const std::string& nick, bridge::fanout::SessionId session = kSession) {
    presence(nick, true, session);
  }
  // Their clients are asked to confirm what is delivered (XEP-0184).
  void online_and_asked(const std::string& nick) { presence(nick, true, kSession, true); }
  void offline(const std::string& nick, bridge::fanout::SessionId session = kSession) {
    presence(nick, false, session);
  }
  // Up to and with everything that was delivered.
  void acknowledge(bridge::fanout::SessionId session = kSession) {
    fanout_->acknowledge(session, sequence_);
    settle();
  }
  // The person's own client has it.
  void confirm(const std::string& nick, std::uint64_t id) {
    bridge::wire::Receipt receipt;
    receipt.set_address(address(nick));
    receipt.set_id(id);
    fanout_->confirm(kSession, receipt);
    settle();
  }
  void lose_server() {
    bridge::wire::Presence presence;
    presence.set_server_lost(true);
    fanout_->presence(kSession, presence);
    settle();
  }
  void give_back(const std::string& nick, std::uint64_t id,
                 bridge::wire::Nack::Reason reason = bridge::wire::Nack::OFFLINE,
                 bool unsent = false) {
    bridge::wire::Nack nack;
    nack.set_address(address(nick));
    nack.set_id(id);
    nack.set_reason(reason);
    nack.set_unsent(unsent);
    fanout_->give_back(kSession, nack);
    settle();
  }

  // ---- time and trouble ----
  void advance(std::chrono::milliseconds by) {
    now_.mono += by;
    now_.wall_ms += by.count();
    settle();
  }
  void settle() {
    if (still_) return;
    while (fanout_->turn(now_) > 0) continue;
  }
  // Nothing goes on by itself: a test takes the turns.
  void hold_still(bool still) { still_ = still; }
  // The process dies and starts again; what was not checkpointed is known no more.
  void crash() {
    fanout_.reset();
    committer_.reset();
    store_.crash();
    start();
    open_session(kSession, 1'000'000, 1'000'000'000);
  }

  // ---- what came of it ----
  Texts texts_for(const std::string& nick) const {
    Texts texts;
    for (const Delivered& one : delivered_)
      if (one.address == address(nick)) texts.push_back(one.text);
    return texts;
  }
  std::uint64_t owed(const std::string& nick) {
    std::uint64_t sum = 0;
    const auto reply = ask_owed(nick);
    for (const auto& entry : reply.owed().people())
      sum += entry.directs() + entry.follows() + entry.tracks();
    return sum;
  }
  std::uint64_t digested(const std::string& nick) {
    std::uint64_t sum = 0;
    const auto reply = ask_owed(nick);
    for (const auto& entry : reply.owed().people()) sum += entry.digested();
    return sum;
  }
  std::vector<Delivered>& delivered() { return delivered_; }
  std::vector<bridge::wire::Digest>& digests() { return digests_; }
  Texts& looked_for() { return looked_for_; }  // their addresses
  const std::vector<bridge::wire::House>& houses() const { return houses_; }
  const std::vector<bridge::wire::SignInQuestion>& questions() const { return questions_; }
  bridge::fanout::Fanout& fanout() { return *fanout_; }
  bridge::state::Committer& committer() { return *committer_; }
  bridge::backbone::MemoryStore& store() { return store_; }
  bridge::backbone::MemoryCursorStore& cursors() { return cursors_; }
  bridge::base::Now now() const { return now_; }

 private:
  bridge::wire::Reply ask_owed(const std::string& nick) {
    bridge::wire::Request request;
    request.mutable_owed()->set_nick(nick);
    return ask_fanout(request);
  }
  void start() {
    committer_ = std::make_unique<bridge::state::Committer>(store_, rules_,
                                                            static_cast<CommitListener&>(*this));
    if (!committer_->load()) throw std::runtime_error("the committer did not load");
    fanout_ = std::make_unique<bridge::fanout::Fanout>(store_, cursors_, options_,
                                                       static_cast<DeliverySink&>(*this));
    if (!fanout_->load()) throw std::runtime_error("the fan-out did not load");
  }
  void presence(const std::string& nick, bool available, bridge::fanout::SessionId session,
                bool receipts = false) {
    bridge::wire::Presence presence;
    auto& change = *presence.add_changes();
    change.set_address(address(nick));
    change.set_available(available);
    change.set_receipts(receipts);
    fanout_->presence(session, presence);
    settle();
  }
  void on_reply(const bridge::state::ReplyAddress&, bridge::wire::Reply reply) override {
    reply_ = std::move(reply);
  }
  void on_committed(const std::vector<bridge::backbone::RecordPtr>& records) override {
    for (const auto& record : records) fanout_->apply(record);
  }
  void deliver(bridge::fanout::SessionId, std::uint64_t sequence,
               const bridge::wire::Batch& batch) override {
    sequence_ = sequence;
    for (const auto& digest : batch.digests()) digests_.push_back(digest);
    for (const auto& someone : batch.look_for()) looked_for_.push_back(someone);
    if (batch.has_house()) houses_.push_back(batch.house());
    for (const auto& question : batch.sign_in_questions()) questions_.push_back(question);
    for (const auto& item : batch.items())
      for (const auto& to : item.recipients())
        delivered_.push_back({sequence, item.id(), to.address(), item.text(), to.phrase(),
                              to.class_(), to.late(), item.changes(), item.retracted()});
  }

  bridge::fanout::FanoutOptions options_;
  const bridge::state::Rules rules_;
  bridge::base::Now now_{bridge::base::Time{} + std::chrono::hours(1), 1'700'000'000'000};
  bridge::backbone::MemoryStore store_;
  bridge::backbone::MemoryCursorStore cursors_;
  std::unique_ptr<bridge::state::Committer> committer_;
  std::unique_ptr<bridge::fanout::Fanout> fanout_;
  bool still_ = false;
  bridge::wire::Reply reply_;
  std::vector<Delivered> delivered_;
  std::vector<bridge::wire::Digest> digests_;
  Texts looked_for_;
  std::vector<bridge::wire::House> houses_;
  std::vector<bridge::wire::SignInQuestion> questions_;
  std::uint64_t sequence_ = 0;
  std::uint64_t client_id_ = 0;
};

// alice is online and has joined, bob writes.
struct AliceHearsBob : Service {
  explicit AliceHearsBob(bridge::fanout::FanoutOptions options = one_by_one())
      : Service(std::move(options)) {
    join("alice");
    join("bob");
    online("alice");
  }
  bridge::backbone::RecordId says(const std::string& text) {
    return post("bob", text).published().id();
  }
};

}  // namespace tests
