#include "tests/gateway/xmpp/parsed_xml.h"

#include <expat.h>

#include <memory>
#include <utility>

namespace gateway::xmpp::test {
namespace {

void on_start(void* data, const XML_Char* name, const XML_Char** attributes) {
  auto& open = *static_cast<std::vector<Element>*>(data);
  Element element{.name = name, .attributes = {}, .text = {}, .children = {}};
  for (; attributes[0] != nullptr; attributes += 2)
    element.attributes[attributes[0]] = attributes[1];
  open.push_back(std::move(element));
}

void on_end(void* data, const XML_Char*) {
  auto& open = *static_cast<std::vector<Element>*>(data);
  if (open.size() < 2) return;
  Element element = std::move(open.back());
  open.pop_back();
  open.back().children.push_back(std::move(element));
}

void on_text(void* data, const XML_Char* text, int length) {
  static_cast<std::vector<Element>*>(data)->back().text.append(text,
                                                               static_cast<std::size_t>(length));
}

}  // namespace

const Element* Element::child(std::string_view wanted) const {
  for (const Element& element : children) {
    if (element.name == wanted) return &element;
  }
  return nullptr;
}

std::string Element::attribute(const std::string& wanted) const {
  const auto found = attributes.find(wanted);
  return found == attributes.end() ? "" : found->second;
}

std::optional<std::vector<Element>> parse_stanzas(std::string_view xml) {
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate("UTF-8"), XML_ParserFree);
  std::vector<Element> open;
  XML_SetUserData(parser.get(), &open);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  const std::string stream = "<stream>" + std::string(xml) + "</stream>";
  const auto status =
      XML_Parse(parser.get(), stream.data(), static_cast<int>(stream.size()), /*isFinal=*/1);
  if (status != XML_STATUS_OK || open.size() != 1) return std::nullopt;
  return std::move(open[0].children);
}

}  // namespace gateway::xmpp::test
