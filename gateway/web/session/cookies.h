// Cookies, and the headers that keep a page from being used against whoever looks at it.
//
// With TLS the names begin with __Host-: a browser takes such a cookie only with Secure, for the
// whole site, from this very host, so neither a neighbour under the same domain nor somebody on the
// line can plant one. Without TLS (on loopback, for development) they have no prefix.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateway::web {

enum class Cookie {
  kSession,  // who is signed in
  kVisit,    // a visitor who is about to sign in: what the form's token is made from
  kAsked,    // whose sign-in is asked about in chat: the bridge's ticket
};

std::string cookie_name(Cookie cookie, bool tls);

// Its value in a request's Cookie header; nullopt: not there, twice, or no token of ours by its
// looks.
std::optional<std::string> read_cookie(std::string_view header, Cookie cookie, bool tls);

// Values of Set-Cookie. HttpOnly always: no script has any use for them.
std::string set_cookie(Cookie cookie, bool tls, std::string_view token,
                       std::chrono::seconds max_age);
std::string drop_cookie(Cookie cookie, bool tls);

// For every answer: Content-Security-Policy and its like.
const std::vector<std::pair<std::string_view, std::string_view>>& security_headers(bool tls);

// Whether a request that changes something comes from a page of this site, by Sec-Fetch-Site and
// Origin (`host`: the Host header). Browsers too old for either are left to the form's token.
bool from_this_site(std::string_view sec_fetch_site, std::string_view origin,
                    std::string_view host);

// The path to go back to after a form; "/" for whatever is no path of this site: no open redirect.
std::string local_path(std::string_view path);

// "Firefox on Linux", from a User-Agent; empty when it says nothing known.
std::string browser_of(std::string_view user_agent);

}  // namespace gateway::web
