#include "bridge/wire/header.h"

#include <string>
#include <utility>

namespace bridge::wire {

namespace {

constexpr std::size_t kMagicAt = 0;
constexpr std::size_t kVersionAt = 2;
constexpr std::size_t kTypeAt = 3;
constexpr std::size_t kReservedAt = 4;  // flags and reserved: 0 in version 1
constexpr std::size_t kReservedSize = 4;
constexpr std::size_t kEpochAt = 8;
constexpr std::size_t kSequenceAt = 16;
constexpr std::size_t kCreditDeliveriesAt = 24;
constexpr std::size_t kCreditBytesAt = 32;
constexpr std::byte kMagic[2] = {std::byte{'L'}, std::byte{'W'}};

void put_u64(std::byte* out, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) out[i] = static_cast<std::byte>(value >> (8 * i));
}

std::uint64_t get_u64(const std::byte* in) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value |= std::to_integer<std::uint64_t>(in[i]) << (8 * i);
  return value;
}

tl::unexpected<base::Error> refuse(std::string text) {
  return base::fail(base::ErrorCode::kBadRequest, std::move(text));
}

}  // namespace

std::array<std::byte, kHeaderSize> encode(const Header& header) {
  std::array<std::byte, kHeaderSize> out{};
  out[kMagicAt] = kMagic[0];
  out[kMagicAt + 1] = kMagic[1];
  out[kVersionAt] = static_cast<std::byte>(header.version);
  out[kTypeAt] = static_cast<std::byte>(header.type);
  put_u64(&out[kEpochAt], header.epoch);
  put_u64(&out[kSequenceAt], header.sequence);
  put_u64(&out[kCreditDeliveriesAt], header.credit_deliveries);
  put_u64(&out[kCreditBytesAt], header.credit_bytes);
  return out;
}

base::Result<Header> decode_header(std::span<const std::byte> frame) {
  if (frame.size() != kHeaderSize) {
    return refuse("A header has 40 bytes, this frame has " + std::to_string(frame.size()) + ".");
  }
  if (frame[kMagicAt] != kMagic[0] || frame[kMagicAt + 1] != kMagic[1]) {
    return refuse("The header does not begin with LW.");
  }
  const auto type = std::to_integer<std::uint8_t>(frame[kTypeAt]);
  if (type < static_cast<std::uint8_t>(Type::kHello) ||
      type > static_cast<std::uint8_t>(Type::kBye)) {
    return refuse("There is no message type " + std::to_string(type) + ".");
  }
  for (std::size_t i = kReservedAt; i < kReservedAt + kReservedSize; ++i) {
    if (frame[i] != std::byte{0}) return refuse("Flags and reserved bytes must be 0.");
  }
  return Header{.type = static_cast<Type>(type),
                .version = std::to_integer<std::uint8_t>(frame[kVersionAt]),
                .epoch = get_u64(&frame[kEpochAt]),
                .sequence = get_u64(&frame[kSequenceAt]),
                .credit_deliveries = get_u64(&frame[kCreditDeliveriesAt]),
                .credit_bytes = get_u64(&frame[kCreditBytesAt])};
}

}  // namespace bridge::wire
