#include "gateway/xmpp/stanza_check.h"

#include <expat.h>

#include <array>
#include <new>

namespace gateway::xmpp {
namespace {

// Between namespace and local name in what expat reports; cannot occur in either.
constexpr char kNamespaceEnd = '\xFF';

std::string_view local_name(std::string_view name) {
  return name.substr(name.find(kNamespaceEnd) + 1);  // npos + 1 is 0
}

bool prefixed(std::string_view name) {
  return name.find(kNamespaceEnd) != std::string_view::npos;
}

// A parser starts over behind the header after so many stanzas: expat remembers every name it has
// seen, and names are the sender's to choose.
constexpr int kStanzasPerParser = 256;

// What libstrophe handles in quadratic time, so bounded such that a stanza of 64 KiB costs it 1 to
// 2 ms: elements and attributes stand in lists that it walks to the end for each, and a text grows
// piece by piece (each newline and each reference is one), read from its start each time.
// Unbounded, 64 KiB of `<a/>` cost 220 ms, of attributes 76 ms, of newlines 17 ms.
constexpr int kNodesMax = 1024;     // elements and attributes
constexpr int kAttributesMax = 64;  // of one element
constexpr int kTextPiecesMax = 2048;

// What was seen of the stanza under test.
struct Seen {
  XML_Parser expat = nullptr;
  int depth = 0;    // open elements, the stream is 1
  int stanzas = 0;  // begun
  int nodes = 0;
  int text_pieces = 0;
  XML_Index ended_at = 0;  // the stream's byte after the stanza
  bool crowded = false;    // over a bound above
  bool restricted = false;
  bool ambiguous = false;
  bool head_only = false;  // nothing behind the head matters
  StanzaHead head = {};
};

// What follows is not worth reading. The parser has to start over after this.
void stop(Seen& seen) {
  XML_StopParser(seen.expat, XML_FALSE);
}

void crowd(Seen& seen) {
  seen.crowded = true;
  stop(seen);
}

void read_head(Seen& seen, const XML_Char* name, const XML_Char** attributes) {
  seen.head.name = local_name(name);
  const std::array<std::pair<std::string_view, std::string*>, 4> wanted = {{
      {"from", &seen.head.from},
      {"to", &seen.head.to},
      {"id", &seen.head.id},
      {"type", &seen.head.type},
  }};
  for (; attributes[0] != nullptr; attributes += 2) {
    const std::string_view key = attributes[0];
    for (const auto& [attribute, value] : wanted) {
      if (local_name(key) != attribute) continue;
      if (prefixed(key)) {
        seen.ambiguous = true;
      } else {
        *value = attributes[1];
      }
    }
  }
}

void on_start(void* data, const XML_Char* name, const XML_Char** attributes) {
  auto& seen = *static_cast<Seen*>(data);
  const int given = XML_GetSpecifiedAttributeCount(seen.expat) / 2;
  seen.nodes += 1 + given;
  if (seen.nodes > kNodesMax || given > kAttributesMax) crowd(seen);
  if (++seen.depth != 2 || ++seen.stanzas != 1) return;
  read_head(seen, name, attributes);
  if (seen.head_only) stop(seen);
}

void on_end(void* data, const XML_Char*) {
  auto& seen = *static_cast<Seen*>(data);
  if (--seen.depth != 1) return;
  seen.ended_at = XML_GetCurrentByteIndex(seen.expat) + XML_GetCurrentByteCount(seen.expat);
}

void on_text(void* data, const XML_Char*, int) {
  auto& seen = *static_cast<Seen*>(data);
  if (++seen.text_pieces > kTextPiecesMax) crowd(seen);
}

void on_comment(void* data, const XML_Char*) {
  static_cast<Seen*>(data)->restricted = true;
}

void on_instruction(void* data, const XML_Char*, const XML_Char*) {
  static_cast<Seen*>(data)->restricted = true;
}

}  // namespace

struct StanzaCheck::Parser {
  XML_Parser expat = XML_ParserCreateNS(nullptr, kNamespaceEnd);
  Seen seen;
  XML_Index fed = 0;
  int stanzas_left = 0;  // before it starts over

  Parser() {
    if (expat == nullptr) throw std::bad_alloc();
  }
  ~Parser() { XML_ParserFree(expat); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  // Starts over behind `header`; false when that cannot be one.
  bool start(std::string_view header) {
    XML_ParserReset(expat, nullptr);
    XML_SetUserData(expat, &seen);
    XML_SetElementHandler(expat, on_start, on_end);
    XML_SetCharacterDataHandler(expat, on_text);
    XML_SetCommentHandler(expat, on_comment);
    XML_SetProcessingInstructionHandler(expat, on_instruction);
    seen = Seen{.expat = expat};
    fed = 0;
    stanzas_left = kStanzasPerParser;
    return parse(header) && seen.depth == 1 && seen.stanzas == 0 && !seen.restricted;
  }
  bool parse(std::string_view text) {
    fed += static_cast<XML_Index>(text.size());
    return XML_Parse(expat, text.data(), static_cast<int>(text.size()), 0) == XML_STATUS_OK;
  }
};

StanzaCheck::StanzaCheck() : parser_(std::make_unique<Parser>()) {}
StanzaCheck::~StanzaCheck() = default;

bool StanzaCheck::open(std::string_view header) {
  header_ = header;
  return parser_->start(header_);
}

std::optional<std::string_view> StanzaCheck::problem(std::string_view stanza) {
  if (parser_->stanzas_left == 0) parser_->start(header_);
  --parser_->stanzas_left;
  Seen& seen = parser_->seen;
  seen = Seen{.expat = parser_->expat, .depth = 1};
  const bool parsed = parser_->parse(stanza);
  const bool whole =
      parsed && seen.stanzas == 1 && seen.depth == 1 && seen.ended_at == parser_->fed;
  if (!whole) parser_->stanzas_left = 0;
  if (seen.crowded) return "too many pieces";
  if (!whole) return "not well-formed";
  if (seen.restricted) return "comment or processing instruction";
  if (seen.ambiguous) return "ambiguous address";
  return std::nullopt;
}

StanzaHead StanzaCheck::head(std::string_view beginning) {
  if (parser_->start(header_)) {
    parser_->seen.head_only = true;
    parser_->parse(beginning);
  }
  parser_->stanzas_left = 0;
  return parser_->seen.head;
}

}  // namespace gateway::xmpp
