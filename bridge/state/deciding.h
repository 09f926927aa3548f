// Deciding: one decision in the making. The inside of decide(), shared by the files it is written
// in: decide.cc (who asks, posts, accounts), decide_posts.cc (what is said about posts),
// decide_changes.cc (their corrections and retractions), decide_subscriptions.cc (follows, tracks,
// blocks, mutes), decide_moves.cc, decide_order.cc (what operators do) and decide_questions.cc.
// Nobody else includes it.
//
// Every helper either adds records and fills the reply, or fails; what a failed one has added is
// dropped with it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "bridge/state/decide.h"

namespace bridge::state {

class Deciding {
 public:
  Deciding(const State& state, const Rules& rules, const Moment& moment)
      : state_(state), rules_(rules), moment_(moment) {}

  base::Result<void> run(wire::Request& request);
  Decision take() { return std::move(decision_); }

 private:
  using Request = wire::Request;
  template <class T>
  using Result = base::Result<T>;

  Result<void> publish(Request& request);
  Result<void> direct(Request& request);
  Result<void> join(const Request& request);
  Result<void> quit(const Account& account);
  Result<void> take_move(const Request& request);
  Result<void> erase(const Request& request);
  void erase_account(const Account& account);
  Result<void> set_delivery(const Account& account, bool on);
  Result<void> follow(const Account& account, const std::string& nick);
  Result<void> leave(const Account& account, const std::string& nick);
  Result<void> track(const Account& account, const wire::Track& what);
  Result<void> room_for_tracks(const Account& account, std::size_t added) const;
  void track_one(const Account& account, const track::Phrase& phrase, std::uint32_t per_hour);
  Result<void> cap_listeners(const wire::CapListeners& what);
  void list_caps();
  Result<void> untrack(const Account& account, const wire::Untrack& what);
  Result<void> block(const Account& account, const std::string& nick);
  Result<void> unblock(const Account& account, const std::string& nick);
  Result<void> mute(const Account& account, const wire::Mute& what);
  void mute_one(const Account& account, const track::Phrase& phrase, std::uint64_t for_ms);
  Result<void> unmute(const Account& account, const wire::Unmute& what);
  Result<void> set_zone(const Account& account, const std::string& zone);
  Result<void> rename_oneself(const Account& account, const std::string& to);
  Result<void> confirm(const Account& account);
  Result<void> retract(const Account& account, RecordId post);
  Result<void> correct(const Account& account, const wire::Correct& what);
  Result<backbone::RecordPtr> own_post(const Account& account, RecordId id) const;
  Result<backbone::RecordPtr> any_post(RecordId id) const;  // gone or not
  Record& change(const Record& post);
  Result<void> ask(const Request& request, const Account& account);
  void list_people(const Request& request, const Account& account);
  void list_phrases(const Request& request, const Account& account);
  Result<void> whois(const Request& request);

  Result<void> favourite(const Account& account, const wire::PostRef& which);
  Result<void> unfavourite(const Account& account, const wire::PostRef& which);
  Result<void> repost(const Account& account, const wire::PostRef& which);
  Result<void> nudge(const Account& account, const std::string& nick);
  Result<void> get(const Request& request);
  Result<void> list_favourites(const Account& account, const wire::ListFavourites& what);
  // The post that is meant; a repost stands for the post reposted.
  Result<backbone::RecordPtr> post_of(const wire::PostRef& which) const;
  Result<backbone::RecordPtr> public_record(RecordId id) const;
  Result<backbone::RecordPtr> newest_of(const Account& author) const;
  Result<void> may_write_to(const Account& author, const Account& recipient,
                            std::string_view what) const;
  Result<void> may_meet(const Account& account, AccountId author, std::string_view what) const;
  Result<void> reply_to(const Account& author, const wire::PostRef& which, Record& record);
  Result<void> address(const Account& author, const std::string& nick, Record& record);
  void about(const Record& post);
  std::string name_now(AccountId account, const std::string& then) const {
    return std::string(state_.name_of(account, then));
  }
  void add_item(const Record& post);

  // What operators do, and ask.
  Result<void> operate(Request& request);
  Result<void> audit_trail(const Request& request);
  Result<void> show_order(const Request& request);
  Result<std::string> operator_of(const Request& request, const std::string& who) const;
  bool is_operator(const Account& account) const;
  bool operates_by_configuration(const Account& account) const;
  Result<const Account*> subject(const std::string& nick) const;
  Result<void> has_no_operator(std::string_view domain) const;
  Result<void> suspend(const wire::Suspend& what);
  Result<void> restore(const std::string& nick);
  Result<void> grant(const std::string& nick);
  Result<void> revoke(const std::string& nick);
  Result<void> erase_by_operator(const std::string& nick);
  Result<void> remove(const wire::Remove& what);
  Result<void> ban(const std::string& written, bool ban);
  Result<void> reserve(const std::string& nick);
  Result<void> release(const std::string& nick);
  Result<void> set_registration(wire::Registration wanted);
  Result<void> rename(const wire::Rename& what);
  void call(const Account& account, const std::string& to);
  Result<void> announce(const std::string& text);
  void audit(std::string_view what, std::string_view about, std::string_view old,
             std::string_view now);
  void tell(AccountId account, std::string text);
  void done_about(RecordId id, const Account& account);

  // What follows from it, for everybody.
  Result<void> may_act(const Account& account) const;
  Result<void> is_served(std::string_view address) const;
  Result<void> is_shown(const Account& account) const;
  Result<void> may_be_called(const std::string& nick) const;
  std::string whom_to_ask() const;

  Result<const Account*> actor(const Request& request) const;
  Result<const Account*> whoever_asks(const Request& request) const;  // held or not
  // Who asks, if anybody does.
  Result<const Account*> reader(const Request& request) const;
  Result<const Account*> person(const std::string& nick) const;   // who has not quit, and is shown
  Result<const Account*> member(const std::string& nick) const;   // who has not quit
  Result<const Account*> anybody(const std::string& nick) const;  // quit or not
  Result<const Account*> author_of(const Request& request);
  Result<void> check_written(std::string_view text) const;
  Result<void> check_post(std::string_view client_id, std::string_view text) const;

  // Whether this very message was accepted before; the reply then says so.
  Result<bool> accepted_before(const backbone::PublishKey& message) {
    const auto before = moment_.find_duplicate(message);
    if (!before) return tl::unexpected(before.error());
    if (*before) {
      decision_.reply.mutable_published()->set_id(**before);
      decision_.reply.mutable_published()->set_duplicate(true);
    }
    return before->has_value();
  }

  Record& add_record() {
    Record& record = decision_.records.emplace_back();
    record.set_id(moment_.next_id + decision_.records.size() - 1);
    record.set_time_ms(moment_.now_ms);
    return record;
  }
  void done(RecordId id) {
    decision_.reply.mutable_done()->set_id(id);
    decision_.reply.mutable_done()->set_changed(id != 0);
  }
  void end_follow(AccountId follower, AccountId followee);
  void end_track(const Account& account, const TrackEdge& edge);
  void end_subscriptions(const Account& account);
  void forget_mute(AccountId account, const Mute& mute);
  void forget_block(AccountId account, const Block& block);
  Result<void> room_for_a_block(const Account& account, AccountId other);
  Result<void> room_for_mutes(const Account& account, std::size_t added);

  const State& state_;
  const Rules& rules_;
  const Moment& moment_;
  Decision decision_;
  Account created_;      // an author made by this very request
  std::string auditor_;  // the operator who asks for it
};

}  // namespace bridge::state
