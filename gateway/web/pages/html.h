// Html: writes markup in which text is always text.
//
//   Html html;
//   html.in("article", {{"class", "post"}}, [&] {
//     html.element("a", {{"href", "/@" + nick}}, nick);
//     html.text(post.text);
//   });
//   send(std::move(html).take());
//
// Whatever is not a literal of this program is escaped: there is no way to put a string in raw.
// Names of elements and attributes are literals, checked while compiling: none may be a script
// handler or carry style, which the pages' CSP would refuse anyway. An attribute that is an address
// takes paths of this site, http and https; anything else becomes "#".
//
// One buffer, appended to; a page of fifty posts costs no allocation per element.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace gateway::web::pages {

// The name of an element or attribute: a literal in lower case.
class Name {
 public:
  consteval Name(const char* name) : name_(name) {  // NOLINT(google-explicit-constructor)
    const std::string_view on = "on";
    if (name_.empty() || name_.substr(0, 2) == on || name_ == "style") throw "not a name for Html";
    for (const char c : name_)
      if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') throw "not a name for Html";
  }
  constexpr std::string_view text() const { return name_; }

 private:
  std::string_view name_;
};

struct Attribute {
  Attribute(Name name_, std::string_view value_) : name(name_), value(value_) {}
  Attribute(Name name_, const char* value_) : name(name_), value(value_) {}
  Attribute(Name name_, const std::string& value_) : name(name_), value(value_) {}
  // Present without a value, or not at all.
  Attribute(Name name_, std::same_as<bool> auto present_)
      : name(name_), present(present_), bare(true) {}

  Name name;
  std::string_view value;  // must live until the call returns
  bool present = true;
  bool bare = false;
};
using Attributes = std::initializer_list<Attribute>;

class Html {
 public:
  Html() { out_.reserve(kUsualBytes); }

  void text(std::string_view text);
  void element(Name name, Attributes attributes, std::string_view text);
  template <std::invocable Body>
  void in(Name name, Attributes attributes, Body body) {
    open(name, attributes);
    body();
    close(name);
  }
  // Elements without a content: input, link, meta, br.
  void empty(Name name, Attributes attributes) { open(name, attributes); }
  // An element whose end is elsewhere; in() where it is not.
  void open(Name name, Attributes attributes);
  void close(Name name);
  void doctype() { out_ += "<!doctype html>\n"; }

  const std::string& view() const { return out_; }
  std::string take() && { return std::move(out_); }

 private:
  static constexpr std::size_t kUsualBytes = 16 * 1024;

  void attribute(const Attribute& attribute);

  std::string out_;
};

// Whether this may stand in href, src, action: a path of this site ("/…", but not "//…"), "?…",
// "#…", http or https.
bool is_safe_address(std::string_view address);

// A part of a path or of a query: everything but letters, digits and -._~ becomes %XX.
std::string url_part(std::string_view text);

}  // namespace gateway::web::pages
