// Command: what a person asked for: an entry of the catalog and the values that go with it.
//
//   Parsed parsed = parse("follow alice");      // parse.h; a form makes one too (form.h)
//   to_request(command, client_id)   // what to ask of the bridge
//   render_reply(command, reply)     // what the person reads
//
// The language knows no XMPP and no HTTP: chat text, forms and the website all end up here. Values
// fit their fields (see Kind); whether the person exists or the phrase can be tracked is for the
// bridge to say.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/command/catalog.h"

namespace gateway::command {

struct Command {
  const Entry* entry = nullptr;
  Values values = {};
  std::string written = {};  // in chat: the whole line

  bool is(std::string_view name) const { return entry->name == name; }
};

// `client_id`: what makes a publication the same when it comes again. Nothing for what is answered
// without the bridge.
std::optional<wire::Request> to_request(const Command& command, std::string_view client_id);

// What a person reads when the bridge has answered, an error included.
std::string render_reply(const Command& command, const wire::Reply& reply);
std::string render_error(const Command& command, const wire::Error& error);

}  // namespace gateway::command
