#include "tests/sim/person.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "gateway/xmpp/delivery_stanza.h"
#include "gateway/xmpp/jid.h"

namespace tests::sim {

using gateway::xmpp::Jid;
using gateway::xmpp::Stanza;
using gateway::xmpp::test::Element;

const std::vector<std::string> kWords{"nyc", "rain", "tea", "moon", "soup", "lapwing"};

const std::string& some_word(Stage& stage) {
  if (stage.plan.crowd > 0 && stage.dice.chance(0.6)) return kWords[stage.dice.below(2)];
  return stage.dice.pick(kWords);
}

namespace {

constexpr milliseconds kPatience{6000};
// So often does somebody ask for more who wants to miss nothing.
constexpr milliseconds kReads{1000};
constexpr std::uint64_t kEager = 6;  // things said in a hurry

// 0: it begins otherwise.
std::uint64_t number_in(std::string_view answer, std::string_view beginning) {
  std::uint64_t number = 0;
  if (answer.starts_with(beginning))
    std::from_chars(answer.data() + beginning.size(), answer.data() + answer.size(), number);
  return number;
}

}  // namespace

Person::Person(Stage& stage, XmppServer& server, std::string nick,
               const std::vector<std::string>& nicks)
    : stage_(stage),
      server_(server),
      nick_(std::move(nick)),
      address_(address_of(nick_)),
      nicks_(nicks),
      here_(address_),
      elsewhere_(nick_ + "@new.example") {
  server_.add_user(here_, *this);
  server_.add_user(elsewhere_, *this);
  live();
}

void Person::live() {
  // At first they are quick, so that there is soon something to deliver.
  const auto think = stage_.plan.people_think / (said_ < kEager ? 5 : 1);
  stage_.agenda.after(settling_ ? stage_.dice.between(milliseconds(100), milliseconds(400))
                                : stage_.dice.between(think / 4, think * 2),
                      lifetime_.while_alive([this] {
                        act();
                        live();
                      }));
}

void Person::come() {
  const bool busy = !settling_ && stage_.dice.chance(0.1);
  if (!server_.log_in(here_, busy ? "dnd" : "")) return;
  stage_.trace.say("{} comes online{}", nick_, busy ? ", busy" : "");
  // Some clients forget what they owed when they were closed.
  if (!unconfirmed_.empty() && stage_.dice.chance(0.2)) {
    stage_.laws.breaks();
    unconfirmed_.clear();
  }
  confirm_late();
}

void Person::settle() {
  settling_ = true;
  doing_.reset();
  come();
  // They cannot be sure which of the two has the account.
  if (stage_.plan.move > 0) server_.log_in(elsewhere_, "");
  lifetime_.renew();
  live();
}

void Person::act() {
  Dice& dice = stage_.dice;
  if (!server_.is_online(here_)) {
    if (settling_ || dice.chance(0.4)) come();
    return;
  }
  if (doing_) {
    if (stage_.agenda.now() < doing_->until) return;
    if (doing_->again) return say_again();
    doing_.reset();
  }
  if (settling_) {
    if (!settled_) return say("on", true);
    // Whom a delivery came back from counts as away until they are heard of again.
    if (dice.chance(0.1)) come();
    // Whatever may be in their digest, they want to read.
    if (stage_.agenda.now() < next_more_) return;
    next_more_ = stage_.agenda.now() + kReads;
    if (stage_.plan.move > 0) std::swap(here_, elsewhere_);
    return say("more 100", false);
  }
  if (dice.chance(stage_.plan.goes_away)) {
    if (dice.chance(0.2)) return come();  // busy now, or not any more
    stage_.trace.say("{} goes offline", nick_);
    return server_.log_out(here_);
  }
  if (std::exchange(leaving_, false)) return say("yes", false);
  if (!joined_) return say("join " + nick_, false);
  const std::string& word = some_word(stage_);
  const std::string& nick = dice.pick(nicks_);
  switch (dice.below(said_ < kEager ? 7 : 25)) {
    case 0:
    case 1:
    case 2:
      return say("track " + word + (dice.chance(0.2) ? ", " + dice.pick(kWords) : ""), false);
    case 3:
      return say("untrack " + (dice.chance(0.1) ? "all" : word), false);
    case 4:
    case 5:
      return say("follow " + nick, false);
    case 6:
      return say("leave " + nick, false);
    case 7:
      return say(dice.chance(0.5) ? "off" : "on", false);
    case 8:
      return say("on", false);
    case 9:
      return dice.chance(0.1) ? say("quit", false) : say("on", false);
    case 10:
    case 11:
    case 12:
      return say("d " + nick + " " + some_text(), true);
    case 13:
    case 14:
      return say(somebody_blocked(), false);
    case 15:
      return say(something_muted(), false);
    case 16:
      return say("track " + word + (dice.chance(0.5) ? " max 3/h" : ""), false);
    case 17:
    case 18:
      return say("more " + (dice.chance(0.5) ? word : std::to_string(dice.between(1, 9))), false);
    case 19:
    case 20:
      if (!posted_.empty()) return say(fmt::format("del #{}", dice.pick(posted_)), true);
      [[fallthrough]];
    default:
      return say("post " + some_text(), true);
  }
}

void Person::move() {
  if (settling_ || !joined_ || !server_.is_online(here_)) return;
  stage_.trace.say("{} wants to move to {}", nick_, elsewhere_);
  send(fmt::format("{}-m{}", nick_, ++said_), "link " + elsewhere_);
}

void Person::go_elsewhere(const std::string& text) {
  std::swap(here_, elsewhere_);
  come();
  if (!text.empty()) send(fmt::format("{}-m{}", nick_, ++said_), text);
}

void Person::flap() {
  if (!server_.is_online(here_)) return;
  stage_.trace.say("{} flaps", nick_);
  microseconds when{0};
  for (std::size_t n = stage_.dice.between(2, 6); n > 0; --n) {
    const bool there = n % 2 == 1;
    when += stage_.dice.between(microseconds(10), microseconds(3000));
    stage_.agenda.after(when, lifetime_.while_alive([this, there] {
      if (there)
        come();
      else
        server_.log_out(here_);
    }));
  }
}

void Person::insist(Time until) {
  if (settling_ || stage_.agenda.now() > until) return;
  if (server_.is_online(here_)) come();
  stage_.agenda.after(stage_.dice.between(milliseconds(50), milliseconds(400)),
                      lifetime_.while_alive([this, until] { insist(until); }));
}

void Person::rush(const std::string& word) {
  if (!server_.is_online(here_) || !joined_) return;
  const std::string& nick = stage_.dice.pick(nicks_);
  for (std::size_t n = stage_.dice.between(1, 5); n > 0; --n) {
    static constexpr const char* kChanges[] = {"track {}",  "untrack {}", "track {} max 2/h",
                                               "follow {}", "leave {}",   "track {}, soup"};
    const std::size_t change = stage_.dice.below(std::size(kChanges));
    const bool person = change == 3 || change == 4;
    const std::string text = fmt::format(fmt::runtime(kChanges[change]), person ? nick : word);
    stage_.trace.say("{} says in a rush: {}", nick_, text);
    send(fmt::format("{}-m{}", nick_, ++said_), text);
  }
}

// Whom they block they unblock soon: what was posted in between is the interesting part.
std::string Person::somebody_blocked() {
  if (!blocked_.empty() && stage_.dice.chance(0.7)) return "unblock " + std::exchange(blocked_, {});
  blocked_ = stage_.dice.pick(nicks_);
  return "block " + blocked_;
}

std::string Person::something_muted() {
  const std::string& word = stage_.dice.pick(kWords);
  switch (stage_.dice.below(4)) {
    case 0:
      return "mute " + word;
    case 1:
      return fmt::format("mute {} for {}s", word, stage_.dice.between(1, 9));
    default:
      return "unmute " + (stage_.dice.chance(0.3) ? "all" : word);
  }
}

std::string Person::some_text() {
  std::string text;
  for (std::size_t n = stage_.dice.between(1, 4); n > 0; --n)
    text += stage_.dice.pick(kWords) + " ";
  return text + fmt::format("{}{}", nick_, said_);
}

void Person::say(const std::string& text, bool again) {
  doing_ = Doing{fmt::format("{}-m{}", nick_, ++said_), text, again, {}};
  stage_.trace.say("{} says: {} ({})", nick_, text, doing_->id);
  say_again();
}

void Person::say_again() {
  doing_->until = stage_.agenda.now() + kPatience;
  send(doing_->id, doing_->text);
}

void Person::send(const std::string& id, const std::string& text) {
  Stanza message;
  message.from = *Jid::parse(here_ + "/phone");
  message.to = *Jid::parse("lapwing@im.example.org");
  message.type = "chat";
  message.id = id;
  message.body = text;
  message.receipt_requested = true;
  server_.send(std::move(message));
}

// `later`: it is welcome later.
void Person::answered(const std::string& id, bool later) {
  if (!doing_ || doing_->id != id) return;
  if (later && doing_->again) {
    doing_->until = stage_.agenda.now() + stage_.dice.between(milliseconds(100), milliseconds(900));
    return;
  }
  if (!later) {
    if (doing_->text.starts_with("join ")) joined_ = true;
    if (doing_->text == "quit") leaving_ = true;
    if (doing_->text == "yes") joined_ = false;
    if (settling_ && !settled_) {
      settled_ = ++on_at_ == (stage_.plan.move > 0 ? 2 : 1);
      if (!settled_) std::swap(here_, elsewhere_);
    }
  }
  doing_.reset();
}

void Person::receive(const Element& stanza) {
  if (stanza.attribute("type") == "error") return answered(stanza.attribute("id"), true);
  if (const Element* received = stanza.child("received"))
    return answered(received->attribute("id"), false);
  const auto id = gateway::xmpp::parse_delivery_id(stanza.attribute("id"));
  if (!stanza.child("body")) return;
  if (id)
    got_delivery(*id, stanza);
  else
    heard(stanza.child("body")->text);
}

void Person::heard(const std::string& answer) {
  constexpr std::size_t kRememberedMax = 4;
  if (answer.find("too old to keep") != std::string::npos) {
    stage_.trace.say("{} is told: {}", nick_, answer);
    stage_.laws.told_of_expired(address_, number_in(answer, ""));
  }
  if (!settling_ && answer.find("Now say `link ") != std::string::npos)
    stage_.agenda.after(stage_.dice.between(milliseconds(1), milliseconds(500)),
                        lifetime_.while_alive([this] { go_elsewhere("link " + nick_); }));
  // It was the other address.
  if (stage_.plan.move > 0 && !settling_ && joined_ && answer.starts_with("You are not a member"))
    go_elsewhere("");
  if (const RecordId id = number_in(answer, "Posted as #"); id != 0) {
    posted_.push_back(id);
    if (posted_.size() > kRememberedMax) posted_.erase(posted_.begin());
  } else if (const RecordId gone = number_in(answer, "Post #");
             gone != 0 && answer.find(" gone") != std::string::npos) {
    stage_.laws.acknowledged_gone(gone);
  }
}

void Person::got_delivery(RecordId id, const Element& stanza) {
  stage_.trace.say("{} gets #{}: {}", nick_, id, stanza.child("body")->text);
  stage_.laws.arrived(address_, id, stanza.child("body")->text);
  if (!stanza.child("request")) return;
  if (stage_.calm || !stage_.dice.chance(stage_.plan.slow_client)) return confirm(stanza, id);
  unconfirmed_.emplace_back(stanza, id);
  stage_.agenda.after(stage_.dice.between(milliseconds(100), milliseconds(2000)), [this] {
    if (server_.is_online(here_)) confirm_late();
  });
}

void Person::confirm_late() {
  for (const auto& [stanza, id] : std::exchange(unconfirmed_, {})) confirm(stanza, id);
}

void Person::confirm(const Element& stanza, RecordId id) {
  Stanza receipt;
  receipt.from = *Jid::parse(Jid::parse(stanza.attribute("to"))->bare() + "/phone");
  receipt.to = *Jid::parse(stanza.attribute("from"));
  receipt.type = "chat";
  receipt.id = fmt::format("{}-r{}", nick_, id);
  receipt.receipt_for = stanza.attribute("id");
  server_.send(std::move(receipt));
}

void Person::server_gone() {
  stage_.trace.say("{} lost the server", nick_);
}

}  // namespace tests::sim
