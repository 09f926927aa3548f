// StanzaFilter: the scanner between the TCP socket and libstrophe. It finds where each inbound
// stanza ends without building anything, lets a good one through unchanged, and drops a bad one
// whole while the stream goes on.
//
//     if (!filter.feed(bytes, out, refused)) close(filter.failure());
//     parser.feed(out);
//
// It exists because the parser above cannot be given unbounded input: its text handling is
// quadratic (512 KB of newlines cost 1.3 s) and its tree recursive (150,000 nested elements
// overflow the stack), and no server setting bounds what a component receives. A stanza is held
// back until its last byte (so at most `stanza_bytes_max` are held), checked (stanza_check.h), then
// handed on.
//
// A stanza over a bound is reported as soon as the bound is passed and skipped to its end, in
// linear time and constant memory. A document type declaration, text or markup between stanzas, and
// a stanza that never ends are the server's own doing and fail the stream.
//
// Pure: no I/O, no clock. How the input is cut into pieces makes no difference. One per stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/xmpp/stanza_check.h"

namespace gateway::xmpp {

struct RefusedStanza {
  StanzaHead head;  // empty when its start tag alone was over the bound or not well-formed
  std::string_view why = {};

  bool operator==(const RefusedStanza&) const = default;
};

class StanzaFilter {
 public:
  struct Options {
    std::size_t stanza_bytes_max = 64 * 1024;
    std::size_t depth_max = 64;  // elements inside each other, the stanza is 1
    std::size_t skipped_bytes_max =
        64 * 1024 * 1024;  // of one refused stanza; beyond, the stream fails
  };

  explicit StanzaFilter(Options options) : options_(options) {}

  // Appends what may go on to `out` and what was refused to `refused`. False when the stream cannot
  // go on; everything fed after that is ignored.
  bool feed(std::string_view in, std::string& out, std::vector<RefusedStanza>& refused);

  // Why the stream failed; empty while it has not.
  std::string_view failure() const { return failure_; }

 private:
  // Where in the markup the next byte stands.
  enum class At { kText, kOpened, kTag, kQuoted, kBang, kUntil };
  // What the last step completed.
  enum class Event { kNone, kHeader, kElementOpened, kStanza, kStreamEnd };

  std::size_t step(std::string_view rest);
  std::size_t skip(std::string_view rest);
  std::size_t skip_tags(std::string_view rest);
  std::size_t step_text(std::string_view rest);
  std::size_t step_opened(char byte);
  std::size_t step_tag(std::string_view rest);
  std::size_t step_quoted(std::string_view rest);
  std::size_t step_bang(char byte);
  std::size_t step_until(char byte);
  void tag_ended();
  void until(std::string_view terminator);
  void fail(std::string_view why);

  void keep(std::string_view bytes, std::string& out, std::vector<RefusedStanza>& refused);
  void complete(std::string& out, std::vector<RefusedStanza>& refused);
  void refuse(std::string_view why, std::vector<RefusedStanza>& refused);

  const Options options_;
  StanzaCheck check_;

  // the scanner
  At at_ = At::kText;
  Event event_ = Event::kNone;
  std::uint64_t depth_ = 0;   // open elements, the stream itself is 1
  char last_ = 0;             // the byte before, in a tag: `/` makes `>` an empty element's
  bool closing_ = false;      // in an end tag
  char quote_ = 0;            // what closes the attribute's value
  std::string_view until_;    // what closes a comment, CDATA section or instruction
  std::size_t matched_ = 0;   // how much of `until_` or of a declaration's keyword has come
  std::string_view keyword_;  // the declaration it can still become
  bool ended_ = false;
  std::string_view failure_;

  // what is held back
  bool in_header_ = true;  // until the stream's start tag is complete
  bool holding_ = true;
  bool skipping_ = false;  // inside a refused stanza
  std::string held_;
  std::size_t skipped_ = 0;
};

}  // namespace gateway::xmpp
