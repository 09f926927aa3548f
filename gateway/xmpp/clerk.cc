#include "gateway/xmpp/clerk.h"

#include <string>
#include <utility>

namespace gateway::xmpp {

Stanza head_of(const Stanza& iq) {
  Stanza head;
  head.name = iq.name;
  head.from = iq.from;
  head.to = iq.to;
  head.type = iq.type;
  head.id = iq.id;
  head.query_ns = iq.query_ns;
  return head;
}

void Clerk::refuse(const Stanza& iq, const Refusal& refusal) {
  const std::string ours = iq.to.full();
  const std::string theirs = iq.from.full();
  outbox_.push(ErrorReply{.name = iq.name,
                          .from = ours,
                          .to = theirs,
                          .id = iq.id,
                          .type = refusal.type,
                          .condition = refusal.condition,
                          .text = refusal.text,
                          .command_problem = iq.query_ns == kCommandsNs ? refusal.command_problem
                                                                        : std::string_view()});
}

void Clerk::run(const Stanza& iq, const command::Command& command, std::string_view client_id,
                bridge::base::Time now, Done done,
                std::function<bool(const wire::Error&)> handled) {
  if (const auto refusal = guard_.refuse_command(iq.from, now)) {
    ++counters_.limited;
    return refuse(iq, *refusal);
  }
  auto request = command::to_request(command, client_id);
  if (request)
    if (const auto refusal = admission_.refuse(*request, iq.from, now)) return refuse(iq, *refusal);
  ++counters_.commands;
  if (!request) return done({});
  ask(iq, command, std::move(*request), now, std::move(done), std::move(handled));
}

void Clerk::look_up(const Stanza& iq, const command::Command& question, bridge::base::Time now,
                    Done done) {
  ask(iq, question, *command::to_request(question, {}), now, std::move(done), {});
}

void Clerk::ask(const Stanza& iq, const command::Command& command, wire::Request request,
                bridge::base::Time now, Done done,
                std::function<bool(const wire::Error&)> handled) {
  request.mutable_actor()->set_address(iq.from.bare());
  const bool asked =
      asker_.ask(request, now,
                 [this, iq = head_of(iq), command, done = std::move(done),
                  handled = std::move(handled)](const wire::Reply& reply, bridge::base::Time) {
                   if (!reply.has_error()) {
                     done(reply);
                     attendance_.welcome(iq.from.bare(), reply);
                     return;
                   }
                   const wire::Error& error = reply.error();
                   if (error.code() == wire::UNAVAILABLE) ++counters_.away;
                   if (handled && handled(error)) return;
                   refuse(iq, refusal_of(error.code(), command::render_error(command, error)));
                 });
  if (asked) return;
  ++counters_.busy;
  refuse(iq, too_busy());
}

}  // namespace gateway::xmpp
