// ApiGuard: who may ask the API for what. Whoever changes something must be signed in, prove that
// they mean it (Visitor::may_change), and be within their limit.
//
//   router.add("GET", "/api/me", guard.signed_in([](request, respond, visitor) { … }));
//   router.add("POST", "/api/posts", guard.meant([](fields, request, respond, visitor) { … }));
//
// One thread.
#pragma once

#include <functional>
#include <optional>

#include "gateway/web/http.h"
#include "gateway/web/site.h"
#include "throttle/keyed_limiter.h"

namespace gateway::web {

class ApiGuard {
 public:
  using SignedIn = std::function<void(const HttpRequest&, const Respond&, const Visitor&)>;
  using Meant =
      std::function<void(const Fields&, const HttpRequest&, const Respond&, const Visitor&)>;

  // The site must outlive it.
  explicit ApiGuard(Site& site) : site_(site), people_(site.settings().limit_keys) {}

  // Signed in, or 401.
  HandlerFunction signed_in(SignedIn then);
  // And meant (403), within the limit of this person (429), with a body that can be read (400).
  HandlerFunction meant(Meant then);

 private:
  Site& site_;
  throttle::KeyedLimiter people_;
};

}  // namespace gateway::web
