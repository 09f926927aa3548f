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

// What one run over header and stanza saw.
struct Seen {
  int depth = 0;
  int stanzas = 0;  // begun
  bool restricted = false;
  bool ambiguous = false;
  StanzaHead head;
};

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
  if (++seen.depth == 2 && ++seen.stanzas == 1) read_head(seen, name, attributes);
}

void on_end(void* data, const XML_Char*) {
  --static_cast<Seen*>(data)->depth;
}

void on_comment(void* data, const XML_Char*) {
  static_cast<Seen*>(data)->restricted = true;
}

void on_instruction(void* data, const XML_Char*, const XML_Char*) {
  static_cast<Seen*>(data)->restricted = true;
}

// The name of the last start tag in `header`, as written.
std::string_view root_name(std::string_view header) {
  const std::size_t name = header.rfind('<') + 1;
  return header.substr(name, header.find_first_of(" \t\r\n/>", name) - name);
}

}  // namespace

struct StanzaCheck::Parser {
  XML_Parser expat = XML_ParserCreateNS(nullptr, kNamespaceEnd);
  Seen seen;

  Parser() {
    if (expat == nullptr) throw std::bad_alloc();
  }
  ~Parser() { XML_ParserFree(expat); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  void begin() {
    seen = Seen{};
    XML_ParserReset(expat, nullptr);
    XML_SetUserData(expat, &seen);
    XML_SetElementHandler(expat, on_start, on_end);
    XML_SetCommentHandler(expat, on_comment);
    XML_SetProcessingInstructionHandler(expat, on_instruction);
  }
  bool parse(std::string_view text, bool last) {
    return XML_Parse(expat, text.data(), static_cast<int>(text.size()), last) == XML_STATUS_OK;
  }
};

StanzaCheck::StanzaCheck() : parser_(std::make_unique<Parser>()) {}
StanzaCheck::~StanzaCheck() = default;

bool StanzaCheck::open(std::string_view header) {
  header_ = header;
  end_tag_ = "</" + std::string(root_name(header)) + ">";
  parser_->begin();
  return parser_->parse(header_, false) && parser_->parse(end_tag_, true) &&
         parser_->seen.stanzas == 0 && !parser_->seen.restricted;
}

std::optional<std::string_view> StanzaCheck::problem(std::string_view stanza) {
  parser_->begin();
  const bool parsed = parser_->parse(header_, false) && parser_->parse(stanza, false) &&
                      parser_->parse(end_tag_, true);
  const Seen& seen = parser_->seen;
  if (!parsed || seen.stanzas != 1 || seen.depth != 0) return "not well-formed";
  if (seen.restricted) return "comment or processing instruction";
  if (seen.ambiguous) return "ambiguous address";
  return std::nullopt;
}

StanzaHead StanzaCheck::head(std::string_view beginning) {
  parser_->begin();
  if (parser_->parse(header_, false)) parser_->parse(beginning, false);
  return parser_->seen.head;
}

}  // namespace gateway::xmpp
