#include "gateway/xmpp/outbox.h"

#include <utility>

namespace gateway::xmpp {
namespace {

constexpr std::size_t kSendBytes = 16 * 1024;  // handed over in one go

}  // namespace

bool Outbox::push_error_for(const Stanza& stanza, ErrorType type, std::string_view condition,
                            std::string_view text) {
  std::string rendered;
  if (!render_error_for(rendered, stanza, type, condition, text)) return false;
  push_text(std::move(rendered));
  return true;
}

void Outbox::push_text(std::string text) {
  if (bytes_ + text.size() > bytes_max_) {
    ++dropped_;
    return;
  }
  bytes_ += text.size();
  stanzas_.push_back(std::move(text));
}

std::size_t Outbox::flush(Component& component) {
  std::size_t sent = 0;
  while (!stanzas_.empty()) {
    std::string together;
    std::size_t count = 0;
    for (const std::string& stanza : stanzas_) {
      if (count > 0 && together.size() + stanza.size() > kSendBytes) break;
      together += stanza;
      ++count;
    }
    if (!component.send(together)) break;
    bytes_ -= together.size();
    stanzas_.erase(stanzas_.begin(), stanzas_.begin() + static_cast<std::ptrdiff_t>(count));
    sent += count;
  }
  return sent;
}

}  // namespace gateway::xmpp
