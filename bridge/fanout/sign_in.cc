// The part of Fanout that asks people in chat whether they want to be signed in on the website.
#include <utility>

#include "bridge/fanout/fanout.h"
#include "bridge/state/refusals.h"
#include "bridge/wire/messages.h"

namespace bridge::fanout {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

// The request of the website that a question is about.
constexpr std::string_view kMethod = "POST";
constexpr std::string_view kPath = "/sign-in/ask";

constexpr std::size_t kNickBytesMax = 20;

wire::SignInAsked::State wire_state(SignInQuestions::State state) {
  switch (state) {
    case SignInQuestions::State::kWaiting:
      return wire::SignInAsked::WAITING;
    case SignInQuestions::State::kConfirmed:
      return wire::SignInAsked::CONFIRMED;
    case SignInQuestions::State::kRefused:
      return wire::SignInAsked::REFUSED;
    case SignInQuestions::State::kOver:
      return wire::SignInAsked::OVER;
  }
  return wire::SignInAsked::OVER;
}

std::uint64_t milliseconds(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(time.count());
}

Result<wire::Reply> check(SignInQuestions& questions, const state::State& state,
                          const wire::CheckSignIn& request, base::Time now) {
  const auto found = questions.check(request.ticket(), now);
  wire::Reply reply;
  if (found.state == SignInQuestions::State::kConfirmed) {
    const state::Account* account = state.find(found.account);
    if (!account || !account->open)
      return fail(ErrorCode::kUnknown, "Whoever confirmed that is no member any more.");
    if (state.held(*account)) return tl::unexpected(state::held(state, *account));
    if (request.take()) {
      questions.take(request.ticket(), now);
      reply.mutable_signed_in()->set_account(account->id);
      reply.mutable_signed_in()->set_nick(account->nick.str());
      return reply;
    }
  }
  wire::SignInAsked& said = *reply.mutable_sign_in_asked();
  said.set_transaction(found.transaction);
  said.set_good_for_ms(milliseconds(found.left));
  said.set_state(wire_state(found.state));
  return reply;
}

Result<wire::Reply> answer(SignInQuestions& questions, const state::State& state,
                           const std::string& address, const wire::AnswerSignIn& request,
                           base::Time now) {
  const state::Account* account = state.find_address(address);
  if (!account || !account->open) return tl::unexpected(state::not_joined());
  if (state.held(*account)) return tl::unexpected(state::held(state, *account));
  auto answered = questions.answer(account->id, request.transaction(), request.yes(), now);
  if (!answered) return tl::unexpected(answered.error());
  wire::Reply reply;
  reply.mutable_done()->set_changed(true);
  reply.mutable_done()->set_nick(account->nick.str());
  return reply;
}

}  // namespace

Result<wire::Reply> Fanout::sign_in(const wire::Request& request) {
  if (request.has_ask_sign_in()) return ask_sign_in(request.ask_sign_in().nick());
  if (request.has_check_sign_in())
    return check(questions_, state_, request.check_sign_in(), turn_.mono);
  return answer(questions_, state_, request.actor().address(), request.answer_sign_in(),
                turn_.mono);
}

Result<wire::Reply> Fanout::ask_sign_in(const std::string& nick) {
  if (options_.website.empty())
    return fail(ErrorCode::kForbidden,
                "The bridge was not told where its website is, and cannot ask.");
  if (nick.empty() || nick.size() > kNickBytesMax)
    return fail(ErrorCode::kBadRequest, "That is no name: 1 to 20 letters, digits or _.");
  const state::Account* account = state_.find_nick(nick);
  if (account && (!account->open || account->address.empty() || state_.held(*account)))
    account = nullptr;
  auto asked = questions_.ask(state::fold_nick(nick), account ? account->id : 0, turn_.mono);
  if (!asked) return tl::unexpected(asked.error());
  if (account) put_question(*account, asked->transaction);
  wire::Reply reply;
  wire::SignInAsked& said = *reply.mutable_sign_in_asked();
  said.set_ticket(std::move(asked->ticket));
  said.set_transaction(std::move(asked->transaction));
  said.set_good_for_ms(milliseconds(SignInQuestions::kGoodFor));
  return reply;
}

// In the batch of this turn, or not at all: who is away, or whose gateway is slow to take what it
// gets, is not asked.
void Fanout::put_question(const state::Account& account, const std::string& transaction) {
  const auto way = available_.find(account.address.view());
  if (way == available_.end() || bounces_.held(account.id)) return;
  const auto it = sessions_.find(way->second.session);
  if (it == sessions_.end()) return;
  Session& session = it->second;
  if (session.unacknowledged.size() >= Session::kUnacknowledgedMax) return;
  wire::SignInQuestion& question = *session.batch.add_sign_in_questions();
  question.set_address(account.address.str());
  question.set_transaction(transaction);
  question.set_method(kMethod.data(), kMethod.size());
  question.set_url(options_.website + std::string(kPath));
  question.set_good_for_ms(milliseconds(SignInQuestions::kGoodFor));
  session.batch_bytes += question.ByteSizeLong();
  questions_.counters().sent.add();
  if (session.batch_full()) flush(session);
}

}  // namespace bridge::fanout
