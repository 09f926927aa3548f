#include "gateway/command/form.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "gateway/command/fields.h"
#include "gateway/command/words.h"

namespace gateway::command {
namespace {

using bridge::base::ErrorCode;
using bridge::base::fail;
using bridge::base::Result;

Shape shape_of(Kind kind) {
  switch (kind) {
    case Kind::kText:
      return Shape::kLines;
    case Kind::kFlag:
      return Shape::kTick;
    case Kind::kCommand:
      return Shape::kOne;
    default:
      return Shape::kLine;
  }
}

std::vector<std::string> listed_commands() {
  std::vector<std::string> names;
  for (const Entry* entry : catalog())
    if (entry->listed && !is_for_operators(*entry)) names.emplace_back(entry->name);
  return names;
}

bool has_tick(const Entry& entry) {
  return std::ranges::any_of(entry.fields, [](const Field& f) { return f.kind == Kind::kFlag; });
}

// All that was filled in for a field, as it would be typed.
std::string typed(const Field& field, const Submitted& submitted) {
  const auto found = std::ranges::find_if(
      submitted, [&](const auto& filled) { return filled.first == field.name; });
  if (found == submitted.end()) return {};
  const auto& values = found->second;
  if (field.kind == Kind::kPhrases) return fmt::format("{}", fmt::join(values, ", "));
  if (field.kind == Kind::kText) return fmt::format("{}", fmt::join(values, "\n"));
  return values.empty() ? std::string() : values.front();
}

// A box that is not ticked is nothing, however it is said.
bool is_nothing(Kind kind, std::string_view text) {
  return trim(text).empty() || (kind == Kind::kFlag && (text == "0" || lower(text) == "false"));
}

}  // namespace

std::vector<std::string> choices_in(const wire::Reply& listed) {
  std::vector<std::string> choices;
  for (const wire::Phrase& phrase : listed.phrases().phrases()) choices.push_back(phrase.text());
  const wire::Names& names = listed.names();
  if (static_cast<std::uint64_t>(names.nicks_size()) == names.total())
    choices.insert(choices.end(), names.nicks().begin(), names.nicks().end());
  return choices;
}

Form form_of(const Entry& entry, std::vector<std::string> choices) {
  Form form{.title = entry.usage, .instructions = std::string(entry.help), .fields = {}};
  for (const std::string_view more : {entry.warning, entry.manual})
    if (!more.empty()) form.instructions.append(" ").append(more);
  for (const Field& field : entry.fields) {
    FormField& shown = form.fields.emplace_back();
    shown.name = field.name;
    shown.label = field.label;
    shown.shape = shape_of(field.kind);
    // With a box for "all of them", the others may be left out.
    shown.required = !field.optional && !has_tick(entry);
    if (field.kind == Kind::kCommand) shown.options = listed_commands();
  }
  if (!choices.empty() && !form.fields.empty()) {
    FormField& first = form.fields.front();
    first.shape = entry.fields.front().kind == Kind::kPhrases ? Shape::kSome : Shape::kOne;
    first.options = std::move(choices);
  }
  return form;
}

Result<Values> read_form(const Entry& entry, const Submitted& submitted) {
  Values values;
  bool ticked = false;
  for (const Field& field : entry.fields) {
    const std::string text = typed(field, submitted);
    if (is_nothing(field.kind, text)) continue;
    auto value = read_value(field.kind, text);
    if (!value)
      return fail(ErrorCode::kBadRequest,
                  fmt::format("What was filled in for \"{}\" does not fit it.", field.label));
    ticked |= field.kind == Kind::kFlag;
    values.set(field.name, std::move(*value));
  }
  for (const Field& field : entry.fields)
    if (!field.optional && !ticked && !values.has(field.name))
      return fail(ErrorCode::kBadRequest, fmt::format("\"{}\" is missing.", field.label));
  return values;
}

}  // namespace gateway::command
