// The table of extensions as a page and as a description for machines. scripts/document writes them
// to docs/xmpp.md and docs/doap.xml.
#include <fmt/format.h>

#include <iterator>

#include "gateway/xmpp/extensions.h"
#include "gateway/xmpp/xml_text.h"

namespace gateway::xmpp {
namespace {

constexpr std::string_view kIntroduction =
    R"(# What of XMPP Lapwing speaks

`lapwing-gateway` is a component (XEP-0114) of an XMPP server that has RFC 6120 and 6121. This page and `docs/doap.xml` (XEP-0453) are made from the table
`gateway/xmpp/extensions.cc` by `scripts/document`; do not edit them. What service discovery says comes from the same table. The version is that of the XEP which was
read.

Three kinds of address answer: the **bot** (`lapwing@im.example.org`), the **domain** (`im.example.org`), and every account as a **contact**
(`alice@im.example.org`). Adding a contact follows it, a chat to it is a direct message. A contact has no commands and no registration: those features are the
bot's and the domain's.

Refusals are stanza errors with the condition that fits (`item-not-found`, `conflict`, `registration-required`, ...). Over a limit, or with the bridge away, the type is
`wait`, and the text says how many seconds to wait. In a chat, what waiting does not mend is said in an ordinary message.

| XEP | version | what it does here | what it does not |
|---|---|---|---|
)";

constexpr std::string_view kNotes = R"(
## Not here
- XEP-0084 (avatars by PEP): PEP is a service that a server gives its accounts, and a component has none; it would have to be a pubsub service at the address of
  every contact. Clients that know 0084 read XEP-0153 and 0054 as well, for contacts without PEP: those are here.
- Encryption end to end: what people say here is meant to be read. OTR and OMEMO bodies are not posted; why is said once.
- Group chat, files, archives: a person's own server archives what they get.
)";

constexpr std::string_view kDoapHead =
    R"(<?xml version='1.0' encoding='UTF-8'?>
<!-- Made from gateway/xmpp/extensions.cc by scripts/document: do not edit. -->
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'
         xmlns='http://usefulinc.com/ns/doap#'
         xmlns:xmpp='https://linkmauve.fr/ns/xmpp-doap#'>
  <Project xml:lang='en'>
    <name>Lapwing</name>
    <shortdesc>Microblogging over Jabber: an XMPP gateway and a delivery bridge</shortdesc>
    <description>People on Jabber follow people and track words in a stream of short posts.</description>
    <programming-language>C++</programming-language>
    <os>Linux</os>
    <category rdf:resource='https://linkmauve.fr/ns/xmpp-doap#category-component'/>
    <category rdf:resource='https://linkmauve.fr/ns/xmpp-doap#category-gateway'/>
    <implements rdf:resource='https://xmpp.org/rfcs/rfc6120.html'/>
    <implements rdf:resource='https://xmpp.org/rfcs/rfc6121.html'/>
)";

constexpr std::string_view kDoapFoot = R"(  </Project>
</rdf:RDF>
)";

}  // namespace

std::string extensions_page() {
  std::string page(kIntroduction);
  for (const Extension& extension : extensions())
    fmt::format_to(std::back_inserter(page),
                   "| [{0}](https://xmpp.org/extensions/xep-{0}.html) {1} | {2} | {3} | {4} |\n",
                   extension.number, extension.name, extension.version, extension.does,
                   extension.lacks);
  return page.append(kNotes);
}

std::string doap() {
  std::string text(kDoapHead);
  for (const Extension& extension : extensions()) {
    std::string note;
    append_text(note, extension.does);
    if (!extension.lacks.empty()) {
      note += " Not: ";
      append_text(note, extension.lacks);
    }
    fmt::format_to(std::back_inserter(text),
                   R"(    <implements>
      <xmpp:SupportedXep>
        <xmpp:xep rdf:resource='https://xmpp.org/extensions/xep-{}.html'/>
        <xmpp:status>{}</xmpp:status>
        <xmpp:version>{}</xmpp:version>
        <xmpp:since>0.1.0</xmpp:since>
        <xmpp:note xml:lang='en'>{}</xmpp:note>
      </xmpp:SupportedXep>
    </implements>
)",
                   extension.number,
                   extension.support == Support::kComplete ? "complete" : "partial",
                   extension.version, note);
  }
  return text.append(kDoapFoot);
}

}  // namespace gateway::xmpp
