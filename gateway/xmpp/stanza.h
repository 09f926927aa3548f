// Stanza: what the gateway understands of an inbound stanza, as a plain struct.
//
// Everything in it was bounded by the stanza filter and parsed by libstrophe; nothing in it is
// trusted to be short, sensible or polite. Outbound stanzas are text: see render.h.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/xmpp/jid.h"

namespace gateway::xmpp {

// A form that was filled in (XEP-0004): the values of each field, by its name.
struct FilledForm {
  bool cancelled = false;
  std::vector<std::pair<std::string, std::vector<std::string>>> fields;
};

struct Stanza {
  enum class Name { kMessage, kPresence, kIq };

  Name name = Name::kMessage;
  Jid from;
  Jid to;
  std::string type;  // as written; empty when absent
  std::string id;

  // message
  std::optional<std::string> body;  // the first <body/>, without what XEP-0428 marks as a quotation
  std::string origin_id;            // XEP-0359
  std::string reply_to;             // XEP-0461: the id of the message it answers
  std::string reacts_to;            // XEP-0444: the id of the message it reacts to
  bool reacts = false;              // with at least one reaction; else all of them are taken back
  bool receipt_requested = false;   // XEP-0184
  std::string receipt_for;          // XEP-0184: the id it confirms
  std::string replaces;             // XEP-0308: the id of the message it corrects
  std::string retracts;             // XEP-0424: the id of the message it takes back
  std::string confirms;             // XEP-0070: the id of the request it confirms; errors refuse it
  bool delayed = false;             // XEP-0203: sent from an offline store

  // presence
  std::string show;
  int priority = 0;

  // iq: the first child
  std::string query_name;
  std::string query_ns;
  std::string query_node;
  std::string command_action;      // XEP-0050
  std::string command_session;     // XEP-0050
  std::optional<FilledForm> form;  // in that child: XEP-0004, or the elements of XEP-0077
  bool unregisters = false;        // XEP-0077: <remove/>

  // type="error": the defined condition's element name, such as "service-unavailable"
  std::string error_condition;
  std::string error_type;
};

}  // namespace gateway::xmpp
