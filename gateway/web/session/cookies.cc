#include "gateway/web/session/cookies.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gateway::web {
namespace {

constexpr std::size_t kTokenMax = 64;
constexpr std::size_t kPathMax = 512;

bool is_token(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  return !text.empty() && text.size() <= kTokenMax && std::ranges::all_of(text, fits);
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string cookie_name(Cookie cookie, bool tls) {
  const std::string name = cookie == Cookie::kSession ? "lapwing"
                           : cookie == Cookie::kVisit ? "lapwing-visit"
                                                      : "lapwing-asked";
  return tls ? "__Host-" + name : name;
}

std::optional<std::string> read_cookie(std::string_view header, Cookie cookie, bool tls) {
  const std::string wanted = cookie_name(cookie, tls);
  std::optional<std::string> found;
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    const std::string_view pair = trim(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != wanted) continue;
    if (found) return std::nullopt;
    found = std::string(pair.substr(equals + 1));
  }
  return found && is_token(*found) ? found : std::nullopt;
}

std::string set_cookie(Cookie cookie, bool tls, std::string_view token,
                       std::chrono::seconds max_age) {
  // Lax: a link from elsewhere finds its reader signed in, a form from elsewhere does not. The
  // others are only ever needed by the site's own forms.
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite={}{}", cookie_name(cookie, tls),
                     token, max_age.count(), cookie == Cookie::kSession ? "Lax" : "Strict",
                     tls ? "; Secure" : "");
}

std::string drop_cookie(Cookie cookie, bool tls) {
  return set_cookie(cookie, tls, "", std::chrono::seconds(0));
}

const std::vector<std::pair<std::string_view, std::string_view>>& security_headers(bool tls) {
  using Headers = std::vector<std::pair<std::string_view, std::string_view>>;
  static const Headers plain = {
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
       "'self'; "
       "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
       "require-trusted-types-for 'script'; trusted-types 'none'"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "same-origin"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
  };
  static const Headers with_tls = [] {
    Headers headers = plain;
    headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
    return headers;
  }();
  return tls ? with_tls : plain;
}

bool from_this_site(std::string_view sec_fetch_site, std::string_view origin,
                    std::string_view host) {
  // "none": typed or a bookmark; no form comes that way, but a person's own tool may.
  if (!sec_fetch_site.empty() && sec_fetch_site != "same-origin" && sec_fetch_site != "none")
    return false;
  if (origin.empty()) return true;
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && !host.empty() && origin.substr(scheme + 3) == host;
}

std::string local_path(std::string_view path) {
  const bool control = std::ranges::any_of(path, [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f;
  });
  const bool local = path.starts_with('/') && !path.starts_with("//") && path.size() <= kPathMax &&
                     !control && path.find('\\') == std::string_view::npos;
  return local ? std::string(path) : "/";
}

std::string browser_of(std::string_view agent) {
  struct Mark {
    std::string_view in_agent;
    std::string_view name;
  };
  // In the order in which browsers pretend to be each other.
  constexpr std::array kBrowsers = {Mark{"Edg", "Edge"},        Mark{"OPR/", "Opera"},
                                    Mark{"Firefox", "Firefox"}, Mark{"Chrom", "Chrome"},
                                    Mark{"CriOS", "Chrome"},    Mark{"FxiOS", "Firefox"},
                                    Mark{"Safari", "Safari"},   Mark{"curl", "curl"}};
  constexpr std::array kSystems = {Mark{"Android", "Android"}, Mark{"iPhone", "iPhone"},
                                   Mark{"iPad", "iPad"},       Mark{"Windows", "Windows"},
                                   Mark{"Mac OS", "macOS"},    Mark{"Linux", "Linux"}};
  const auto find_in = [&](const auto& marks) -> std::string_view {
    for (const Mark& mark : marks)
      if (agent.find(mark.in_agent) != std::string_view::npos) return mark.name;
    return {};
  };
  const std::string_view browser = find_in(kBrowsers);
  const std::string_view system = find_in(kSystems);
  if (browser.empty() || system.empty()) return std::string(browser.empty() ? system : browser);
  return fmt::format("{} on {}", browser, system);
}

}  // namespace gateway::web
