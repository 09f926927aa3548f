#include "gateway/command/command.h"

#include <fmt/format.h>

#include "gateway/command/phrasing.h"
#include "gateway/command/texts.h"

namespace gateway::command {

std::optional<wire::Request> to_request(const Command& command, std::string_view client_id) {
  if (!command.entry->ask) return std::nullopt;
  wire::Request request;
  command.entry->ask(command.values, client_id, request);
  return request;
}

std::string render_reply(const Command& command, const wire::Reply& reply) {
  if (reply.has_error()) return render_error(command, reply.error());
  return command.entry->say(command.values, reply);
}

std::string render_error(const Command& command, const wire::Error& error) {
  if (error.code() == wire::NOT_JOINED) return how_to_join();
  std::string text = error.text().empty() ? "That did not work." : error.text();
  if (error.retry_after_ms() > 0)
    text += fmt::format(" Try again {}.", in_how_long(error.retry_after_ms()));
  // "follow me" was perhaps no command.
  const bool sentence = command.entry->misfit == Misfit::kMaySpeak && !command.written.empty();
  if (error.code() == wire::UNKNOWN && sentence) text += " " + post_anyway(command.written);
  return text;
}

}  // namespace gateway::command
