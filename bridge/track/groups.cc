#include "bridge/track/groups.h"

#include <algorithm>
#include <new>
#include <stdexcept>

namespace bridge::track {

Groups::Node* Groups::make_node(std::uint32_t size, bool row) {
  auto* node = new (::operator new(sizeof(Node) + size * sizeof(std::uint64_t))) Node;
  node->size = size;
  node->row = row;
  return node;
}

Groups::Node* Groups::make_block(std::span<const std::uint64_t> keys) {
  Node* block = make_node(static_cast<std::uint32_t>(keys.size()), false);
  std::ranges::copy(keys, block->keys());
  return block;
}

namespace {
void free_node(void* node) {
  ::operator delete(node);
}
}  // namespace

void Groups::retire(Node* node) {
  reclaimer_.retire([node] { free_node(node); });
}

Groups::~Groups() {
  for (auto& chunk : chunks_) {
    Cells* cells = chunk.load();
    if (!cells) break;
    for (auto& each : *cells) {
      Node* node = each.load();
      if (node && node->row) std::for_each_n(node->blocks(), node->size, free_node);
      free_node(node);
    }
    delete cells;
  }
}

std::size_t Groups::lower_bound(const Node& block, std::uint64_t key) {
  const std::uint64_t* keys = block.keys();
  const std::size_t size = block.size;
  if (size < 16) return static_cast<std::size_t>(std::lower_bound(keys, keys + size, key) - keys);
  // A guess, then doubling steps to where it lies in between.
  const std::size_t at = guess(block, static_cast<std::uint32_t>(key >> 32));
  std::size_t low = at, high = at;
  for (std::size_t step = 4; low > 0 && keys[low] >= key; step *= 2) {
    high = low;
    low = low > step ? low - step : 0;
  }
  for (std::size_t step = 4; high < size && keys[high] < key; step *= 2) {
    low = high;
    high = std::min(size, high + step);
  }
  return static_cast<std::size_t>(std::lower_bound(keys + low, keys + high, key) - keys);
}

std::size_t Groups::block_of(const Node& row, std::uint64_t key) {
  Node* const* blocks = row.blocks();
  const auto* at = std::partition_point(blocks + 1, blocks + row.size,
                                        [&](const Node* block) { return block->keys()[0] <= key; });
  return static_cast<std::size_t>(at - blocks - 1);
}

GroupRef Groups::place(Node* node) {
  GroupRef ref = next_;
  if (!free_.empty()) {
    ref = free_.back();
    free_.pop_back();
  } else {
    ++next_;
  }
  if ((ref >> kChunkBits) >= kChunks) throw std::length_error("there are too many groups");
  auto& chunk = chunks_[ref >> kChunkBits];
  if (!chunk.load()) chunk.store(new Cells{});
  cell(ref).store(node);
  return ref;
}

GroupRef Groups::make(Member one, Member other) {
  std::array keys{one.key(), other.key()};
  std::ranges::sort(keys);
  return make(keys);
}

GroupRef Groups::make(std::span<const std::uint64_t> keys) {
  if (keys.size() <= kBlockMax) return place(make_block(keys));
  // As even as can be: the next insertion must not split each.
  const std::size_t count = (keys.size() + kBlockMax - 1) / kBlockMax;
  Node* row = make_node(static_cast<std::uint32_t>(count), true);
  for (std::size_t at = 0; at < count; ++at) {
    const std::size_t begin = keys.size() * at / count;
    row->blocks()[at] = make_block(keys.subspan(begin, keys.size() * (at + 1) / count - begin));
  }
  return place(row);
}

void Groups::free(GroupRef group) {
  // Whoever has come as far as its number goes on to its members.
  reclaimer_.retire([this, group] {
    Node* node = cell(group).exchange(nullptr);
    if (node->row) std::for_each_n(node->blocks(), node->size, free_node);
    free_node(node);
    free_.push_back(group);
  });
}

// One block of a group makes way for these: none, one or two.
void Groups::replace_block(std::atomic<Node*>& place, std::size_t at, std::span<Node* const> by) {
  Node* node = place.load();
  if (!node->row && by.size() == 1) {
    place.store(by[0]);
    return retire(node);
  }
  const bool was_row = node->row;
  const std::size_t size = was_row ? node->size : 1;
  Node* const alone = node;
  Node* const* old = was_row ? node->blocks() : &alone;
  const std::size_t count = size - 1 + by.size();
  Node* gone = old[at];
  if (count == 1) {
    place.store(by.empty() ? old[1 - at] : by[0]);
  } else {
    Node* row = make_node(static_cast<std::uint32_t>(count), true);
    Node** out = std::copy_n(old, at, row->blocks());
    out = std::ranges::copy(by, out).out;
    std::copy_n(old + at + 1, size - at - 1, out);
    place.store(row);
  }
  retire(gone);
  if (was_row) retire(node);
}

void Groups::insert(GroupRef group, Member member) {
  auto& place = cell(group);
  Node* node = place.load();
  const std::uint64_t key = member.key();
  const std::size_t at = node->row ? block_of(*node, key) : 0;
  const Node& block = node->row ? *node->blocks()[at] : *node;
  const std::size_t index = lower_bound(block, key);
  Node* made = make_node(block.size + 1, false);
  std::copy_n(block.keys(), index, made->keys());
  made->keys()[index] = key;
  std::copy_n(block.keys() + index, block.size - index, made->keys() + index + 1);
  if (made->size <= kBlockMax) return replace_block(place, at, std::array{made});
  const auto keys = made->all();
  const std::size_t half = keys.size() / 2;
  const std::array halves{make_block(keys.first(half)), make_block(keys.subspan(half))};
  free_node(made);
  replace_block(place, at, halves);
}

bool Groups::erase(GroupRef group, Member member) {
  auto& place = cell(group);
  Node* node = place.load();
  const std::uint64_t key = member.key();
  const std::size_t at = node->row ? block_of(*node, key) : 0;
  const Node& block = node->row ? *node->blocks()[at] : *node;
  const std::size_t index = lower_bound(block, key);
  if (index == block.size || block.keys()[index] != key) return false;
  if (node->row && block.size == 1) {
    replace_block(place, at, {});
    return true;
  }
  Node* made = make_node(block.size - 1, false);
  std::copy_n(block.keys(), index, made->keys());
  std::copy_n(block.keys() + index + 1, block.size - index - 1, made->keys() + index);
  replace_block(place, at, std::array{made});
  return true;
}

std::size_t Groups::size(GroupRef group) const {
  const Node& node = *cell(group).load();
  if (!node.row) return node.size;
  std::size_t all = 0;
  for (std::size_t at = 0; at < node.size; ++at) all += node.blocks()[at]->size;
  return all;
}

Member Groups::first(GroupRef group) const {
  const Node& node = *cell(group).load();
  return Member::of((node.row ? *node.blocks()[0] : node).keys()[0]);
}

Member Groups::sample(GroupRef group, std::size_t n) const {
  const Node& node = *cell(group).load();
  const Node& block = node.row ? *node.blocks()[n % node.size] : node;
  return Member::of(block.keys()[n % block.size]);
}

}  // namespace bridge::track
