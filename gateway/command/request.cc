#include "gateway/command/request.h"

#include <string>

#include "gateway/command/overloaded.h"

namespace gateway::command {

std::optional<wire::Request> to_request(const Command& command, std::string_view client_id) {
  wire::Request request;
  const std::string id(client_id);
  const auto fill = overloaded{
      [](const Help&) { return false; },
      [&](const Join& join) {
        request.mutable_join()->set_nick(join.nick);
        return true;
      },
      [&](const SetDelivery& set) {
        request.mutable_set_delivery()->set_on(set.on);
        return true;
      },
      [&](const Post& post) {
        request.mutable_publish()->set_client_id(id);
        request.mutable_publish()->set_text(post.text);
        request.mutable_publish()->set_plain(post.plain);
        return true;
      },
      [&](const Delete& del) {
        request.mutable_retract()->set_post(del.post);
        return true;
      },
      [&](const Correct& correct) {
        request.mutable_correct()->set_post(correct.post);
        request.mutable_correct()->set_text(correct.text);
        return true;
      },
      [&](const Yes&) {
        request.mutable_confirm();
        return true;
      },
      [&](const Follow& follow) {
        request.mutable_follow()->set_nick(follow.nick);
        return true;
      },
      [&](const Leave& leave) {
        request.mutable_leave()->set_nick(leave.nick);
        return true;
      },
      [&](const ListFollows&) {
        request.mutable_list_follows();
        return true;
      },
      [&](const ListFollowers&) {
        request.mutable_list_followers();
        return true;
      },
      [&](const Track& track) {
        request.mutable_track()->set_phrases(track.phrases);
        request.mutable_track()->set_per_hour(track.per_hour);
        return true;
      },
      [&](const Untrack& untrack) {
        request.mutable_untrack()->set_phrases(untrack.phrases);
        request.mutable_untrack()->set_all(untrack.all);
        return true;
      },
      [&](const ListTracks&) {
        request.mutable_list_tracks();
        return true;
      },
      [&](const Block& block) {
        request.mutable_block()->set_nick(block.nick);
        return true;
      },
      [&](const Unblock& unblock) {
        request.mutable_unblock()->set_nick(unblock.nick);
        return true;
      },
      [&](const ListBlocks&) {
        request.mutable_list_blocks();
        return true;
      },
      [&](const Mute& mute) {
        request.mutable_mute()->set_phrases(mute.phrases);
        request.mutable_mute()->set_for_ms(static_cast<std::uint64_t>(mute.how_long.count()));
        return true;
      },
      [&](const Unmute& unmute) {
        request.mutable_unmute()->set_phrases(unmute.phrases);
        request.mutable_unmute()->set_all(unmute.all);
        return true;
      },
      [&](const ListMutes&) {
        request.mutable_list_mutes();
        return true;
      },
      [&](const More& more) {
        request.mutable_more()->set_phrase(more.phrase);
        request.mutable_more()->set_count(more.count);
        return true;
      },
      [&](const SetZone& set) {
        request.mutable_set_zone()->set_zone(set.zone);
        return true;
      },
      [&](const Direct& direct) {
        request.mutable_direct()->set_client_id(id);
        request.mutable_direct()->set_nick(direct.nick);
        request.mutable_direct()->set_text(direct.text);
        return true;
      },
      [&](const Whois& whois) {
        request.mutable_whois()->set_nick(whois.nick);
        return true;
      },
      [&](const Stats&) {
        request.mutable_stats();
        return true;
      },
      [&](const Login&) {
        request.mutable_issue_code();
        return true;
      },
      [&](const Quit&) {
        request.mutable_quit();
        return true;
      },
  };
  if (!std::visit(fill, command)) return std::nullopt;
  return request;
}

}  // namespace gateway::command
