#include "gateway/web/pages/html.h"

#include <algorithm>

namespace gateway::web::pages {
namespace {

constexpr std::string_view kAddresses[] = {"href",       "src",  "action",
                                           "formaction", "cite", "data-live"};

std::string_view entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
}

bool begins_without_case(std::string_view text, std::string_view beginning) {
  return text.size() >= beginning.size() &&
         std::equal(beginning.begin(), beginning.end(), text.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

}  // namespace

void Html::text(std::string_view text) {
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view replacement = entity(text[i]);
    if (replacement.empty() && !is_control(text[i])) continue;
    out_ += text.substr(done, i - done);
    out_ += replacement;  // a control character, which no page may hold, is left out
    done = i + 1;
  }
  out_ += text.substr(done);
}

void Html::element(Name name, Attributes attributes, std::string_view content) {
  open(name, attributes);
  text(content);
  close(name);
}

void Html::open(Name name, Attributes attributes) {
  out_ += '<';
  out_ += name.text();
  for (const Attribute& one : attributes) attribute(one);
  out_ += '>';
}

void Html::close(Name name) {
  out_ += "</";
  out_ += name.text();
  out_ += '>';
}

void Html::attribute(const Attribute& attribute) {
  if (!attribute.present) return;
  out_ += ' ';
  out_ += attribute.name.text();
  if (attribute.bare) return;
  const bool address = std::ranges::find(kAddresses, attribute.name.text()) != std::end(kAddresses);
  out_ += "=\"";
  text(address && !is_safe_address(attribute.value) ? "#" : attribute.value);
  out_ += '"';
}

bool is_safe_address(std::string_view address) {
  // A browser drops tabs and newlines inside addresses and reads \ as /.
  if (std::ranges::any_of(address, is_control) || address.find_first_of("\n\t\\") != address.npos)
    return false;
  if (address.starts_with('/')) return !address.starts_with("//");
  return address.starts_with('#') || address.starts_with('?') ||
         begins_without_case(address, "http://") || begins_without_case(address, "https://");
}

std::string url_part(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

}  // namespace gateway::web::pages
