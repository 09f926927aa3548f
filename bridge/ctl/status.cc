// lapwingctl status: the numbers of the bridge.
#include <iostream>
#include <memory>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/exit_code.h"
#include "bridge/ctl/json.h"
#include "bridge/ctl/report.h"

namespace bridge::ctl {
namespace {

int status(const Access& access, bool json) {
  const auto connection = Connection::open(access);
  if (!connection) return report_usage(connection.error());
  wire::Request request;
  request.mutable_status();
  const auto reply = (*connection)->ask(request);
  if (!reply) return report(reply.error());
  if (!reply->has_status()) return report(unexpected_reply());
  std::cout << (json ? to_json(reply->status()) + "\n" : to_text(reply->status()));
  return kOk;
}

}  // namespace

void add_status(base::CommandLine& line, const Access& access, Action& action) {
  base::Command command =
      line.command("status", "Show how the bridge is: its log, accounts, lanes and counters.");
  command.inherit_options();
  const auto json = std::make_shared<bool>(false);
  command.flag(*json, "--json", "as one JSON object on one line");
  command.on_chosen(
      [json, &access, &action] { action = [=, &access] { return status(access, *json); }; });
}

}  // namespace bridge::ctl
