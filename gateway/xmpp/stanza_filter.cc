#include "gateway/xmpp/stanza_filter.h"

#include <algorithm>

namespace gateway::xmpp {
namespace {

constexpr std::string_view kWhitespace = " \t\r\n";
constexpr std::string_view kComment = "--";
constexpr std::string_view kCdata = "[CDATA[";

std::size_t find_or_end(std::string_view text, char byte) {
  return std::min(text.find(byte), text.size());
}

}  // namespace

bool StanzaFilter::feed(std::string_view in, std::string& out,
                        std::vector<RefusedStanza>& refused) {
  while (!in.empty() && failure_.empty() && !ended_) {
    const std::size_t taken = skipping_ ? skip(in) : step(in);
    if (!failure_.empty()) break;
    keep(in.substr(0, taken), out, refused);
    in.remove_prefix(taken);
    complete(out, refused);
  }
  return failure_.empty();
}

void StanzaFilter::fail(std::string_view why) {
  failure_ = why;
  held_ = {};
}

// Scanning: each step takes at least one byte and says in event_ what it completed.

std::size_t StanzaFilter::step(std::string_view rest) {
  event_ = Event::kNone;
  switch (at_) {
    case At::kText:
      return step_text(rest);
    case At::kOpened:
      return step_opened(rest[0]);
    case At::kTag:
      return step_tag(rest);
    case At::kQuoted:
      return step_quoted(rest);
    case At::kBang:
      return step_bang(rest[0]);
    case At::kUntil:
      return step_until(rest[0]);
  }
  return rest.size();
}

// Many steps at once, for there is nothing to keep: up to the end of what is refused, or to the
// first byte over the bound.
std::size_t StanzaFilter::skip(std::string_view rest) {
  rest = rest.substr(0, options_.skipped_bytes_max - skipped_ + 1);
  std::size_t taken = 0;
  do {
    taken += skip_tags(rest.substr(taken));
    if (taken == rest.size()) return taken;
    taken += step(rest.substr(taken));
  } while (taken < rest.size() && failure_.empty() && event_ != Event::kStanza &&
           event_ != Event::kStreamEnd);
  return taken;
}

// A shortcut for what a flood of elements is made of: text and whole tags without quotes, as long
// as the stanza does not end with them. Takes nothing where step() has to look closer.
std::size_t StanzaFilter::skip_tags(std::string_view rest) {
  event_ = Event::kNone;
  if (at_ != At::kText) return 0;
  std::size_t taken = 0;
  for (;;) {
    std::size_t at = taken;
    while (at < rest.size() && rest[at] != '<') ++at;
    taken = at;
    if (++at >= rest.size() || rest[at] == '!' || rest[at] == '?' || rest[at] == '>') return taken;
    const bool closing = rest[at] == '/';
    if (closing && depth_ == 2) return taken;
    while (at < rest.size() && rest[at] != '>' && rest[at] != '"' && rest[at] != '\'') ++at;
    if (at == rest.size() || rest[at] != '>') return taken;
    if (closing)
      --depth_;
    else if (rest[at - 1] != '/')
      ++depth_;
    taken = at + 1;
  }
}

std::size_t StanzaFilter::step_text(std::string_view rest) {
  if (rest[0] == '<') {
    at_ = At::kOpened;
    holding_ = true;
    return 1;
  }
  if (depth_ != 1) return find_or_end(rest, '<');
  const std::size_t space = std::min(rest.find_first_not_of(kWhitespace), rest.size());
  if (space == 0) fail("text between stanzas");
  return space;
}

std::size_t StanzaFilter::step_opened(char byte) {
  closing_ = byte == '/';
  last_ = 0;
  if (byte == '!') {
    at_ = At::kBang;
    keyword_ = {};
    matched_ = 0;
  } else if (byte == '?') {
    until("?>");
  } else if (byte == '>') {
    fail("a tag without a name");
  } else {
    at_ = At::kTag;
  }
  return 1;
}

std::size_t StanzaFilter::step_tag(std::string_view rest) {
  const auto special = [](char byte) { return byte == '>' || byte == '"' || byte == '\''; };
  const auto plain = static_cast<std::size_t>(std::ranges::find_if(rest, special) - rest.begin());
  if (plain > 0) last_ = rest[plain - 1];
  if (plain == rest.size()) return plain;
  if (rest[plain] == '>') {
    tag_ended();
  } else {
    at_ = At::kQuoted;
    quote_ = rest[plain];
  }
  return plain + 1;
}

void StanzaFilter::tag_ended() {
  at_ = At::kText;
  const bool empty_element = !closing_ && last_ == '/';
  if (closing_) {
    if (depth_ == 0) return fail("an end tag before the stream's start tag");
    --depth_;
    if (depth_ == 0) event_ = Event::kStreamEnd;
    if (depth_ == 1) event_ = Event::kStanza;
  } else if (empty_element) {
    if (depth_ == 0) return fail("a stream without content");
    if (depth_ == 1) event_ = Event::kStanza;
  } else {
    event_ = depth_ == 0 ? Event::kHeader : Event::kElementOpened;
    ++depth_;
  }
}

std::size_t StanzaFilter::step_quoted(std::string_view rest) {
  const std::size_t end = find_or_end(rest, quote_);
  if (end == rest.size()) return end;
  at_ = At::kTag;
  last_ = quote_;
  return end + 1;
}

// After `<!`: a comment or a CDATA section, and nothing else.
std::size_t StanzaFilter::step_bang(char byte) {
  if (matched_ == 0) keyword_ = byte == '-' ? kComment : kCdata;
  if (byte != keyword_[matched_]) {
    fail("a document type declaration");
    return 1;
  }
  if (++matched_ == keyword_.size()) until(keyword_ == kComment ? "-->" : "]]>");
  return 1;
}

void StanzaFilter::until(std::string_view terminator) {
  at_ = At::kUntil;
  until_ = terminator;
  matched_ = 0;
}

std::size_t StanzaFilter::step_until(char byte) {
  if (byte == until_[matched_]) {
    ++matched_;
  } else if (byte != until_[0]) {
    matched_ = 0;
  }  // else one more of the byte that the terminator begins with: as far along as before
  if (matched_ < until_.size()) return 1;
  at_ = At::kText;
  if (depth_ == 1) fail("markup between stanzas");
  return 1;
}

// Holding back and handing on.

void StanzaFilter::keep(std::string_view bytes, std::string& out,
                        std::vector<RefusedStanza>& refused) {
  if (!holding_) {
    out += bytes;
    return;
  }
  if (!skipping_) {
    const std::size_t room = options_.stanza_bytes_max - held_.size();
    held_ += bytes.substr(0, room);
    if (bytes.size() <= room) return;
    if (in_header_) return fail("an endless stream header");
    refuse("too long", refused);
    bytes.remove_prefix(room);
  }
  skipped_ += bytes.size();
  if (skipped_ > options_.skipped_bytes_max) fail("a stanza without end");
}

void StanzaFilter::complete(std::string& out, std::vector<RefusedStanza>& refused) {
  switch (event_) {
    case Event::kNone:
      return;
    case Event::kElementOpened:
      if (!skipping_ && depth_ - 1 > options_.depth_max) refuse("nested too deeply", refused);
      return;
    case Event::kHeader:
      if (!check_.open(held_)) return fail("a stream header that is not well-formed");
      in_header_ = false;
      break;
    case Event::kStanza:
      if (skipping_) break;
      if (const auto problem = check_.problem(held_)) refuse(*problem, refused);
      break;
    case Event::kStreamEnd:
      ended_ = true;
      break;
  }
  if (!skipping_) out += held_;
  held_.clear();
  holding_ = false;
  skipping_ = false;
  skipped_ = 0;
}

void StanzaFilter::refuse(std::string_view why, std::vector<RefusedStanza>& refused) {
  refused.push_back({check_.head(held_), why});
  held_.clear();
  skipping_ = true;
}

}  // namespace gateway::xmpp
