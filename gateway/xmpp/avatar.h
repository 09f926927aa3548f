// Avatars: a picture for every name, drawn from the name alone: a figure of five by five cells, the
// same left and right, in a colour of its own. Whoever has chosen none can be told apart by it, and
// nothing has to be kept. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace gateway::xmpp {

struct Avatar {
  std::string png;
  std::string id;  // XEP-0153: the SHA-1 of the picture, in hex
};

// Names are compared without case, so it makes no difference here either.
Avatar avatar_of(std::string_view name);

// Its id alone, which every presence says: known for the newest names without drawing.
std::string avatar_id(std::string_view name);

}  // namespace gateway::xmpp
