// lapwingctl cap, lapwingctl caps: how many of those who track a word are awake.
#include <charconv>
#include <iostream>
#include <memory>
#include <optional>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/exit_code.h"
#include "bridge/ctl/json.h"
#include "bridge/ctl/report.h"
#include "bridge/ctl/request.h"

namespace bridge::ctl {
namespace {

struct CapOptions {
  std::string word;
  std::string listeners;
};

base::Result<wire::Request> cap_request(const CapOptions& options) {
  wire::Request request;
  auto& cap = *request.mutable_cap_listeners();
  cap.set_phrase(options.word);
  cap.set_who(operator_name());
  if (options.listeners == "none") {
    cap.set_lifted(true);
    return request;
  }
  std::uint32_t listeners = 0;
  const char* end = options.listeners.data() + options.listeners.size();
  const auto read = std::from_chars(options.listeners.data(), end, listeners);
  if (read.ec != std::errc{} || read.ptr != end)
    return base::fail(base::ErrorCode::kBadRequest, "A cap is a number of listeners, or none.");
  cap.set_listeners(listeners);
  return request;
}

int cap(const Access& access, const CapOptions& options) {
  const auto request = cap_request(options);
  if (!request) return report_usage(request.error());
  const auto connection = Connection::open(access);
  if (!connection) return report_usage(connection.error());
  const auto reply = (*connection)->ask(*request);
  if (!reply) return report(reply.error());
  if (!reply->has_done()) return report(unexpected_reply());
  std::cout << (reply->done().changed() ? "Set.\n" : "It was so already.\n");
  return kOk;
}

int caps(const Access& access, bool json) {
  const auto connection = Connection::open(access);
  if (!connection) return report_usage(connection.error());
  wire::Request request;
  request.mutable_list_caps();
  const auto reply = (*connection)->ask(request);
  if (!reply) return report(reply.error());
  if (!reply->has_word_caps()) return report(unexpected_reply());
  std::cout << (json ? to_json(reply->word_caps()) + "\n" : to_text(reply->word_caps()));
  return kOk;
}

}  // namespace

void add_cap(base::CommandLine& line, const Access& access, Action& action) {
  base::Command command = line.command(
      "cap", "Set how many of those who track a word are awake; the rest wait for their turn.");
  command.inherit_options();
  const auto options = std::make_shared<CapOptions>();
  command.option(
      options->word,
      {.name = "word", .help = "as somebody tracks it", .type = "PHRASE", .required = true});
  command.option(options->listeners, {.name = "listeners",
                                      .help = "so many, or none: as for every other word",
                                      .type = "N|none",
                                      .required = true});
  command.on_chosen(
      [options, &access, &action] { action = [=, &access] { return cap(access, *options); }; });
}

void add_caps(base::CommandLine& line, const Access& access, Action& action) {
  base::Command command =
      line.command("caps", "Show the words with a cap of their own, or with somebody waiting.");
  command.inherit_options();
  const auto json = std::make_shared<bool>(false);
  command.flag(*json, "--json", "as one JSON object on one line");
  command.on_chosen(
      [json, &access, &action] { action = [=, &access] { return caps(access, *json); }; });
}

}  // namespace bridge::ctl
