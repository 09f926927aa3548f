// BareLog: the yardstick of the publish bench: RocksDB and nothing else, written to as the bridge's
// store writes to it.
//
//   BareLog log(folder);   const Seconds spent = log.append(posts);
//
// The column families and their options, the keys and the bytes are the embedded store's own; there
// is no decision, no index in memory, no reader, and nobody waits for an answer. One thread.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>

#include "tests/bench/post_maker.h"

namespace bench {

class BareLog {
 public:
  // Throws when there can be no database in this folder.
  explicit BareLog(const std::string& folder);
  ~BareLog();

  // All of them in one synced batch. Returns the time that RocksDB took, from filling the batch on:
  // making the bytes is left out.
  std::chrono::duration<double> append(std::span<const Post> posts);

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace bench
