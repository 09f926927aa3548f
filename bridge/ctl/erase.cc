// lapwingctl erase: an account and everything by it and to it, for good.
#include <iostream>
#include <memory>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/exit_code.h"
#include "bridge/ctl/request.h"

namespace bridge::ctl {
namespace {

struct EraseOptions {
  std::string nick;
  bool yes = false;
};

int erase(const Access& access, const EraseOptions& options) {
  if (!options.yes)
    return report_usage({base::ErrorCode::kBadRequest,
                         "This cannot be undone: say --yes to erase " + options.nick +
                             ", every post and direct message by them, and every direct message to "
                             "them."});
  const auto connection = Connection::open(access);
  if (!connection) return report_usage(connection.error());
  wire::Request request;
  request.mutable_operate()->set_who(operator_name());
  request.mutable_operate()->set_erase(options.nick);
  const auto reply = (*connection)->ask(request);
  if (!reply) return report(reply.error());
  if (!reply->has_done()) return report(unexpected_reply());
  std::cout << options.nick
            << " is erased: nobody is shown anything of it any more. The log is being "
            << "overwritten; `lapwingctl status` counts records_to_erase.\n";
  return kOk;
}

std::string judge_nick(const std::string& nick) {
  const auto good = check_nick(nick);
  return good ? std::string() : good.error().text;
}

}  // namespace

void add_erase(base::CommandLine& line, const Access& access, Action& action) {
  base::Command command = line.command(
      "erase", "Erase the account NICK: its address, all it wrote, and all directs to it.");
  command.inherit_options();
  command.footer(
      "The nick stays taken. Copies in backups, in the archives of XMPP servers and in people's\n"
      "clients are out of reach.");
  const auto options = std::make_shared<EraseOptions>();
  command.option(
      options->nick,
      {.name = "nick", .help = "whom", .type = "NICK", .required = true, .check = judge_nick});
  command.flag(options->yes, "--yes", "yes, for good");
  command.on_chosen(
      [options, &access, &action] { action = [=, &access] { return erase(access, *options); }; });
}

}  // namespace bridge::ctl
