#include "bridge/track/index.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>
#include <utility>
#include <vector>

#include "bridge/track/entries.h"
#include "bridge/track/filing.h"
#include "bridge/track/groups.h"
#include "bridge/track/hash.h"
#include "bridge/track/rarity.h"
#include "bridge/track/reclaimer.h"
#include "bridge/track/slot_table.h"

namespace bridge::track {
namespace {

// What a slot holds: two bits of this, and which.
enum class Kind : std::uint32_t {
  kText = 1,   // an entry that is looked up by its whole text
  kOne = 2,    // the one entry that is filed under this word
  kGroup = 3,  // a group of those filed under it
};

struct Payload {
  Kind kind;
  std::uint32_t ref;

  std::uint32_t bits() const { return static_cast<std::uint32_t>(kind) << 30 | ref; }
  static Payload of(std::uint32_t bits) {
    return {static_cast<Kind>(bits >> 30), bits & ((1U << 30) - 1)};
  }
};

// What a match is made with; kept by each thread from one to the next.
struct Scratch {
  std::vector<SlotTable::Probe> probes;
  std::vector<std::uint32_t> halves;
  // A bit for each half: most members of a group need no closer look.
  std::array<std::uint64_t, 16> bits{};
  void add_bit(std::uint32_t half) { bits[half >> 6 & 15] |= std::uint64_t{1} << (half & 63); }
  bool has_bit(std::uint32_t half) const { return (bits[half >> 6 & 15] >> (half & 63) & 1) != 0; }
  struct Hit {
    Payload payload;
    std::uint32_t token;
  };
  std::vector<Hit> hits;
  std::vector<Hit> groups;      // among them
  std::vector<Hit> candidates;  // entries
  std::vector<EntryRef> found;
};

}  // namespace

struct Index::Impl {
  mutable Reclaimer reclaimer;
  SlotTable slots{reclaimer};
  Entries entries;
  Groups groups{reclaimer};
  Rarity rarity;
  // Odd while a phrase is being filed anew: who reads meanwhile looks again.
  std::atomic<std::uint64_t> moves = 0;
  std::size_t phrases = 0;
  std::size_t subscriptions = 0;
  std::uint32_t observed = 0;

  ~Impl() {
    reclaimer.collect();
    slots.for_each([this](std::uint32_t bits) {
      const Payload payload = Payload::of(bits);
      if (payload.kind == Kind::kGroup)
        groups.for_each(payload.ref, [this](EntryRef ref) { entries[ref].clear(); });
      else
        entries[payload.ref].clear();
    });
  }

  // ---- looking for a phrase

  // The slot of what is filed under a word, if anything is.
  std::optional<Payload> filed(std::string_view word, std::uint64_t hash) const {
    std::optional<Payload> there;
    slots.visit(hash, [&](std::uint32_t bits) {
      const Payload payload = Payload::of(bits);
      if (payload.kind == Kind::kText) return;
      const EntryRef any =
          payload.kind == Kind::kOne ? payload.ref : groups.first(payload.ref).entry;
      if (entries[any].anchor() == word) there = payload;
    });
    return there;
  }

  std::optional<EntryRef> find_text(std::string_view canonical, std::uint64_t hash) const {
    std::optional<EntryRef> there;
    slots.visit(hash, [&](std::uint32_t bits) {
      const Payload payload = Payload::of(bits);
      if (payload.kind == Kind::kText && entries[payload.ref].text() == canonical)
        there = payload.ref;
    });
    return there;
  }

  std::optional<EntryRef> find(const Filing& filing) const {
    if (filing.is_word() || filing.is_by_text())
      return find_text(filing.canonical(), hash_of(filing.canonical()));
    // It may be under any of its words, and beside any other.
    std::optional<EntryRef> there;
    const auto look_at = [&](EntryRef ref) {
      if (entries[ref].text() == filing.canonical()) there = ref;
    };
    const auto required = filing.required();
    for (const Required& anchor : required) slots.prepare(anchor.hash);
    for (const Required& anchor : required) {
      slots.visit(anchor.hash, [&](std::uint32_t bits) {
        const Payload payload = Payload::of(bits);
        if (payload.kind == Kind::kOne) look_at(payload.ref);
        if (payload.kind != Kind::kGroup) return;
        for (const Required& other : required) {
          const bool alone = required.size() == 1;
          if (&other == &anchor && !alone) continue;
          const std::uint32_t second = alone ? 0 : static_cast<std::uint32_t>(other.hash);
          groups.with_second(payload.ref, second, look_at);
        }
      });
      if (there) break;
    }
    return there;
  }

  // ---- filing

  void file(const Required& anchor, Member member) {
    const auto there = filed(anchor.word, anchor.hash);
    if (!there) {
      slots.insert(anchor.hash, Payload{Kind::kOne, member.entry}.bits());
    } else if (there->kind == Kind::kGroup) {
      groups.insert(there->ref, member);
    } else {
      const Filing other(entries[there->ref].text());
      const GroupRef group = groups.make({other.second(rarity, anchor.word), there->ref}, member);
      slots.replace(anchor.hash, there->bits(), Payload{Kind::kGroup, group}.bits());
    }
  }

  void unfile(const Filing& filing, EntryRef ref) {
    const std::string_view word = entries[ref].anchor();
    const std::uint64_t hash = hash_of(word);
    const auto there = filed(word, hash);
    if (there->kind == Kind::kOne) return slots.erase(hash, there->bits());
    bool erased = groups.erase(there->ref, {0, ref});
    for (const Required& other : filing.required())
      if (!erased && other.word != word)
        erased = groups.erase(there->ref, {static_cast<std::uint32_t>(other.hash), ref});
    if (groups.size(there->ref) > 1) return;
    const EntryRef last = groups.first(there->ref).entry;
    slots.replace(hash, there->bits(), Payload{Kind::kOne, last}.bits());
    groups.free(there->ref);
  }

  EntryRef make(const Filing& filing) {
    for (const Required& each : filing.required()) rarity.ask(each.hash, true);
    ++phrases;
    if (filing.is_word()) {
      const EntryRef ref = entries.make(filing.canonical(), {});
      slots.insert(filing.required()[0].hash, Payload{Kind::kText, ref}.bits());
      return ref;
    }
    const auto [anchor, second] = filing.choose(rarity);
    const EntryRef ref = entries.make(filing.canonical(), filing.anchor_at(anchor));
    file(anchor, {second, ref});
    if (filing.is_by_text())
      slots.insert(hash_of(filing.canonical()), Payload{Kind::kText, ref}.bits());
    return ref;
  }

  // ---- all at once

  // A phrase of several words, and where it is going to be filed.
  struct ToFile {
    std::uint64_t anchor = 0;  // hash
    std::uint64_t member = 0;  // key
  };
  struct Building {
    std::vector<SlotTable::Filed> slots;
    std::vector<ToFile> to_file;
  };

  void build(const PhraseTable& table, const SubscriberLists& lists) {
    if (subscriptions != 0) throw std::logic_error("an index is built when it is empty");
    // What is asked for often is known before the first phrase is filed.
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (lists[i].empty()) continue;
      const Filing filing(table[i]);
      for (const Required& each : filing.required()) rarity.ask(each.hash, true);
    }
    Building building;
    for (std::size_t i = 0; i < table.size(); ++i)
      if (!lists[i].empty()) make(Filing(table[i]), lists[i], building);
    file_all(building);
    subscriptions = lists.subscribers();
  }

  void make(const Filing& filing, std::span<const Subscriber> listeners, Building& building) {
    ++phrases;
    Anchor place;
    Filing::Choice choice;
    if (!filing.is_word()) {
      choice = filing.choose(rarity);
      place = filing.anchor_at(choice.anchor);
    }
    const EntryRef ref = entries.make(filing.canonical(), place);
    entries[ref].add_all(listeners);
    const std::uint32_t text = Payload{Kind::kText, ref}.bits();
    if (filing.is_word()) return building.slots.push_back({filing.required()[0].hash, text});
    building.to_file.push_back({choice.anchor.hash, Member{choice.second, ref}.key()});
    if (filing.is_by_text()) building.slots.push_back({hash_of(filing.canonical()), text});
  }

  void file_all(Building& building) {
    auto& to_file = building.to_file;
    std::ranges::sort(to_file, {},
                      [](const ToFile& it) { return std::pair(it.anchor, it.member); });
    std::vector<std::uint64_t> keys;
    std::vector<ToFile> others;  // words whose whole hash is another's, too
    for (std::size_t begin = 0, end = 0; begin < to_file.size(); begin = end) {
      const std::uint64_t hash = to_file[begin].anchor;
      const std::string_view word = anchor_of(to_file[begin]);
      keys.clear();
      for (end = begin; end < to_file.size() && to_file[end].anchor == hash; ++end) {
        if (anchor_of(to_file[end]) == word)
          keys.push_back(to_file[end].member);
        else
          others.push_back(to_file[end]);
      }
      const Payload payload = keys.size() == 1 ? Payload{Kind::kOne, Member::of(keys[0]).entry}
                                               : Payload{Kind::kGroup, groups.make(keys)};
      building.slots.push_back({hash, payload.bits()});
    }
    slots.fill(building.slots);
    for (const ToFile& each : others) file({anchor_of(each), each.anchor}, Member::of(each.member));
  }

  std::string_view anchor_of(const ToFile& it) const {
    return entries[Member::of(it.member).entry].anchor();
  }

  void drop(const Filing& filing, EntryRef ref) {
    for (const Required& each : filing.required()) rarity.ask(each.hash, false);
    --phrases;
    if (filing.is_word() || filing.is_by_text())
      slots.erase(hash_of(filing.canonical()), Payload{Kind::kText, ref}.bits());
    if (!filing.is_word()) unfile(filing, ref);
    reclaimer.retire([this, ref] { entries.free(ref); });
  }

  // Files an entry under another of its words. It becomes another entry.
  void move(EntryRef ref, const Filing& filing, const Filing::Choice& choice) {
    const EntryRef moved = entries.move(ref, filing.anchor_at(choice.anchor));
    const Filing kept(entries[moved].text());
    ++moves;
    unfile(kept, ref);
    file(choice.anchor, {choice.second, moved});
    if (filing.is_by_text())
      slots.replace(hash_of(filing.canonical()), Payload{Kind::kText, ref}.bits(),
                    Payload{Kind::kText, moved}.bits());
    ++moves;
    reclaimer.retire([this, ref] { entries.free(ref); });
  }

  // Looks at a few of a group whether they would be better off elsewhere.
  void improve(const Post& post, const Post::Token& token) {
    constexpr std::size_t kWorthwhile = 16;
    constexpr std::size_t kLooks = 4;
    constexpr double kBetter = 8;
    for (std::size_t look = 0; look < kLooks; ++look) {
      const auto there = filed(post.text(token), token.hash);
      if (!there || there->kind != Kind::kGroup) return;
      if (look == 0 && groups.size(there->ref) < kWorthwhile) return;
      const EntryRef ref = groups.sample(there->ref, observed + look).entry;
      const Filing filing(entries[ref].text());
      const auto choice = filing.choose(rarity);
      if (rarity.of(choice.anchor.hash) * kBetter < rarity.of(token.hash))
        move(ref, filing, choice);
    }
  }

  // ---- matching

  // The entries that match, each once, into scratch.found. First all lines of the table are asked
  // for, then everything that was found there, so that memory is waited for together.
  void collect(const Post& post, Scratch& scratch) const {
    const auto tokens = post.tokens();
    scratch.probes.clear();
    scratch.halves.clear();
    scratch.bits = {};
    scratch.hits.clear();
    scratch.candidates.clear();
    scratch.found.clear();
    for (const Post::Token& token : tokens) {
      scratch.probes.push_back(slots.prepare(token.hash));
      scratch.halves.push_back(static_cast<std::uint32_t>(token.hash));
      scratch.add_bit(scratch.halves.back());
    }
    for (std::uint32_t i = 0; i < tokens.size(); ++i) {
      slots.visit(scratch.probes[i], [&](std::uint32_t bits) {
        const Payload payload = Payload::of(bits);
        scratch.hits.push_back({payload, i});
        if (payload.kind == Kind::kGroup)
          groups.prefetch(payload.ref);
        else
          entries.prefetch(payload.ref);
      });
    }
    open_hits(post, scratch);
    for (const Scratch::Hit& hit : scratch.candidates)
      if (is_match(post, hit)) scratch.found.push_back(hit.payload.ref);
  }

  // While one group is looked through, the members of the next are on their way.
  void open_hits(const Post& post, Scratch& scratch) const {
    auto& groups_hit = scratch.groups;
    groups_hit.clear();
    for (const Scratch::Hit& hit : scratch.hits) {
      if (hit.payload.kind != Kind::kGroup) {
        scratch.candidates.push_back(hit);
        continue;
      }
      groups.prefetch_size(hit.payload.ref);
      groups_hit.push_back(hit);
    }
    for (std::size_t i = 0; i < groups_hit.size(); ++i) {
      if (i == 0) groups.prefetch_candidates(groups_hit[0].payload.ref, scratch.halves);
      if (i + 1 < groups_hit.size())
        groups.prefetch_candidates(groups_hit[i + 1].payload.ref, scratch.halves);
      open_group(post, groups_hit[i], scratch);
    }
  }

  void open_group(const Post& post, const Scratch::Hit& hit, Scratch& scratch) const {
    groups.candidates(
        hit.payload.ref, scratch.halves,
        [&](std::uint32_t half) { return scratch.has_bit(half) && post.may_contain(half); },
        [&](EntryRef ref) {
          entries.prefetch(ref);
          scratch.candidates.push_back({{Kind::kOne, ref}, hit.token});
        });
  }

  // A slot may be another word's: what it leads to has to be filed under this one.
  bool is_match(const Post& post, const Scratch::Hit& hit) const {
    const Entry entry = entries[hit.payload.ref];
    const std::string_view word = post.text(post.tokens()[hit.token]);
    if (hit.payload.kind == Kind::kText) return entry.text() == word;
    return entry.anchor() == word && matches(entry.text(), post);
  }
};

Index::Index() : impl_(std::make_unique<Impl>()) {}

Index::~Index() = default;

void Index::add(const Phrase& phrase, SubscriptionNumber number, Listener listener) {
  const Filing filing(phrase.canonical());
  const auto known = impl_->find(filing);
  const EntryRef ref = known ? *known : impl_->make(filing);
  impl_->entries[ref].add(number, listener);
  ++impl_->subscriptions;
  impl_->reclaimer.collect();
}

void Index::build(const PhraseTable& phrases, const SubscriberLists& listeners) {
  impl_->build(phrases, listeners);
}

bool Index::remove(const Phrase& phrase, SubscriptionNumber number) {
  const Filing filing(phrase.canonical());
  const auto known = impl_->find(filing);
  if (!known || !impl_->entries[*known].remove(number)) return false;
  --impl_->subscriptions;
  if (impl_->entries[*known].deserted()) impl_->drop(filing, *known);
  impl_->reclaimer.collect();
  return true;
}

void Index::match(
    const Post& post,
    const std::function<void(std::string_view canonical, const Listeners&)>& found) const {
  thread_local Scratch kept;
  Scratch scratch = std::move(kept);  // `found` may match another post
  impl_->collect(post, scratch);
  // Not in the order of hashes, which is another one in every process: as they were added, mostly.
  std::ranges::sort(scratch.found);
  for (const EntryRef ref : scratch.found) {
    const Entry entry = impl_->entries[ref];
    found(entry.text(), entry.listeners());
  }
  kept = std::move(scratch);
}

std::optional<Listeners> Index::find(std::string_view canonical) const {
  if (canonical.size() > kPhraseBytesMax) return std::nullopt;
  const auto known = impl_->find(Filing(canonical));
  if (!known) return std::nullopt;
  return impl_->entries[*known].listeners();
}

void Index::observe(const Post& post) {
  constexpr std::uint32_t kOneIn = 8;
  if (++impl_->observed % kOneIn != 0) return;
  impl_->rarity.begin_post();
  for (const Post::Token& token : post.tokens()) impl_->rarity.see(token.hash);
  if (post.tokens().empty()) return;
  const std::size_t which = impl_->observed / kOneIn % post.tokens().size();
  impl_->improve(post, post.tokens()[which]);
  impl_->reclaimer.collect();
}

std::size_t Index::phrases() const {
  return impl_->phrases;
}
std::size_t Index::subscriptions() const {
  return impl_->subscriptions;
}

// ---- readers -----------------------------------------------------------------------------------

struct Index::Reader::Impl {
  explicit Impl(const Index::Impl& i) : index(i), seat(i.reclaimer) {}
  const Index::Impl& index;
  Reclaimer::Seat seat;
  Scratch scratch;
};

Index::Reader::Reader(const Index& index) : impl_(std::make_unique<Impl>(*index.impl_)) {}
Index::Reader::~Reader() = default;

void Index::Reader::match(const Post& post,
                          const std::function<void(std::string_view canonical)>& found) {
  const Index::Impl& index = impl_->index;
  const auto reading = impl_->seat.read();
  std::uint64_t before = 0;
  do {
    while (((before = index.moves.load()) & 1) != 0) continue;
    index.collect(post, impl_->scratch);
  } while (index.moves.load() != before);
  for (const EntryRef ref : impl_->scratch.found) found(index.entries[ref].text());
}

}  // namespace bridge::track
