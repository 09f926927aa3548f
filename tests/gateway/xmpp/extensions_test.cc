// The table of extensions is what service discovery says, and what the pages say.
#include "gateway/xmpp/extensions.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "gateway_world.h"
#include "parsed_xml.h"

namespace gateway::xmpp {
namespace {

using test::Element;

std::string file_at(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> advertised(std::string_view address) {
  World world;
  world.up();
  world.gets(World::iq("bob@example.org/phone", "get", "http://jabber.org/protocol/disco#info", "",
                       address));
  const auto stanzas = test::parse_stanzas(world.to("bob@example.org/phone"));
  REQUIRE(stanzas);
  REQUIRE(stanzas->size() == 1);
  std::set<std::string> features;
  for (const Element& child : stanzas->front().child("query")->children)
    if (child.name == "feature") CHECK(features.insert(child.attribute("var")).second);
  return features;
}

TEST_CASE("what is advertised is what the table says, for services and for contacts") {
  std::set<std::string> services, contacts;
  for (const Extension& extension : extensions())
    for (const std::string_view feature : extension.features) {
      services.emplace(feature);
      if (extension.contacts) contacts.emplace(feature);
    }
  CHECK(advertised("im.example.org") == services);
  CHECK(advertised("lapwing@im.example.org") == services);
  CHECK(advertised("alice@im.example.org") == contacts);
  CHECK(contacts.size() < services.size());
}

TEST_CASE("the table is in order, says what each does, and what of it is missing") {
  CHECK(std::ranges::is_sorted(extensions(), {}, &Extension::number));
  std::set<std::string_view> numbers;
  for (const Extension& extension : extensions()) {
    INFO(extension.number);
    CHECK(numbers.insert(extension.number).second);
    CHECK(extension.number.size() == 4);
    CHECK_FALSE(extension.name.empty());
    CHECK_FALSE(extension.version.empty());
    CHECK(extension.does.ends_with('.'));
  }
}

// scripts/document has them written instead.
TEST_CASE("docs/xmpp.md and docs/doap.xml are what the table says: scripts/document writes them") {
  const std::pair<std::string, std::string> pages[] = {
      {LAPWING_SOURCE "/docs/xmpp.md", extensions_page()},
      {LAPWING_SOURCE "/docs/doap.xml", doap()}};
  for (const auto& [path, text] : pages) {
    INFO(path);
    if (std::getenv("LAPWING_WRITE_DOCS")) std::ofstream(path) << text;
    CHECK(file_at(path) == text);
  }
}

TEST_CASE("the description for machines is well-formed and names every extension") {
  const std::string text = doap();
  const auto parsed = test::parse_stanzas(text.substr(text.find("<rdf:RDF")));
  REQUIRE(parsed);
  std::size_t named = 0;
  for (const Element& child : parsed->front().child("Project")->children)
    if (const Element* extension = child.child("xmpp:SupportedXep")) {
      CHECK(extension->child("xmpp:status"));
      CHECK(extension->child("xmpp:version"));
      ++named;
    }
  CHECK(named == extensions().size());
}

}  // namespace
}  // namespace gateway::xmpp
