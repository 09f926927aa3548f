// lapwingctl owed: what is waiting for whom.
#include <unistd.h>

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

// For a person who waits; a script reads only the result.
void show_progress(const wire::OwedReport& so_far) {
  if (isatty(STDERR_FILENO) == 0) return;
  std::cerr << "counted up to " << with_commas(so_far.at()) << " of " << with_commas(so_far.head())
            << "\n";
}

int owed(const Access& access, const OwedOptions& options) {
  const auto connection = Connection::open(access);
  if (!connection) return report_usage(connection.error());
  wire::OwedReport all;
  wire::Request request;
  request.mutable_owed()->set_nick(options.nick);
  do {
    const auto reply = (*connection)->ask(request);
    if (!reply) return report(reply.error());
    if (!reply->has_owed()) return report(unexpected_reply());
    const wire::OwedReport& part = reply->owed();
    if (part.at() < part.head() && part.report() != 0) show_progress(part);
    all.set_head(part.head());
    all.mutable_people()->MergeFrom(part.people());
    request.mutable_owed()->set_report(part.report());
    request.mutable_owed()->set_after(part.next());
  } while (request.owed().report() != 0);
  std::cout << (options.json ? to_json(all) + "\n" : to_text(all));
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
