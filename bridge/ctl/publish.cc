// lapwingctl publish: one post.
#include <iostream>
#include <memory>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/exit_code.h"
#include "bridge/ctl/request.h"

namespace bridge::ctl {
namespace {

struct PublishOptions {
  std::string author;
  std::string text;
  std::string client_id;
};

int publish(const Access& access, const PublishOptions& options) {
  const auto connection = Connection::open(access);
  if (!connection) return report_usage(connection.error());
  const std::string id = options.client_id.empty() ? random_client_id() : options.client_id;
  const auto reply = (*connection)->ask(publish_request(options.author, options.text, id));
  if (!reply) return report(reply.error());
  if (!reply->has_published()) return report(unexpected_reply());
  std::cout << reply->published().id() << '\n';
  return kOk;
}

std::string judge_nick(const std::string& nick) {
  const auto good = check_nick(nick);
  return good ? std::string() : good.error().text;
}

std::string judge_id(const std::string& id) {
  return id.size() <= kClientIdBytesMax ? "" : "At most 128 bytes, please.";
}

}  // namespace

void add_publish(base::CommandLine& line, const Access& access, Action& action) {
  base::Command command =
      line.command("publish", "Publish TEXT as NICK and print the id of the post.");
  command.inherit_options();
  command.footer(
      "A NICK nobody has becomes an account without an address. With --id, saying the same again\n"
      "publishes nothing and prints the id of the post that is there.");
  const auto options = std::make_shared<PublishOptions>();
  command.option(options->author, {.name = "--as",
                                   .help = "the author",
                                   .type = "NICK",
                                   .required = true,
                                   .check = judge_nick});
  command.option(options->client_id, {.name = "--id",
                                      .help = "client id, 1 to 128 bytes; random when absent",
                                      .type = "ID",
                                      .check = judge_id});
  command.option(options->text,
                 {.name = "text", .help = "the post", .type = "TEXT", .required = true});
  command.on_chosen(
      [options, &access, &action] { action = [=, &access] { return publish(access, *options); }; });
}

}  // namespace bridge::ctl
