// StanzaCheck: is this stretch of bytes one stanza that may go on to the stream's parser?
//
//     StanzaCheck check;
//     check.open("<stream:stream xmlns='jabber:component:accept' …>");
//     if (auto problem = check.problem(bytes)) …refuse…
//
// The stream's parser lives as long as the stream and dies of the first malformed byte, and takes
// the stream with it; so every stanza is parsed here first, behind a copy of the
// stream's own header, so that the verdict is the one the stream's parser would give. What it must
// not see is refused too: comments and processing instructions (RFC 6120 section 11.1), and
// prefixed attributes on the stanza itself that would shadow from, to, id or type: libstrophe drops
// prefixes, so `x:from='someone@else'` would replace the sender. Refused as well is what libstrophe
// would take long for although it is short: very many elements, attributes or pieces of text.
//
// Give it bounded pieces only: its cost is linear in their length. The one file with expat in it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::xmpp {

// The addressing of a stanza, as written; empty when absent.
struct StanzaHead {
  std::string name = {};
  std::string from = {};
  std::string to = {};
  std::string id = {};
  std::string type = {};

  bool operator==(const StanzaHead&) const = default;
};

class StanzaCheck {
 public:
  StanzaCheck();
  ~StanzaCheck();
  StanzaCheck(const StanzaCheck&) = delete;
  StanzaCheck& operator=(const StanzaCheck&) = delete;

  // A new stream. False when `header` is not an optional XML declaration and one open start tag.
  bool open(std::string_view header);

  // What is wrong with it, in a few words; nullopt for one well-formed stanza. After open() only.
  std::optional<std::string_view> problem(std::string_view stanza);

  // The head of a stanza of which only the beginning is here; empty when not even the start tag is.
  StanzaHead head(std::string_view beginning);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  std::string header_;
};

}  // namespace gateway::xmpp
