#include "bridge/lane/request_rules.h"

namespace bridge::lane {

using wire::Request;

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::kIm:
      return "im";
    case Kind::kWeb:
      return "web";
    case Kind::kAdmin:
      return "admin";
  }
  return "?";
}

bool is_publish(const Request& request) {
  return request.has_publish() || request.has_direct() || request.has_repost() ||
         request.has_nudge() || request.has_retract() || request.has_correct();
}

bool goes_to_fanout(const Request& request) {
  return request.has_owed() || request.has_roster() || request.has_more() ||
         request.has_retract() || request.has_correct() || request.has_extract() ||
         request.has_ask_sign_in() || request.has_check_sign_in() || request.has_answer_sign_in() ||
         request.operate().has_remove();
}

bool needs_actor(const Request& request) {
  switch (request.action_case()) {
    case Request::kWhois:
    case Request::kGet:
    case Request::kSubscribe:
    case Request::kStatus:
    case Request::kOwed:
    case Request::kRoster:
    case Request::kBackup:
    case Request::kRedeemCode:
    case Request::kAskSignIn:
    case Request::kCheckSignIn:
    case Request::kShowLimits:
    case Request::kChangeLimit:
    case Request::kLimitHistory:
    case Request::kTop:
    case Request::kCapListeners:
    case Request::kListCaps:
    case Request::kOperate:
    case Request::kAudit:
    case Request::kShowOrder:
      return false;
    default:
      return true;
  }
}

bool is_question(const Request& request) {
  switch (request.action_case()) {
    case Request::kListFollows:
    case Request::kListFollowers:
    case Request::kListTracks:
    case Request::kListBlocks:
    case Request::kListMutes:
    case Request::kListFavourites:
    case Request::kWhois:
    case Request::kGet:
    case Request::kStats:
    case Request::kMore:
    case Request::kSubscribe:
    case Request::kStatus:
    case Request::kOwed:
    case Request::kRoster:
    case Request::kShowLimits:
    case Request::kLimitHistory:
    case Request::kTop:
    case Request::kListCaps:
    case Request::kExtract:
    case Request::kCheckSignIn:
    case Request::kAudit:
    case Request::kShowOrder:
      return true;
    default:
      return false;
  }
}

bool allowed_on(Kind kind, const Request& request) {
  switch (request.action_case()) {
    case Request::kJoin:
    case Request::kQuit:
    case Request::kConfirm:
    case Request::kRoster:
    case Request::kIssueCode:
    case Request::kOfferMove:
    case Request::kTakeMove:
    case Request::kAnswerSignIn:
      return kind == Kind::kIm;
    case Request::kRedeemCode:
    case Request::kAskSignIn:
    case Request::kCheckSignIn:
      return kind == Kind::kWeb;
    case Request::kSubscribe:
    case Request::kExtract:
      return kind != Kind::kIm;
    case Request::kStatus:
    case Request::kOwed:
    case Request::kBackup:
    case Request::kShowLimits:
    case Request::kChangeLimit:
    case Request::kLimitHistory:
    case Request::kTop:
    case Request::kCapListeners:
    case Request::kListCaps:
      return kind == Kind::kAdmin;
    case Request::kErase:   // on admin it is Operate, which is audited
    case Request::kRename:  // likewise
    case Request::kMore:
      return kind != Kind::kAdmin;
    case Request::kOperate:
    case Request::kAudit:
    case Request::kShowOrder:
      return kind != Kind::kWeb;
    case Request::kPublish:
      return kind == Kind::kAdmin || !request.publish().create_author();
    default:
      return true;
  }
}

}  // namespace bridge::lane
