// Result<T>: a value, or an Error that says what went wrong in a sentence for a person.
//
// For what can go wrong through no fault of ours: bad input, a lost peer, a full disk. A broken
// invariant is an assert, bad configuration ends the process with the key's name.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace bridge::base {

// Why something was refused. The numbers travel on the wire (bridge/wire/wire.proto mirrors them).
enum class ErrorCode : std::uint8_t {
  kBadRequest = 1,   // malformed, or against the rules whatever the moment: do not retry as it is
  kForbidden = 2,    // this client may not do that, or not for this person
  kNotJoined = 3,    // the address has no account yet
  kUnknown = 4,      // no such person, phrase or feed
  kConflict = 5,     // taken, or already so
  kRateLimited = 6,  // over a limit: the same request is welcome at retry_after
  kBusy = 7,         // a queue is full: the same request is welcome at retry_after
  kUnavailable =
      8,  // the backbone (or the way to it) is down; nothing was changed or it is unknown
  kUnconfirmed = 9,  // plain text from somebody who has not yet said that plain text is a post
};

struct Error {
  ErrorCode code = ErrorCode::kBadRequest;
  std::string text;  // one sentence, no newline, shown to people as it is
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

// `return fail(ErrorCode::kUnknown, "There is no nobody here.");`
inline tl::unexpected<Error> fail(
    ErrorCode code, std::string text,
    std::optional<std::chrono::milliseconds> retry_after = std::nullopt) {
  return tl::unexpected<Error>(Error{code, std::move(text), retry_after});
}

}  // namespace bridge::base
