// Form: a command as a form to fill in, and what was filled in as a command's values.
//
//   Form form = form_of(entry, {});          // or with what can be chosen
//   Result<Values> values = read_form(entry, submitted);
//
// Made from the fields of the entry alone. Knows no XMPP: XEP-0004 is a way to show it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/base/result.h"
#include "gateway/command/catalog.h"

namespace gateway::command {

// How a field is filled in.
enum class Shape : std::uint8_t {
  kLine,
  kLines,  // a text with newlines
  kTick,   // a box
  kOne,    // one of the options
  kSome,   // any of the options
};

struct FormField {
  std::string_view name;
  std::string_view label;
  Shape shape = Shape::kLine;
  bool required = false;
  std::vector<std::string> options = {};
};

struct Form {
  std::string_view title;
  std::string instructions;
  std::vector<FormField> fields;
};

// What can be chosen for the first field, in the answer to the command `choices`. Empty when there
// is nothing, or more than it tells.
std::vector<std::string> choices_in(const wire::Reply& listed);

// `choices`: of the first field; empty: it is typed.
Form form_of(const Entry& entry, std::vector<std::string> choices);

// By name of the field, with one value or several. Names that the entry has no field for are
// skipped.
using Submitted = std::vector<std::pair<std::string, std::vector<std::string>>>;

// The error says which field it is about.
bridge::base::Result<Values> read_form(const Entry& entry, const Submitted& submitted);

}  // namespace gateway::command
