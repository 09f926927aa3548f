// BackupThread: makes backups while the bridge works, one after the other, on a thread at low
// priority that nobody waits for: not the committer, not a lane (law 4).
//
//   if (!backups.submit(std::move(submission))) answer_busy();       // any thread
//
// Answers when the copy is whole, or with the reason why there is none.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "bridge/backbone/backup.h"
#include "bridge/base/mailbox.h"
#include "bridge/state/committer.h"

namespace bridge {

class BackupThread {
 public:
  using Reply = std::function<void(const state::ReplyAddress&, wire::Reply)>;

  // Waiting backups; more are told to come again.
  static constexpr std::size_t kWaitingMax = 4;

  // `data` is the folder of the stores. `reply` is called on this thread. References must outlive
  // it.
  BackupThread(const backbone::EmbeddedStore& log, const backbone::EmbeddedCursorStore& cursors,
               std::string data, Reply reply);
  ~BackupThread() { stop(); }

  void start();
  // Finishes the backup that is being made; those that wait are not made.
  void stop();

  // A request with `backup`. Any thread. False at the bound.
  bool submit(state::Submission submission) { return inbox_.push(std::move(submission)); }

 private:
  void run();
  wire::Reply make(const std::string& path) const;

  const backbone::EmbeddedStore& log_;
  const backbone::EmbeddedCursorStore& cursors_;
  const std::string data_;
  const Reply reply_;
  base::Mailbox<state::Submission> inbox_{kWaitingMax};
  base::Mailbox<bool> stop_{1};
  std::thread thread_;
};

}  // namespace bridge
