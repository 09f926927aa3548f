// Importer: publishes the lines of a source, many at a time, each until it is in the log.
//
//   Importer importer(options, source, std::cerr);
//   ZmqBackbone backbone(context, ..., importer);
//   while (!importer.done()) { backbone.turn(now); importer.turn(backbone, now); ... }
//
// A post over a limit, or caught in a break, is asked again with the same client id, so it is
// published once; those behind it may get in first. Knows neither socket nor clock. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <unordered_map>

#include "bridge/base/time.h"
#include "bridge/client/backbone.h"
#include "bridge/ctl/import_line.h"
#include "bridge/ctl/line_source.h"

namespace bridge::ctl {

struct ImporterOptions {
  std::string author;               // of plain lines; empty: none
  std::string label;                // in the client ids
  double rate = 0;                  // posts a second; 0: as fast as it goes
  std::size_t in_flight_max = 256;  // posts asked for and not yet answered
};

struct ImportCounts {
  std::uint64_t published = 0;
  std::uint64_t already_there = 0;
  std::uint64_t refused = 0;   // bad lines, and what the bridge did not want
  std::uint64_t repeated = 0;  // requests asked again

  std::uint64_t done() const { return published + already_there + refused; }
};

class Importer : public client::Listener {
 public:
  // Both outlive it. Each line that is refused is reported to `problems` with its number.
  Importer(ImporterOptions options, LineSource& source, std::ostream& problems);

  // Asks for as many posts as may be on their way now. Returns how many.
  std::size_t turn(client::Backbone& backbone, base::Time now);

  // Everything was read, and everything read was answered.
  bool done() const { return ended_ && waiting_.empty() && again_.empty(); }
  // Nothing can be done before more input comes.
  bool wants_input() const { return wants_input_; }
  // How long nothing has gone forward although something is to do.
  base::Time::duration stalled_for(base::Time now) const { return now - moved_at_; }
  // Reads no more lines; what was read is finished.
  void stop() { ended_ = true; }

  const ImportCounts& counts() const { return counts_; }

  void on_connected(const wire::Welcome&) override {}
  void on_lost(std::string_view) override {}
  void on_reply(client::RequestId id, const wire::Reply& reply) override;
  void on_batch(std::uint64_t, const wire::Batch&) override {}
  void on_gap(const wire::Gap&) override {}

 private:
  struct Post {
    std::uint64_t line = 0;
    wire::Request request;
  };

  bool may_ask(const client::Backbone& backbone, base::Time now) const;
  std::optional<Post> next_post();
  std::optional<Post> read_post();
  void refuse(std::uint64_t line, const std::string& why);
  void ask_again(Post post, std::chrono::milliseconds pause);

  const ImporterOptions options_;
  LineSource& source_;
  std::ostream& problems_;
  ClientIds ids_;
  ImportCounts counts_;

  std::uint64_t line_ = 0;  // number of the last line read
  bool ended_ = false;
  bool wants_input_ = false;
  std::unordered_map<client::RequestId, Post> waiting_;  // at most in_flight_max, with again_
  std::map<std::uint64_t, Post> again_;                  // by line
  base::Time now_{};                                     // of the last turn
  base::Time moved_at_{};                                // the last time something went forward
  base::Time hold_until_{};                              // the bridge asked for a pause
  base::Time due_{};                                     // when the rate allows the next one
};

}  // namespace bridge::ctl
