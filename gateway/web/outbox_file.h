// OutboxFile: where the outbox survives: a file that is appended to and synced on a thread of its
// own, so that no page waits for the disk.
//
//   auto opened = OutboxFile::open(path);         // with what an earlier process left in it
//   const auto ticket = file.append(bytes);  ...  if (file.durable() >= ticket) tell_the_author();
//
// append() and rewrite() never block; what was appended during one sync is written by the next, all
// at once. A disk that takes nothing makes it fail for good (failed() says why): nothing becomes
// durable any more. The caller bounds how much is on the way. File: "LWOUTBX1", then frames
// (frames.h); a torn end, as a crash leaves it, is cut off when opening.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bridge/base/result.h"

namespace gateway::web {

// What the outbox needs of its file. Abstract so that tests can stand in.
class OutboxStore {
 public:
  virtual ~OutboxStore() = default;
  // Rising numbers.
  virtual std::uint64_t append(std::string bytes) = 0;
  // These take the place of all that was appended before.
  virtual std::uint64_t rewrite(std::vector<std::string> all) = 0;
  // All up to this number survive a power failure.
  virtual std::uint64_t durable() const = 0;
  virtual std::string failed() const = 0;  // empty: all is well
};

class OutboxFile : public OutboxStore {
 public:
  struct Opened {
    std::unique_ptr<OutboxFile> file;
    std::vector<std::string> entries;
    bool torn = false;  // an end that was not whole was cut off
  };
  static bridge::base::Result<Opened> open(const std::string& path);
  // Writes what is left.
  ~OutboxFile() override;

  std::uint64_t append(std::string bytes) override;
  std::uint64_t rewrite(std::vector<std::string> all) override;
  std::uint64_t durable() const override;
  std::string failed() const override;

  // Readable when something became durable since the last take_news().
  int fd() const;
  void take_news();

 private:
  struct Impl;
  explicit OutboxFile(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace gateway::web
