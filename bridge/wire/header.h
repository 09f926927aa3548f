// The first frame of every message on the wire: 40 bytes, fixed, little-endian.
//
//   0  u8[2] magic "LW"
//   2  u8    version of this layout and of the body's schema (kVersion)
//   3  u8    type (Type)
//   4  u16   flags, 0 in version 1
//   6  u16   reserved, 0
//   8  u64   epoch: chosen by the client at HELLO, the same in every frame of the session
//  16  u64   sequence: of the request, reply or batch; cumulative in an ACK; otherwise 0
//  24  u64   credit_deliveries: cumulative since HELLO, client to bridge; 0 the other way
//  32  u64   credit_bytes: likewise, in rendered bytes (see rendered_bytes)
//
// Credit is cumulative, so that a repeated or lost frame changes nothing; every frame of a client
// carries it, and CREDIT is a frame that carries nothing else. The second frame, where the type has
// one, is a protobuf body (wire.proto). Fixed layout, so that a client can act without decoding.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bridge/base/result.h"

// The generated bodies (wire.pb.h) live in lapwing::wire, the contract's own package; they are
// reached under this folder's namespace as well: bridge::wire::Request.
namespace lapwing::wire {}

namespace bridge::wire {

using namespace ::lapwing::wire;  // NOLINT(google-build-using-namespace)

inline constexpr std::uint8_t kVersion = 1;
inline constexpr std::size_t kHeaderSize = 40;

// Bounds of the contract. A frame over kBodyBytesMax is refused before it is parsed.
inline constexpr std::size_t kBodyBytesMax = 256 * 1024;
inline constexpr std::size_t kBatchDeliveriesMax = 128;
inline constexpr std::size_t kBatchBytesMax = 64 * 1024;
inline constexpr std::size_t kNamesMax = 200;
// How many posts one More brings, if it does not say, and at most.
inline constexpr std::uint32_t kMoreDefault = 20;
inline constexpr std::uint32_t kMoreMax = 100;
// Posts in one answer to Get.
inline constexpr std::uint32_t kGetMax = 20;

enum class Type : std::uint8_t {
  kHello = 1,
  kWelcome = 2,
  kRequest = 3,
  kReply = 4,
  kCredit = 5,
  kBatch = 6,
  kAck = 7,
  kNack = 8,
  kReceipt = 9,
  kPresence = 10,
  kGap = 11,
  kPing = 12,
  kPong = 13,
  kBye = 14,
};

struct Header {
  Type type = Type::kPing;
  std::uint8_t version = kVersion;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t credit_deliveries = 0;
  std::uint64_t credit_bytes = 0;

  bool operator==(const Header&) const = default;
};

std::array<std::byte, kHeaderSize> encode(const Header& header);

// Refuses a wrong size, magic, type or non-zero reserved field. Does not judge the version: the
// session layer does, because only HELLO may carry another one.
base::Result<Header> decode_header(std::span<const std::byte> frame);

// What one delivery costs of the byte credit: both sides charge with this same function, whatever
// the stanza turns out to be.
inline std::uint64_t rendered_bytes(std::size_t author, std::size_t text, std::size_t address,
                                    std::size_t phrase) {
  return 256 + author + text + address + phrase;
}

// Likewise, for a digest.
inline std::uint64_t rendered_digest_bytes(std::size_t address, std::size_t phrase,
                                           std::size_t author) {
  return 512 + address + 2 * phrase + author;
}

}  // namespace bridge::wire
