// lapwingctl publish: one post.
#include <CLI/CLI.hpp>
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

}  // namespace

void add_publish(CLI::App& app, const Access& access, Action& action) {
  CLI::App* command =
      app.add_subcommand("publish", "Publish TEXT as NICK and print the id of the post.");
  command->footer(
      "A NICK nobody has becomes an account without an address. With --id, saying the same again\n"
      "publishes nothing and prints the id of the post that is there.");
  const auto options = std::make_shared<PublishOptions>();
  command->add_option("--as", options->author, "the author")
      ->type_name("NICK")
      ->required()
      ->check(judge_nick);
  command->add_option("--id", options->client_id, "client id, 1 to 128 bytes; random when absent")
      ->type_name("ID")
      ->check([](const std::string& id) {
        return id.size() <= kClientIdBytesMax ? "" : "At most 128 bytes, please.";
      });
  command->add_option("text", options->text, "the post")->type_name("TEXT")->required();
  command->callback(
      [options, &access, &action] { action = [=, &access] { return publish(access, *options); }; });
}

}  // namespace bridge::ctl
