// lapwingctl owed: what is waiting for whom.
#include <iostream>
#include <memory>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/exit_code.h"
#include "bridge/ctl/json.h"
#include "bridge/ctl/report.h"

namespace bridge::ctl {
namespace {

struct OwedOptions {
  std::string nick;
  bool json = false;
};

int owed(const Access& access, const OwedOptions& options) {
  const auto connection = Connection::open(access);
  if (!connection) return report_usage(connection.error());
  wire::Request request;
  request.mutable_owed()->set_nick(options.nick);
  const auto reply = (*connection)->ask(request);
  if (!reply) return report(reply.error());
  if (!reply->has_owed()) return report(unexpected_reply());
  std::cout << (options.json ? to_json(reply->owed()) + "\n" : to_text(reply->owed()));
  return kOk;
}

}  // namespace

void add_owed(base::CommandLine& line, const Access& access, Action& action) {
  base::Command command = line.command(
      "owed", "Show the deliveries that wait, per person, computed from the log and the cursors.");
  command.inherit_options();
  const auto options = std::make_shared<OwedOptions>();
  command.option(options->nick, {.name = "nick", .help = "only this person", .type = "NICK"});
  command.flag(options->json, "--json", "as one JSON object on one line");
  command.on_chosen(
      [options, &access, &action] { action = [=, &access] { return owed(access, *options); }; });
}

}  // namespace bridge::ctl
