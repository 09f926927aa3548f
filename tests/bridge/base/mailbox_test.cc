#include "bridge/base/mailbox.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <thread>

namespace bridge::base {
namespace {

using namespace std::chrono_literals;

constexpr auto kForever = 1min;  // only ever waited for in full by a failing test

struct Numbered {
  int producer = 0;
  int number = 0;
};

}  // namespace

TEST_CASE("a mailbox gives back what was put in, in order") {
  Mailbox<std::string> mailbox(10);
  CHECK(mailbox.push("one"));
  CHECK(mailbox.push("two"));
  std::vector<std::string> got;
  CHECK(mailbox.drain(got, 10) == 2);
  CHECK(got == std::vector<std::string>{"one", "two"});
  CHECK(mailbox.drain(got, 10) == 0);
}

TEST_CASE("a full mailbox says no and leaves the item where it is") {
  Mailbox<std::unique_ptr<int>> mailbox(1);
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  CHECK(mailbox.push(std::move(first)));
  CHECK_FALSE(mailbox.push(std::move(second)));
  CHECK(*second == 2);
  CHECK(mailbox.size() == 1);
}

TEST_CASE("the descriptor is readable exactly while something waits") {
  Mailbox<int> mailbox(10);
  CHECK_FALSE(mailbox.wait(0ms));
  for (int i = 0; i < 3; ++i) mailbox.push(i);
  CHECK(mailbox.wait(0ms));
  std::vector<int> got;
  mailbox.drain(got, 2);
  CHECK(mailbox.wait(0ms));
  mailbox.drain(got, 2);
  CHECK_FALSE(mailbox.wait(0ms));
  mailbox.push(9);
  CHECK(mailbox.wait(0ms));
}

TEST_CASE("nothing is lost, doubled or reordered between threads") {
  constexpr int kProducers = 3;
  constexpr int kEach = 5000;
  Mailbox<Numbered> mailbox(64);
  std::vector<std::thread> producers;
  for (int producer = 0; producer < kProducers; ++producer) {
    producers.emplace_back([&mailbox, producer] {
      for (int number = 0; number < kEach; ++number) {
        while (!mailbox.push(Numbered{producer, number})) std::this_thread::yield();
      }
    });
  }
  int next[kProducers] = {};
  int total = 0;
  bool in_order = true;
  std::vector<Numbered> batch;
  while (total < kProducers * kEach && mailbox.wait(kForever)) {
    batch.clear();
    mailbox.drain(batch, 16);
    for (const Numbered& item : batch) in_order &= item.number == next[item.producer]++;
    total += static_cast<int>(batch.size());
  }
  for (std::thread& producer : producers) producer.join();
  CHECK(total == kProducers * kEach);
  CHECK(in_order);
  CHECK(mailbox.size() == 0);
}

}  // namespace bridge::base
