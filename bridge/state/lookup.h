// The sets in which State looks accounts up: by id, nick and address. State's own. They hold
// numbers, and what an account is called lies in it alone: it leaves a set while that changes.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>

#include "bridge/state/state.h"

namespace bridge::state {

inline char fold(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// What accounts are looked up by.
struct Id {
  using Type = AccountId;
  static Type of(const Account& account) { return account.id; }
  static std::size_t hash(Type id) { return absl::Hash<Type>{}(id); }
  static bool same(Type a, Type b) { return a == b; }
};
struct Nick {
  using Type = std::string_view;
  static Type of(const Account& account) { return account.nick; }
  static std::size_t hash(Type nick) { return absl::Hash<std::string>{}(fold_nick(nick)); }
  static bool same(Type a, Type b) { return std::ranges::equal(a, b, {}, fold, fold); }
};
struct Address {
  using Type = std::string_view;
  static Type of(const Account& account) { return account.address; }
  static std::size_t hash(Type address) { return absl::Hash<Type>{}(address); }
  static bool same(Type a, Type b) { return a == b; }
};

// Hash and equality of a set of numbers: a name lies in its account alone.
template <class Key>
struct By {
  using is_transparent = void;
  const std::deque<Account>* accounts;
  typename Key::Type key(PersonNumber number) const { return Key::of((*accounts)[number]); }
  std::size_t operator()(PersonNumber number) const { return Key::hash(key(number)); }
  std::size_t operator()(typename Key::Type wanted) const { return Key::hash(wanted); }
  bool operator()(PersonNumber a, PersonNumber b) const { return a == b; }
  bool operator()(PersonNumber a, typename Key::Type wanted) const {
    return Key::same(key(a), wanted);
  }
};

template <class Key>
using Numbers = absl::flat_hash_set<PersonNumber, By<Key>, By<Key>>;

template <class Key>
Numbers<Key> numbers_by(const std::deque<Account>& accounts) {
  const By<Key> by{&accounts};
  return Numbers<Key>(0, by, by);
}

template <class Numbers, class Key>
const Account* look_up(const std::deque<Account>& accounts, const Numbers& numbers, Key key) {
  const auto it = numbers.find(key);
  return it == numbers.end() ? nullptr : &accounts[*it];
}

struct State::Lookup {
  explicit Lookup(const std::deque<Account>& accounts)
      : ids(numbers_by<Id>(accounts)),
        nicks(numbers_by<Nick>(accounts)),
        addresses(numbers_by<Address>(accounts)) {}
  Numbers<Id> ids;
  Numbers<Nick> nicks;
  Numbers<Address> addresses;  // but empty ones
};

}  // namespace bridge::state
