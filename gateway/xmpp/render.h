// Outbound stanzas: small structs in, text for Component::send() out.
//
//     std::string batch;
//     render(batch, Chat{.from = bot, .to = person, .id = "p17", .body = text});
//     component.send(batch);
//
// Pure and fast: everything is appended to `out`, so one string holds a whole batch. Every text is
// sanitised on the way (xml_text.h), so whatever it is given, the result is well-formed XML. The
// views need to live only for the call. `from` must lie in the component's own domain, or the
// server closes the stream: nobody checks that here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bridge/base/time.h"
#include "gateway/xmpp/stanza.h"

namespace gateway::xmpp {

// XEP-0070: what a client asks its person about.
struct HttpRequest {
  std::string_view id = {};
  std::string_view method = {};
  std::string_view url = {};
};

// A message of type chat. Without a body it is only its other parts: a receipt, a chat state.
struct Chat {
  std::string_view from = {};
  std::string_view to = {};
  std::string_view id = {};                              // empty: no attribute
  std::optional<std::string_view> body = {};             // as the sender wrote it
  std::optional<bridge::base::WallMs> original_ms = {};  // XEP-0203: when it should have gone out
  std::string_view delayed_by = {};   // XEP-0203: who held it; usually our domain
  bool active = false;                // XEP-0085: "this is all, no typing follows"
  bool request_receipt = false;       // XEP-0184
  std::string_view receipt_for = {};  // XEP-0184: the id this message confirms
  bool unstyled = false;              // XEP-0393: leave * _ > in the body alone
  std::string_view replaces = {};     // XEP-0308: the id of the message this one corrects
  // XEP-0424: the id of the message this one takes back; the body is for those who do not know it.
  std::string_view retracts = {};
  std::string_view nick = {};      // XEP-0172: of us, for who may not have us in their list
  std::string_view reply_to = {};  // XEP-0461: the id of the message this one answers
  std::string_view thread = {};    // empty: none
  std::optional<HttpRequest> confirm = {};  // XEP-0070: asks whether it was theirs
  bool keep = true;                         // XEP-0334: worth storing
};
void render(std::string& out, const Chat& chat);

enum class PresenceType {
  kAvailable,
  kUnavailable,
  kSubscribe,
  kSubscribed,
  kUnsubscribe,
  kUnsubscribed,
  kProbe,
};

struct Presence {
  std::string_view from = {};
  std::string_view to = {};
  PresenceType type = PresenceType::kAvailable;
  std::string_view show = {};          // away, chat, dnd, xa; empty: plainly available
  std::string_view status = {};        // a line for people
  std::string_view nick = {};          // XEP-0172; empty: none
  std::string_view caps_node = {};     // XEP-0115; empty: none
  std::string_view caps_version = {};  // capabilities.h
  std::string photo = {};              // XEP-0153: the SHA-1 of the picture, in hex; empty: none
};
void render(std::string& out, const Presence& presence);

// The answer to an iq of type get or set. `payload` is XML, already rendered; may be empty.
struct IqResult {
  std::string_view from = {};
  std::string_view to = {};
  std::string_view id = {};
  std::string_view payload = {};
};
void render(std::string& out, const IqResult& result);

struct PingRequest {  // XEP-0199
  std::string_view from = {};
  std::string_view to = {};
  std::string_view id = {};
};
void render(std::string& out, const PingRequest& ping);

// What the other side should do about an error (RFC 6120 section 8.3.2).
enum class ErrorType {
  kAuth,      // retry with credentials
  kCancel,    // do not retry
  kContinue,  // a warning only
  kModify,    // retry with something else
  kWait,      // retry later as it is
};

// The defined conditions we use (RFC 6120 section 8.3.3).
namespace condition {
inline constexpr std::string_view kBadRequest = "bad-request";
inline constexpr std::string_view kConflict = "conflict";
inline constexpr std::string_view kFeatureNotImplemented = "feature-not-implemented";
inline constexpr std::string_view kForbidden = "forbidden";
inline constexpr std::string_view kItemNotFound = "item-not-found";
inline constexpr std::string_view kJidMalformed = "jid-malformed";
inline constexpr std::string_view kNotAcceptable = "not-acceptable";
inline constexpr std::string_view kNotAllowed = "not-allowed";
inline constexpr std::string_view kPolicyViolation = "policy-violation";
inline constexpr std::string_view kRecipientUnavailable = "recipient-unavailable";
inline constexpr std::string_view kRegistrationRequired = "registration-required";
inline constexpr std::string_view kRemoteServerTimeout = "remote-server-timeout";
inline constexpr std::string_view kResourceConstraint = "resource-constraint";
inline constexpr std::string_view kServiceUnavailable = "service-unavailable";
inline constexpr std::string_view kUndefinedCondition = "undefined-condition";
}  // namespace condition

struct ErrorReply {
  Stanza::Name name = Stanza::Name::kMessage;  // of what went wrong
  std::string_view from = {};
  std::string_view to = {};
  std::string_view id = {};
  ErrorType type = ErrorType::kCancel;
  std::string_view condition = condition::kUndefinedCondition;
  std::string_view text = {};             // for people; empty: none
  std::string_view command_problem = {};  // XEP-0050: "bad-payload" and the like
};
void render(std::string& out, const ErrorReply& error);

// The error answer to `stanza`, its addresses swapped. False, and nothing written, for what must
// not be answered with an error: errors themselves and iq results.
bool render_error_for(std::string& out, const Stanza& stanza, ErrorType type,
                      std::string_view condition, std::string_view text);

struct Identity {  // XEP-0030
  std::string_view category = {};
  std::string_view type = {};
  std::string_view name = {};
};

struct DiscoInfo {
  std::string_view from = {};
  std::string_view to = {};
  std::string_view id = {};
  std::string_view node = {};  // as asked
  std::span<const Identity> identities = {};
  std::span<const std::string_view> features = {};
};
void render(std::string& out, const DiscoInfo& info);

struct DiscoItem {
  std::string_view jid = {};
  std::string_view node = {};
  std::string_view name = {};
};

struct DiscoItems {
  std::string_view from = {};
  std::string_view to = {};
  std::string_view id = {};
  std::string_view node = {};  // as asked
  std::span<const DiscoItem> items = {};
};
void render(std::string& out, const DiscoItems& items);

struct SoftwareVersion {  // XEP-0092
  std::string_view from = {};
  std::string_view to = {};
  std::string_view id = {};
  std::string_view name = {};
  std::string_view version = {};
};
void render(std::string& out, const SoftwareVersion& version);

struct EntityTime {  // XEP-0202, always in UTC
  std::string_view from = {};
  std::string_view to = {};
  std::string_view id = {};
  bridge::base::WallMs wall_ms = 0;
};
void render(std::string& out, const EntityTime& time);

struct VCard {  // XEP-0054
  std::string_view from = {};
  std::string_view to = {};
  std::string_view id = {};
  std::string_view full_name = {};
  std::string_view nickname = {};
  std::string_view description = {};
  std::string_view photo = {};  // a PNG, in base64; empty: none
};
void render(std::string& out, const VCard& card);

}  // namespace gateway::xmpp
