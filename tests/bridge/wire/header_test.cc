#include "bridge/wire/header.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "tests/bridge/wire/bytes.h"

namespace bridge::wire {

using testing::hex;

TEST_CASE("The bytes of a header are pinned") {
  const Header header{.type = Type::kBatch,
                      .version = 1,
                      .epoch = 0x1122334455667788,
                      .sequence = 2,
                      .credit_deliveries = 1000,
                      .credit_bytes = 0xFFFFFFFFFFFFFFFF};
  CHECK(hex(encode(header)) ==
        "4c57010600000000"
        "8877665544332211"
        "0200000000000000"
        "e803000000000000"
        "ffffffffffffffff");
}

TEST_CASE("The numbers of the message types are pinned") {
  CHECK(static_cast<int>(Type::kHello) == 1);
  CHECK(static_cast<int>(Type::kWelcome) == 2);
  CHECK(static_cast<int>(Type::kRequest) == 3);
  CHECK(static_cast<int>(Type::kReply) == 4);
  CHECK(static_cast<int>(Type::kCredit) == 5);
  CHECK(static_cast<int>(Type::kBatch) == 6);
  CHECK(static_cast<int>(Type::kAck) == 7);
  CHECK(static_cast<int>(Type::kNack) == 8);
  CHECK(static_cast<int>(Type::kReceipt) == 9);
  CHECK(static_cast<int>(Type::kPresence) == 10);
  CHECK(static_cast<int>(Type::kGap) == 11);
  CHECK(static_cast<int>(Type::kPing) == 12);
  CHECK(static_cast<int>(Type::kPong) == 13);
  CHECK(static_cast<int>(Type::kBye) == 14);
}

TEST_CASE("Any header survives the way there and back") {
  CHECK(rc::check([] {
    const Header header{.type = static_cast<Type>(*rc::gen::inRange(1, 15)),
                        .version = *rc::gen::arbitrary<std::uint8_t>(),
                        .epoch = *rc::gen::arbitrary<std::uint64_t>(),
                        .sequence = *rc::gen::arbitrary<std::uint64_t>(),
                        .credit_deliveries = *rc::gen::arbitrary<std::uint64_t>(),
                        .credit_bytes = *rc::gen::arbitrary<std::uint64_t>()};
    const auto back = decode_header(encode(header));
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == header);
  }));
}

TEST_CASE("A header with anything wrong is refused") {
  const auto good = encode(Header{});
  const auto with = [&](std::size_t at, int value) {
    auto bytes = good;
    bytes[at] = static_cast<std::byte>(value);
    return decode_header(bytes).has_value();
  };
  REQUIRE(decode_header(good).has_value());
  CHECK_FALSE(decode_header(std::span(good).first(39)).has_value());
  CHECK_FALSE(decode_header({}).has_value());
  CHECK_FALSE(with(0, 'l'));
  CHECK_FALSE(with(1, 0));
  CHECK_FALSE(with(3, 0));
  CHECK_FALSE(with(3, 15));
  for (std::size_t at = 4; at < 8; ++at) CHECK_FALSE(with(at, 1));
}

TEST_CASE("Another version is left to the session to judge") {
  const auto header = decode_header(encode(Header{.version = 9}));
  REQUIRE(header.has_value());
  CHECK(header->version == 9);
}

}  // namespace bridge::wire
