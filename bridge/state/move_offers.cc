#include "bridge/state/move_offers.h"

#include "bridge/base/text.h"
#include "bridge/state/refusals.h"
#include "bridge/wire/messages.h"

namespace bridge::state {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

throttle::Policy offers_per_person() {
  return *throttle::Policy::make(3, MoveOffers::kGoodFor, 3);
}
throttle::Policy wrong_per_address() {
  return *throttle::Policy::make(5, MoveOffers::kGoodFor, 5);
}

Result<wire::Reply> offer(MoveOffers& offers, const State& state, const wire::Request& request,
                          base::Time now) {
  const Account* account = state.find_address(request.actor().address());
  if (!account || !account->open) return tl::unexpected(not_joined());
  const std::string& address = request.offer_move().address();
  wire::Reply reply;
  auto& offered = *reply.mutable_move_offered();
  offered.set_nick(account->nick.str());
  if (address == account->address.view())
    return fail(ErrorCode::kBadRequest, "That is the address you have.");
  if (auto ok = offers.offer(account->id, address, now); !ok) return tl::unexpected(ok.error());
  offered.set_address(address);
  offered.set_good_for_ms(std::chrono::milliseconds(MoveOffers::kGoodFor).count());
  return reply;
}

}  // namespace

Result<void> MoveOffers::offer(AccountId account, std::string_view address, base::Time now) {
  expire(now);
  const std::size_t at = address.find('@');
  const bool bare = at != std::string_view::npos && at != 0 && at + 1 < address.size() &&
                    address.find_first_of("/ \t\n") == std::string_view::npos &&
                    address.find('@', at + 1) == std::string_view::npos;
  if (!bare || !base::check_text(address, kAddressBytesMax))
    return fail(ErrorCode::kBadRequest, "A Jabber address is written like name@example.org.");
  if (made_.size() >= kOffersMax)
    return fail(ErrorCode::kBusy, "Too many people are moving just now.",
                std::chrono::ceil<std::chrono::milliseconds>(made_.front().until - now));
  const auto decision = per_person_.decide(std::to_string(account), offers_per_person(), now);
  if (!decision.admitted())
    return fail(ErrorCode::kRateLimited, "You have named a few addresses already.",
                wait_for(decision, now));
  offers_[account] = {std::string(address), now + kGoodFor};
  made_.push_back({account, now + kGoodFor});
  return {};
}

Result<void> MoveOffers::may_take(AccountId account, std::string_view address, base::Time now) {
  expire(now);
  const auto decision = wrong_.check(address, wrong_per_address(), now);
  if (!decision.admitted())
    return fail(ErrorCode::kRateLimited, "You have tried a few names already.",
                wait_for(decision, now));
  const auto found = offers_.find(account);
  if (found != offers_.end() && found->second.address == address) return {};
  wrong_.charge(address, wrong_per_address(), now);
  return fail(ErrorCode::kUnknown,
              "No account of that name is on its way to this address. From the address that it "
              "has now, say `link " +
                  std::string(address) + "` first; then you have ten minutes.");
}

void MoveOffers::expire(base::Time now) {
  while (!made_.empty() && made_.front().until <= now) {
    const auto found = offers_.find(made_.front().account);
    if (found != offers_.end() && found->second.until <= now) offers_.erase(found);
    made_.pop_front();
  }
}

wire::Reply answer_offer(MoveOffers& offers, const State& state, const wire::Request& request,
                         base::Time now) {
  const auto reply = offer(offers, state, request, now);
  return reply ? *reply : wire::error_reply(reply.error());
}

}  // namespace bridge::state
