// Reads rendered XML back with expat, so that a test can say what a client would see.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::xmpp::test {

struct Element {
  std::string name;  // as written, with its prefix
  std::map<std::string, std::string> attributes;
  std::string text;  // of its own, not of its children
  std::vector<Element> children;

  const Element* child(std::string_view wanted) const;
  std::string attribute(const std::string& wanted) const;
};

// The stanzas in `xml`, which stands inside a stream; nullopt when it is not well-formed.
std::optional<std::vector<Element>> parse_stanzas(std::string_view xml);

}  // namespace gateway::xmpp::test
