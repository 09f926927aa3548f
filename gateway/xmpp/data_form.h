// Data forms (XEP-0004) as they are sent: text to stand in a stanza's payload.
//
// Pure. Every text is sanitised on the way, as in render.h.
#pragma once

#include <string>
#include <string_view>

#include "gateway/command/form.h"

namespace gateway::xmpp {

// `form_type`: the hidden field that says which form it is (XEP-0068); empty: none.
void append_form(std::string& out, const command::Form& form, std::string_view form_type = {});

}  // namespace gateway::xmpp
