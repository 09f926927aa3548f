// BrowserSessions: who asks, by the cookie of a browser; and what is said to them once.
//
//   sessions.add(browser_sessions);                    // FirstOfSessions, beside bearer tokens
//   if (const auto known = browser_sessions.known(request)) …
//
// A request may change something if it comes from a page of this site (Sec-Fetch-Site, Origin) and
// carries the token of its session, as the field `csrf` of a form or the header X-CSRF-Token. One
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/web/pages/views.h"
#include "gateway/web/session/cookies.h"
#include "gateway/web/session/session_table.h"
#include "gateway/web/sessions.h"

namespace gateway::web {

struct PageSettings {
  bool plain_http = false;  // cookies without Secure: on loopback, for development
  std::string name = "Lapwing";
  std::string bot = {};                     // the address people write to; empty: not told
  std::vector<std::string> operators = {};  // nicks
  bool with_operations = false;             // there is an operations page to see
  SessionLimits sessions = {};
};

class BrowserSessions final : public Sessions {
 public:
  static constexpr std::size_t kNoticesMax = 10'000;  // beyond it, none is kept

  struct Known {
    std::string nick;
    std::string token;
    std::string id;
    bool may_change = false;
    bool is_operator = false;
  };

  // Both must outlive it.
  BrowserSessions(const PageSettings& settings, SessionTable& table)
      : settings_(settings), table_(table) {}

  std::optional<Visitor> who(const HttpRequest& request) override;
  std::optional<Known> known(const HttpRequest& request);

  // To be said on the next page of this session.
  void tell(const std::string& token, pages::Notice notice);
  std::optional<pages::Notice> take_notice(const std::string& token);

  SessionTable& table() { return table_; }
  bool tls() const { return !settings_.plain_http; }

 private:
  const PageSettings& settings_;
  SessionTable& table_;
  std::unordered_map<std::string, pages::Notice> notices_;
};

// Whether the request proves that a page of this site made it, by a token made from `token`.
bool is_meant(const HttpRequest& request, std::string_view token);

}  // namespace gateway::web
