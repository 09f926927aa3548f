#include "bridge/fanout/roll.h"

#include <limits>

namespace bridge::fanout {

PersonNumber Roll::add(RecordId position) {
  const PersonNumber number = size();
  Slot& slot = slots_.emplace_back();
  slot.behind.fill(position);
  marks_.push_back(0);
  return number;
}

PersonNumber Roll::number_of(AccountId account) const {
  const state::Account* found = state_.find(account);
  return found ? found->number : kNobody;
}

Person& Roll::wake(PersonNumber number) {
  Slot& slot = slots_[number];
  if (!slot.person) {
    slot.person = std::make_unique<Person>();
    slot.person->number = number;
    slot.person->account = &account(number);
    for (std::size_t i = 0; i < backbone::kCursorClasses; ++i)
      slot.person->pending[i].restore({.floor = slot.behind[i]}, slot.behind[i]);
  }
  return *slot.person;
}

void Roll::rest(PersonNumber number, base::Time now) {
  Slot& slot = slots_[number];
  const Person* person = slot.person.get();
  if (!person || person->reachable() || !person->idle() || !person->limiter.idle(now)) return;
  for (const Pending& pending : person->pending)
    if (!pending.plain()) return;
  for (std::size_t i = 0; i < backbone::kCursorClasses; ++i)
    slot.behind[i] = person->pending[i].read_after();
  slot.person.reset();
}

void Roll::restore(PersonNumber number, const backbone::Cursors& cursors, RecordId position) {
  Person& person = wake(number);
  for (std::size_t i = 0; i < backbone::kCursorClasses; ++i)
    person.pending[i].restore(cursors[i], position);
  rest(number, base::Time::max());
}

bool Roll::clean(PersonNumber number) const {
  const Person* person = find(number);
  return person && person->clean();
}

backbone::Cursors Roll::cursors(PersonNumber number) const {
  backbone::Cursors cursors;
  const Person* person = find(number);
  for (std::size_t i = 0; i < backbone::kCursorClasses; ++i) {
    if (!person)
      cursors[i].floor = slots_[number].behind[i];
    else if (!person->pending[i].clean())
      cursors[i] = person->pending[i].cursor();
  }
  return cursors;
}

RecordId Roll::reads_after(PersonNumber number) const {
  const Person* person = find(number);
  if (!person) return slots_[number].behind[backbone::kStreamCursor];
  const Pending& stream = person->pending[backbone::kStreamCursor];
  return stream.behind() ? stream.read_after() : std::numeric_limits<RecordId>::max();
}

void Roll::set_pass(PersonNumber number, std::uint8_t pass) {
  marks_[number] = static_cast<std::uint8_t>((marks_[number] & ~kPassMask) | pass);
}

void Roll::touch(PersonNumber number) {
  if ((marks_[number] & kChanged) != 0) return;
  set(number, kChanged, true);
  changed_.push_back(number);
}

void Roll::clear_changed() {
  for (const PersonNumber number : changed_) set(number, kChanged, false);
  changed_.clear();
}

}  // namespace bridge::fanout
