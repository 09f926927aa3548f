// Pins the bytes that lie on disks (docs/log.md): a change here is a change of format.
#include <catch2/catch.hpp>

#include "bridge/backbone/amend.h"
#include "bridge/backbone/compaction.h"
#include "bridge/backbone/cursor_codec.h"
#include "bridge/backbone/dedupe.h"
#include "bridge/backbone/erasures.h"
#include "bridge/backbone/keys.h"
#include "bridge/backbone/record_codec.h"
#include "tests/bridge/backbone/scribe.h"

namespace bridge::backbone {
namespace {

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text.push_back(kDigits[static_cast<std::uint8_t>(byte) >> 4]);
    text.push_back(kDigits[static_cast<std::uint8_t>(byte) & 15]);
  }
  return text;
}

std::string stored(const Record& record) {
  std::string bytes;
  encode_record(record, bytes);
  CHECK(bytes.size() == encoded_size(record));
  return hex(bytes);
}

std::string key(const Record& record) {
  return hex(state_change(record).value().key);
}
bool erases(const Record& record) {
  return state_change(record).value().erases;
}

}  // namespace

TEST_CASE("every kind of record: its bytes and its compaction key") {
  Scribe scribe(299);  // the next id is 300, 0xac02 as a varint, at 1000 ms, 0xe807
  scribe.post(1, "hi", "c");
  scribe.direct(1, 2, "hi", "c");
  scribe.created("al");
  scribe.closed(1);
  scribe.bound(1, "a@b");
  scribe.released(1, "a@b");
  scribe.followed(1, 2);
  scribe.left(1, 2);
  scribe.tracked(1, "sf");
  scribe.untracked(1, "sf");
  scribe.switched(1, true);
  scribe.confirmed(1);
  scribe.reopened(1);
  scribe.blocked(1, 2);
  scribe.unblocked(1, 2);
  scribe.block_forgotten(1, 2);
  scribe.muted(1, "sf", 5);
  scribe.muted(1, "sf", 5, 2);
  scribe.unmuted(1, "sf", 2);
  scribe.mute_forgotten(1, 2);
  scribe.capped(1, "sf", 10);
  scribe.capped(1, "sf", 0);
  scribe.zone_set(1, "UTC");
  scribe.limit_changed("im.x", "a@b", "1/1s");
  scribe.limit_changed("im.x", "", "");
  scribe.changed(1, 9, "ho", 7);
  scribe.dormant(1, "sf", false);
  scribe.dormant(1, "sf", true);
  scribe.woken(1, "sf", 2, false);
  scribe.woken(1, "sf", 2, true);
  scribe.listeners_capped("sf", 5);
  scribe.listeners_capped("sf", std::nullopt);
  const auto batch = scribe.take();
  const std::string one = "0000000000000001";
  const std::string two = "0000000000000002";

  CHECK(stored(*batch[0]) == "0108ac0210e8071a0b0801120268691a01632001");
  CHECK(key(*batch[0]) == "70" + one);
  CHECK(stored(*batch[1]) ==
        "0108ad0210e807220b080110021a0268692201"
        "63");
  CHECK_FALSE(state_change(*batch[1]));
  CHECK(stored(*batch[2]) == "0108ae0210e8072a040a02616c");
  CHECK(key(*batch[2]) == "61000000000000012e");
  CHECK(stored(*batch[3]) == "0108af0210e80732020801");
  CHECK(key(*batch[3]) == "63" + one);
  CHECK(stored(*batch[4]) == "0108b00210e8073a0708011203614062");
  CHECK(key(*batch[4]) == "6a614062");
  CHECK(stored(*batch[5]) == "0108b10210e807420708011203614062");
  CHECK(key(*batch[5]) == "6a614062");
  CHECK(stored(*batch[6]) == "0108b20210e8074a0408011002");
  CHECK(key(*batch[6]) == "66" + one + two);
  CHECK(stored(*batch[7]) == "0108b30210e807520408011002");
  CHECK(key(*batch[7]) == "66" + one + two);
  CHECK(stored(*batch[8]) == "0108b40210e8075a06080112027366");
  CHECK(key(*batch[8]) == "74" + one + "7366");
  CHECK(stored(*batch[9]) == "0108b50210e8076206080112027366");
  CHECK(key(*batch[9]) == "74" + one + "7366");
  CHECK(stored(*batch[10]) == "0108b60210e8076a0408011001");
  CHECK(key(*batch[10]) == "73" + one);
  CHECK(stored(*batch[11]) == "0108b70210e80772020801");
  CHECK(key(*batch[11]) == "79" + one);
  CHECK(stored(*batch[12]) == "0108b80210e8077a020801");
  CHECK(key(*batch[12]) == "63" + one);

  CHECK(stored(*batch[13]) == "0108b90210e80782010408011002");
  CHECK(key(*batch[13]) == "62" + one + two);
  CHECK(stored(*batch[14]) == "0108ba0210e8078a010408011002");
  CHECK(key(*batch[14]) == "62" + one + two);
  CHECK(stored(*batch[15]) == "0108bb0210e80792010408011002");
  CHECK(key(*batch[15]) == "62" + one + two);
  CHECK(stored(*batch[16]) ==
        "0108bc0210e8079a0108080112027366"
        "1805");
  CHECK(key(*batch[16]) == "6d" + one + "000000000000013c");
  CHECK(stored(*batch[17]) ==
        "0108bd0210e8079a010a080112027366"
        "18052002");
  CHECK(key(*batch[17]) == "6d" + one + two);
  CHECK(stored(*batch[18]) == "0108be0210e807a201080801120273661802");
  CHECK(key(*batch[18]) == "6d" + one + two);
  CHECK(stored(*batch[19]) == "0108bf0210e807aa010408011002");
  CHECK(key(*batch[19]) == "6d" + one + two);
  CHECK(stored(*batch[20]) == "0108c00210e807b20108080112027366180a");
  CHECK(key(*batch[20]) == "68" + one + "7366");
  CHECK(stored(*batch[21]) == "0108c10210e807b20106080112027366");
  CHECK(key(*batch[21]) == "68" + one + "7366");
  CHECK(stored(*batch[22]) == "0108c20210e807ba010708011203555443");
  CHECK(key(*batch[22]) == "7a" + one);
  CHECK(stored(*batch[23]) ==
        "0108c30210e8079202170a04696d2e781203614062"
        "1a04312f317330643a026d65");
  CHECK(key(*batch[23]) == "6c696d2e7800614062");
  CHECK(stored(*batch[24]) == "0108c40210e80792020e0a04696d2e78200130643a026d65");
  CHECK(key(*batch[24]) == "6c696d2e7800");
  CHECK(stored(*batch[25]) ==
        "0108c50210e807ea011708091001"
        "1a046e69636b20f403"
        "3202686f38074a027366");
  CHECK_FALSE(state_change(*batch[25]));
  CHECK(stored(*batch[26]) == "0108c60210e807d20106080112027366");
  CHECK(key(*batch[26]) == "64" + one + "0000000000000146");
  CHECK(stored(*batch[27]) == "0108c70210e807d201080801120273661801");
  CHECK(stored(*batch[28]) == "0108c80210e807da01080801120273661802");
  CHECK(key(*batch[28]) == "64" + one + two);
  CHECK(stored(*batch[29]) == "0108c90210e807da010a08011202736618022001");
  CHECK(key(*batch[29]) == key(*batch[28]));
  CHECK(stored(*batch[30]) == "0108ca0210e807e201060a0273661005");
  CHECK(key(*batch[30]) == "777366");
  CHECK(stored(*batch[31]) == "0108cb0210e807e201060a0273661801");
  CHECK(addressee(*batch[1]) == AccountId{2});
  CHECK(addressee(*batch[26]) == AccountId{1});
  CHECK_FALSE(addressee(*batch[27]));
  CHECK(addressee(*batch[28]) == AccountId{1});
  CHECK_FALSE(addressee(*batch[29]));

  std::vector<std::size_t> erasing;
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (state_change(*batch[i]) && erases(*batch[i])) erasing.push_back(i);
  CHECK(erasing == std::vector<std::size_t>{5, 7, 9, 15, 19, 21, 29, 31});
}

TEST_CASE("an address that moves: its bytes and its two compaction keys") {
  Scribe scribe(299);
  scribe.moved(1, "a@b", "c@d");
  const auto batch = scribe.take();
  CHECK(stored(*batch[0]) ==
        "0108ac0210e807e2030e0801120361406"
        "21a036340642001");
  CHECK(key(*batch[0]) == "6a634064");
  CHECK(hex(state_change(*batch[0])->also_erased) == "6a614062");
  CHECK_FALSE(erases(*batch[0]));
  CHECK(concerns(*batch[0], 1));
  CHECK(without(*batch[0], 1).body_case() == Record::BODY_NOT_SET);
}

TEST_CASE("favourites and reposts: their bytes and compaction keys") {
  Scribe scribe(299);
  scribe.favourited(1, 2);
  scribe.unfavourited(1, 2);
  scribe.reposted(1, 2, 3);
  scribe.repost_forgotten(1, 2);
  const auto batch = scribe.take();
  const std::string one = "0000000000000001";
  const std::string two = "0000000000000002";
  CHECK(stored(*batch[0]) == "0108ac0210e807ba020408011002");
  CHECK(key(*batch[0]) == "76" + one + two);
  CHECK_FALSE(erases(*batch[0]));
  CHECK(stored(*batch[1]) == "0108ad0210e807c2020408011002");
  CHECK(key(*batch[1]) == "76" + one + two);
  CHECK(erases(*batch[1]));
  CHECK(stored(*batch[2]) == "0108ae0210e807ca0206080110021803");
  CHECK(key(*batch[2]) == "72" + one + two);
  CHECK_FALSE(erases(*batch[2]));
  CHECK(stored(*batch[3]) == "0108af0210e807d2020408011002");
  CHECK(key(*batch[3]) == "72" + one + two);
  CHECK(erases(*batch[3]));
}

TEST_CASE("a reply: its bytes") {
  Record record;
  record.set_id(300);
  record.mutable_post()->set_author(1);
  record.mutable_post()->set_in_reply_to(2);
  record.mutable_post()->set_reply_author(3);
  record.mutable_post()->set_reply_nick("al");
  record.mutable_post()->set_thread(4);
  record.mutable_post()->set_previous(5);
  CHECK(stored(record) == "0108ac021a130801e80102f00103fa0102616c800204880205");
}

TEST_CASE("what a change makes of a post, and of the change before it") {
  Scribe scribe;
  scribe.post(1, "hi", "c");
  scribe.changed(1, 1, "ho");
  scribe.changed(1, 1, "", 2);
  const auto batch = scribe.take();
  CHECK(amended_ids(*batch[0]).empty());
  CHECK(amended_ids(*batch[1]) == std::vector<RecordId>{1});
  CHECK(amended_ids(*batch[2]) == std::vector<RecordId>{1, 2});
  CHECK(stored(amended(*batch[0], *batch[1])) ==
        "01080110e8071a130801"
        "1202686f1a01632001"
        "880102"
        "9a01027366");
  CHECK(stored(amended(*batch[0], *batch[2])) ==
        "01080110e8071a120801"
        "1a01632001"
        "880103"
        "900101"
        "9a01027366");
  CHECK(amended(*batch[1], *batch[2]).changed().text().empty());
  CHECK(amended(*batch[1], *batch[2]).changed().superseded_by() == 3);
}

TEST_CASE("a record comes back as it was") {
  Scribe scribe;
  scribe.direct(1, 2, std::string("\0\xFF", 2), "c");
  const auto record = scribe.take().front();
  std::string bytes;
  encode_record(*record, bytes);
  CHECK(decode_record(bytes)->SerializeAsString() == record->SerializeAsString());
}

TEST_CASE("a record of a newer version is refused by its number") {
  const auto newer = decode_record("\x02whatever");
  REQUIRE_FALSE(newer);
  CHECK(newer.error().text ==
        "A record in the store was written by a newer Lapwing (record version 2, this one knows "
        "1): use that version.");
}

TEST_CASE("damaged records are errors") {
  CHECK_FALSE(decode_record(""));
  CHECK_FALSE(decode_record(std::string_view("\0", 1)));
  CHECK_FALSE(decode_record("\x01\xFF\xFF"));
}

TEST_CASE("a field of the future is kept") {
  // Field 99 with the value 1, behind an otherwise empty record.
  const std::string future = "\x01\x98\x06\x01";
  std::string again;
  encode_record(decode_record(future).value(), again);
  CHECK(hex(again) == hex(future));
}

TEST_CASE("keys sort as their numbers do") {
  CHECK(hex(be64(1)) == "0000000000000001");
  CHECK(be64(255) < be64(256));
  CHECK(direct_key(1, 999) < direct_key(2, 1));
  CHECK(read_be64(be64(~0ull)) == ~0ull);
  CHECK_FALSE(read_be64("short"));
}

TEST_CASE("dedupe: the key and the entry") {
  CHECK(hex(dedupe_key({1, "c", "hi"})) == "d2e98a30f6790b356df3790b4066483c");
  CHECK(dedupe_key({1, "c", "hi", 2}) != dedupe_key({1, "c", "hi"}));
  CHECK(dedupe_key({1, "c", "hi", 2}) != dedupe_key({1, "c", "hi", 3}));
  CHECK(hex(encode_dedupe({300, 1'000})) == "000000000000012c00000000000003e8");
  CHECK_FALSE(decode_dedupe("short"));
}

TEST_CASE("an erasure: its bytes, and how those that are under way lie in the store") {
  Scribe scribe;
  scribe.erased(1);
  const auto batch = scribe.take();
  CHECK(stored(*batch[0]) == "01080110e807f20108080112046e69636b");
  CHECK_FALSE(state_change(*batch[0]));
  Erasures erasures;
  erasures.add(2, 300);
  erasures.done({2, 2, 10});
  CHECK(hex(erasures.encoded()) == "0000000000000002000000000000000a000000000000012c");
  CHECK(Erasures::decoded(erasures.encoded())->left() == 290);
  CHECK_FALSE(Erasures::decoded("short"));
}

TEST_CASE("cursors: the bytes") {
  Cursors cursors;
  cursors[kDirectCursor] = {.floor = 300, .done = {301, 400}};
  cursors[kStreamCursor] = {.floor = 5};
  CHECK(hex(encode_cursors(cursors)) ==
        "ac02020163"
        "0500");
}

TEST_CASE("a digest: the bytes, behind the cursors") {
  const DigestRow digest{
      .stretches = {{5, 300}},
      .taken = {7},
      .singles = {400, 401},
      .lines = {
          {.phrase = "nyc", .count = 9, .since_ms = 300, .expired = 1, .last = {9}, .told = true}}};
  const std::string bytes = encode_cursors({}, digest);
  CHECK(hex(bytes) ==
        "00000000"
        "0000"
        "0105ac02"
        "0107"
        "02900301"
        "01036e796309ac0201010901");
  CHECK(decode_cursors(bytes) == Waiting{{}, digest});
  for (std::size_t size = 5; size < bytes.size(); ++size)
    if (size != 6) CHECK_FALSE(decode_cursors(bytes.substr(0, size)));
}

TEST_CASE("jobs: the bytes") {
  const JobRow job{.post = 300,
                   .lists = {"", "nyc"},
                   .at = 1,
                   .start = 7,
                   .reached = 9,
                   .wrapped = true,
                   .exempt = {2, 4}};
  CHECK(hex(encode_jobs({job})) ==
        "ac020107090102"
        "00"
        "036e7963"
        "020202");
  CHECK(decode_jobs(encode_jobs({job, job})) == std::vector{job, job});
  CHECK(decode_jobs("")->empty());
  CHECK_FALSE(decode_jobs("\x01\x05\x01"));
}

}  // namespace bridge::backbone
