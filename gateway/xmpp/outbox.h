// Outbox: answers, presence and probes on their way to the component, before any delivery.
//
//   render(outbox.next(), Chat{...});
//   outbox.flush(component);   // once a turn
//
// Bounded in bytes. At the bound the new stanza is dropped and counted: the bound is only reached
// when the XMPP server has not read for long, and whoever asked will ask again. What waits survives
// a reconnect.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "gateway/xmpp/component.h"
#include "gateway/xmpp/render.h"

namespace gateway::xmpp {

class Outbox {
 public:
  explicit Outbox(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // One stanza, of any kind that render.h knows.
  template <class StanzaStruct>
  void push(const StanzaStruct& stanza) {
    std::string text;
    render(text, stanza);
    push_text(std::move(text));
  }
  // False when it must not be answered.
  bool push_error_for(const Stanza& stanza, ErrorType type, std::string_view condition,
                      std::string_view text);

  // Sends as much as the component takes; returns how many stanzas.
  std::size_t flush(Component& component);

  bool empty() const { return stanzas_.empty(); }
  std::size_t bytes() const { return bytes_; }
  std::uint64_t dropped() const { return dropped_; }

 private:
  void push_text(std::string text);

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::deque<std::string> stanzas_;
  std::uint64_t dropped_ = 0;
};

}  // namespace gateway::xmpp
