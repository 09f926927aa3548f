#include "bridge/wire/messages.h"

#include <catch2/catch.hpp>

#include "tests/bridge/wire/bytes.h"

namespace bridge::wire {

using std::chrono::milliseconds;
using testing::hex;

TEST_CASE("The bytes of the session's bodies are pinned") {
  Hello hello;
  hello.set_version_min(1);
  hello.set_version_max(1);
  hello.set_client("gateway");
  hello.set_software("lapwing 0.1");
  CHECK(hex(serialize(hello)) == "080110011a0767617465776179220b6c617077696e6720302e31");

  Welcome welcome;
  welcome.set_version(1);
  welcome.set_head(300);
  welcome.set_ping_after_ms(2000);
  welcome.set_silence_ms_max(6000);
  CHECK(hex(serialize(welcome)) == "080110ac0218d00f20f02e");

  Bye bye;
  bye.set_reason(Bye::UNKNOWN_SESSION);
  bye.set_text("hello?");
  CHECK(hex(serialize(bye)) == "0802120668656c6c6f3f");
}

TEST_CASE("The bytes of requests are pinned") {
  Request publish;
  publish.mutable_actor()->set_address("alice@example.org");
  publish.mutable_publish()->set_client_id("c1");
  publish.mutable_publish()->set_text("caf\xC3\xA9");
  CHECK(hex(serialize(publish)) ==
        "0a130a11616c696365406578616d706c652e6f7267120b0a0263311205636166c3a9");

  Request subscribe;
  subscribe.mutable_subscribe()->set_feed("public");
  subscribe.mutable_subscribe()->set_after(7);
  CHECK(hex(serialize(subscribe)) == "8a010a0a067075626c69631007");

  Request roster;
  roster.mutable_roster()->set_after(5);
  roster.mutable_roster()->set_limit(100);
  CHECK(hex(serialize(roster)) == "a2010408051064");

  Request quit;
  quit.mutable_actor()->set_nick("al");
  quit.mutable_quit();
  CHECK(hex(serialize(quit)) == "0a041202616c2a00");

  Request backup;
  backup.mutable_backup()->set_path("/var/b");
  CHECK(hex(serialize(backup)) == "aa01080a062f7661722f62");

  Request more;
  more.mutable_more()->set_phrase("nyc");
  more.mutable_more()->set_count(50);
  CHECK(hex(serialize(more)) == "ea01070a036e79631032");

  Request retract;
  retract.mutable_retract()->set_post(300);
  CHECK(hex(serialize(retract)) == "c2020308ac02");

  Request correct;
  correct.mutable_correct()->set_post(300);
  correct.mutable_correct()->set_text("hi");
  CHECK(hex(serialize(correct)) == "ca020708ac0212026869");

  Request erase;
  erase.mutable_erase();
  CHECK(hex(serialize(erase)) == "d20200");

  Request mute;
  mute.mutable_mute()->set_phrases("nyc");
  mute.mutable_mute()->set_for_ms(1000);
  CHECK(hex(serialize(mute)) == "ca01080a036e796310e807");
}

TEST_CASE("The bytes of a digest are pinned, and what it takes from the credit") {
  Batch batch;
  Digest& digest = *batch.add_digests();
  digest.set_address("a@b");
  digest.set_phrase("nyc");
  digest.set_count(87);
  digest.set_since_ms(1000);
  digest.set_utc_offset_s(-3600);
  digest.set_id(7);
  digest.set_expired(2);
  digest.set_author("bo");
  digest.add_last(5);
  digest.add_last(6);
  digest.set_now_ms(2000);
  CHECK(hex(serialize(batch)) ==
        "12210a0361406212036e7963185720e80728"
        "9f38300738024202626f4a02050650d00f");
  CHECK(cost_of(batch).deliveries == 1);
  CHECK(cost_of(batch).bytes == 512 + 3 + 2 * 3 + 2);
}

TEST_CASE("The bytes of replies are pinned") {
  Reply published;
  published.mutable_published()->set_id(9);
  published.mutable_published()->set_duplicate(true);
  CHECK(hex(serialize(published)) == "1a0408091001");

  CHECK(hex(serialize(error_reply({base::ErrorCode::kRateLimited, "Slow.", milliseconds(1500)}))) ==
        "0a0c08061205536c6f772e18dc0b");

  Reply phrases;
  Phrase& phrase = *phrases.mutable_phrases()->add_phrases();
  phrase.set_text("nyc");
  phrase.set_since(4);
  phrase.set_changed(true);
  CHECK(hex(serialize(phrases)) == "320b0a090a036e796310041801");

  Reply backed_up;
  backed_up.mutable_backed_up()->set_head(300);
  backed_up.mutable_backed_up()->set_bytes(70000);
  backed_up.mutable_backed_up()->set_path("/var/b");
  CHECK(hex(serialize(backed_up)) == "6a0f08ac0210f0a2041a062f7661722f62");
}

TEST_CASE("The bytes of signing in are pinned") {
  Request request;
  request.mutable_issue_code();
  CHECK(hex(serialize(request)) == "d20300");
  request.mutable_redeem_code()->set_code("K7");
  CHECK(hex(serialize(request)) == "da03040a024b37");
  Reply reply;
  reply.mutable_sign_in_code()->set_code("K7");
  reply.mutable_sign_in_code()->set_good_for_ms(120'000);
  CHECK(hex(serialize(reply)) == "fa01080a024b3710c0a907");
  reply.mutable_signed_in()->set_account(3);
  reply.mutable_signed_in()->set_nick("bob");
  CHECK(hex(serialize(reply)) == "82020708031203626f62");

  request.mutable_ask_sign_in()->set_nick("bob");
  CHECK(hex(serialize(request)) == "ea05050a03626f62");
  request.mutable_check_sign_in()->set_ticket("T1");
  request.mutable_check_sign_in()->set_take(true);
  CHECK(hex(serialize(request)) == "f205060a0254311001");
  request.mutable_answer_sign_in()->set_transaction("K7");
  request.mutable_answer_sign_in()->set_yes(true);
  CHECK(hex(serialize(request)) == "fa05060a024b371001");
  SignInAsked& asked = *reply.mutable_sign_in_asked();
  asked.set_ticket("T1");
  asked.set_transaction("K7");
  asked.set_good_for_ms(120'000);
  asked.set_state(SignInAsked::REFUSED);
  CHECK(hex(serialize(reply)) == "82050e0a02543112024b3718c0a9072002");
  Batch batch;
  SignInQuestion& question = *batch.add_sign_in_questions();
  question.set_address("a@b");
  question.set_transaction("K7");
  question.set_method("POST");
  question.set_url("u");
  question.set_good_for_ms(120'000);
  CHECK(hex(serialize(batch)) == "b201160a0361406212024b371a04504f535422017528c0a907");
}

TEST_CASE("The bytes of deliveries are pinned") {
  Batch batch;
  Item& item = *batch.add_items();
  item.set_id(70000);
  item.set_author("bob");
  item.set_text("hi nyc");
  item.set_time_ms(1'700'000'000'000);
  Recipient& first = *item.add_recipients();
  first.set_address("a@x");
  first.set_class_(TRACK);
  first.set_phrase("nyc");
  Recipient& second = *item.add_recipients();
  second.set_address("c@x");
  second.set_class_(FOLLOW);
  second.set_late(true);
  CHECK(hex(serialize(batch)) ==
        "0a3108f0a2041203626f621a066869206e79632080d095ffbc31"
        "2a0c0a0361407810041a036e79632a090a0363407810032001");

  Item gone;
  gone.set_id(300);
  gone.set_author("bo");
  gone.set_changes(5);
  gone.set_retracted(true);
  CHECK(hex(serialize(gone)) == "08ac021202626f880105900101");

  Nack nack;
  nack.set_address("a@x");
  nack.set_id(70000);
  nack.set_reason(Nack::BOUNCED);
  CHECK(hex(serialize(nack)) == "0a0361407810f0a2041803");

  Receipt receipt;
  receipt.set_address("a@x");
  receipt.set_id(70000);
  CHECK(hex(serialize(receipt)) == "0a0361407810f0a204");

  Presence presence;
  Presence::Change& here = *presence.add_changes();
  here.set_address("a@x");
  here.set_available(true);
  presence.add_changes()->set_address("c@x");
  CHECK(hex(serialize(presence)) == "0a070a0361407810010a050a03634078");

  Gap gap;
  gap.set_feed("public");
  gap.set_from(1);
  gap.set_to(99);
  CHECK(hex(serialize(gap)) == "0a067075626c696310011863");
}

TEST_CASE("Bytes that are no body are refused, not guessed at") {
  CHECK_FALSE(parse<Request>("\xFF\xFF\xFF").has_value());
  CHECK_FALSE(parse<Hello>(std::string(kBodyBytesMax + 1, '\0')).has_value());
  CHECK(parse<Request>("").has_value());
}

TEST_CASE("Text that is not UTF-8 still parses, so that its receiver can say what is wrong") {
  Request request;
  request.mutable_publish()->set_text("\xC3");
  const auto back = parse<Request>(serialize(request));
  REQUIRE(back.has_value());
  CHECK(back->publish().text() == "\xC3");
}

TEST_CASE("A later version's fields are kept and its actions are no action") {
  const auto request = parse<Request>("\xF2\x3F\x03new");  // field 1022
  REQUIRE(request.has_value());
  CHECK(request->action_case() == Request::ACTION_NOT_SET);
  CHECK(action_name(*request) == "nothing");
  CHECK(serialize(*request) == "\xF2\x3F\x03new");
}

TEST_CASE("An error survives as a reply, with its code, its sentence and its wait") {
  const base::Error limited{base::ErrorCode::kRateLimited, "Too fast.", milliseconds(250)};
  const base::Error back = to_error(error_reply(limited).error());
  CHECK(back.code == limited.code);
  CHECK(back.text == limited.text);
  CHECK(back.retry_after == limited.retry_after);

  const base::Error unknown{base::ErrorCode::kUnknown, "No such person.", std::nullopt};
  CHECK(to_error(error_reply(unknown).error()).retry_after == std::nullopt);

  const base::Error soon{base::ErrorCode::kBusy, "Full.", milliseconds(0)};
  CHECK(to_error(error_reply(soon).error()).retry_after == milliseconds(1));
}

TEST_CASE("An error code of a later version reads as a bad request") {
  Error error;
  error.set_code(static_cast<ErrorCode>(77));
  CHECK(to_error(error).code == base::ErrorCode::kBadRequest);
}

TEST_CASE("A reply that no message can hold becomes an error") {
  Reply reply;
  for (int i = 0; i < 20'000; ++i) {
    reply.mutable_roster()->add_addresses("somebody" + std::to_string(i) + "@example.org");
  }
  const auto back = parse<Reply>(serialize_reply(reply));
  REQUIRE(back.has_value());
  CHECK(back->has_error());
}

TEST_CASE("Every type and action has a name for the log") {
  CHECK(name(Type::kHello) == "HELLO");
  CHECK(name(Type::kBye) == "BYE");
  Request request;
  request.mutable_set_delivery()->set_on(true);
  CHECK(action_name(request) == "set_delivery");
  CHECK(name(Bye::REPLACED) == "replaced by a newer session");
}

}  // namespace bridge::wire
