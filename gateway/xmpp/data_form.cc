#include "gateway/xmpp/data_form.h"

#include "gateway/xmpp/xml_text.h"

namespace gateway::xmpp {
namespace {

using command::Shape;

std::string_view type_of(Shape shape) {
  switch (shape) {
    case Shape::kLine:
      return "text-single";
    case Shape::kLines:
      return "text-multi";
    case Shape::kTick:
      return "boolean";
    case Shape::kOne:
      return "list-single";
    case Shape::kSome:
      return "list-multi";
  }
  return "text-single";
}

void append_attribute_of(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("='");
  append_attribute(out, value);
  out += '\'';
}

void append_value(std::string& out, std::string_view text) {
  out += "<value>";
  append_text(out, text);
  out += "</value>";
}

void append_field(std::string& out, const command::FormField& field) {
  out += "<field";
  append_attribute_of(out, "type", type_of(field.shape));
  append_attribute_of(out, "var", field.name);
  append_attribute_of(out, "label", field.label);
  out += '>';
  if (field.required) out += "<required/>";
  if (field.shape == Shape::kTick) append_value(out, "0");
  for (const std::string& option : field.options) {
    out += "<option";
    append_attribute_of(out, "label", option);
    out += '>';
    append_value(out, option);
    out += "</option>";
  }
  out += "</field>";
}

}  // namespace

void append_form(std::string& out, const command::Form& form, std::string_view form_type) {
  out += "<x xmlns='jabber:x:data' type='form'><title>";
  append_text(out, form.title);
  out += "</title><instructions>";
  append_text(out, form.instructions);
  out += "</instructions>";
  if (!form_type.empty()) {
    out += "<field type='hidden' var='FORM_TYPE'>";
    append_value(out, form_type);
    out += "</field>";
  }
  for (const command::FormField& field : form.fields) append_field(out, field);
  out += "</x>";
}

}  // namespace gateway::xmpp
