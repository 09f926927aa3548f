#include "bridge/state/sign_in_codes.h"

#include <algorithm>
#include <string>

#include "bridge/state/refusals.h"
#include "bridge/wire/messages.h"

namespace bridge::state {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

// Three at once, then one in forty seconds: enough for whoever mistypes.
throttle::Policy per_person() {
  return *throttle::Policy::make(3, SignInCodes::kGoodFor, 3);
}
throttle::Policy wrong_ones() {
  return *throttle::Policy::make(10, std::chrono::seconds(1), 100);
}

Result<wire::Reply> issue(SignInCodes& codes, const State& state, const std::string& website,
                          const wire::Request& request, base::Time now) {
  const Account* account = state.find_address(request.actor().address());
  if (!account || !account->open) return tl::unexpected(not_joined());
  if (state.held(*account)) return tl::unexpected(held(state, *account));
  const auto code = codes.issue(account->id, now);
  if (!code) return tl::unexpected(code.error());
  wire::Reply reply;
  reply.mutable_sign_in_code()->set_code(*code);
  reply.mutable_sign_in_code()->set_good_for_ms(
      std::chrono::milliseconds(SignInCodes::kGoodFor).count());
  reply.mutable_sign_in_code()->set_website(website);
  return reply;
}

Result<wire::Reply> redeem(SignInCodes& codes, const State& state, const wire::Request& request,
                           base::Time now) {
  const auto id = codes.redeem(request.redeem_code().code(), now);
  if (!id) return tl::unexpected(id.error());
  const Account* account = state.find(*id);
  if (!account || !account->open)
    return fail(ErrorCode::kUnknown, "The one that code was for is no member any more.");
  if (state.held(*account)) return tl::unexpected(held(state, *account));
  wire::Reply reply;
  reply.mutable_signed_in()->set_account(account->id);
  reply.mutable_signed_in()->set_nick(account->nick.str());
  return reply;
}

}  // namespace

Result<std::string> SignInCodes::issue(AccountId account, base::Time now) {
  expire(now);
  if (issued_.size() >= kCodesMax)
    return fail(ErrorCode::kBusy, "Too many people are asking for a code just now.",
                std::chrono::ceil<std::chrono::milliseconds>(issued_.front().until - now));
  const auto decision = per_person_.decide(std::to_string(account), per_person(), now);
  if (!decision.admitted())
    return fail(ErrorCode::kRateLimited, "You have asked for a few codes already.",
                wait_for(decision, now));
  if (const auto older = of_account_.find(account); older != of_account_.end()) {
    codes_.erase(older->second);
    of_account_.erase(older);
  }
  const std::string code = base::random_word(base::kUnambiguous, kLength);
  const base::Digest digest = base::keyed_digest(key_, code);
  codes_[digest] = {account, now + kGoodFor};
  of_account_[account] = digest;
  issued_.push_back({digest, now + kGoodFor});
  return code.substr(0, kLength / 2) + "-" + code.substr(kLength / 2);
}

Result<AccountId> SignInCodes::redeem(std::string_view written, base::Time now) {
  expire(now);
  const auto decision = wrong_.check(wrong_ones(), now);
  if (!decision.admitted())
    return fail(ErrorCode::kRateLimited, "Too many wrong codes are being tried.",
                wait_for(decision, now));
  const auto code = base::read_word(written, kLength);
  const auto found = code ? codes_.find(base::keyed_digest(key_, *code)) : codes_.end();
  if (found == codes_.end()) {
    wrong_.charge(wrong_ones(), now);
    return fail(ErrorCode::kUnknown,
                "That is no code, or it has been used, or its two minutes are over.");
  }
  const AccountId account = found->second.account;
  codes_.erase(found);
  of_account_.erase(account);
  return account;
}

void SignInCodes::expire(base::Time now) {
  while (!issued_.empty() && issued_.front().until <= now) {
    forget(issued_.front().digest);
    issued_.pop_front();
  }
}

void SignInCodes::forget(const base::Digest& digest) {
  const auto found = codes_.find(digest);
  if (found == codes_.end()) return;  // used, or replaced
  of_account_.erase(found->second.account);
  codes_.erase(found);
}

wire::Reply answer_sign_in(SignInCodes& codes, const State& state, const std::string& website,
                           const wire::Request& request, base::Time now) {
  const auto reply = request.has_issue_code() ? issue(codes, state, website, request, now)
                                              : redeem(codes, state, request, now);
  return reply ? *reply : wire::error_reply(reply.error());
}

}  // namespace bridge::state
