// Plan: what kind of run a seed stands for: how many people, how small the windows, which faults
// and how often. Every seed leaves some of them out, because a fault that always happens hides what
// only goes wrong without it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tests::sim {

// A planted bug, to show that the laws would notice it.
enum class Mutant {
  kNone,
  kAckBeforeFsync,       // the store says yes, and is durable only some time later
  kCursorOffByOne,       // cursors are saved one too high
  kCreditOffByOne,       // the bridge hears of one delivery more than was granted
  kCompactionMovesJob,   // a job's saved place is an index in a list, not a number
  kRetrackDeliversGap,   // after a restart, whoever tracks again has never stopped
  kTwiceFromTwoLists,    // a saved job has forgotten the lists it went through
  kCheckpointBeforeAck,  // deliveries on their way are saved as arrived
  kDigestForgetsOne,     // of what a saved digest holds, the first post is gone
  kReturnedForgotten,    // of what is owed one by one, the first is not saved
  kNoBackOff,            // what comes back is sent again at once, however often
  kChangeMissesTheAway,  // who is not there when a post is changed never hears of it
};
std::string_view name(Mutant mutant);
// Of all, with commas.
std::string mutant_names();
// Throws std::invalid_argument for what is none.
Mutant parse_mutant(std::string_view text);

struct Plan {
  std::uint64_t seed = 0;
  Mutant mutant = Mutant::kNone;

  // The cast.
  std::size_t people = 4;
  std::size_t publishers = 1;
  std::size_t crowd = 0;                         // of listeners who hardly do anything
  std::chrono::milliseconds people_think{800};   // between two things a person does, about
  std::chrono::milliseconds publish_every{300};  // of one publisher, about
  double goes_away = 0.1;                        // share of what people do
  bool bounces = false;                          // to whom is offline; else the server keeps it
  bool receipts = false;                         // clients confirm deliveries
  double slow_client = 0;                        // share of confirmations that come late

  // The machines.
  std::uint64_t window_deliveries = 16;
  std::uint64_t window_bytes = 16 * 1024;
  std::size_t send_bytes = 2048;
  std::size_t barriers = 2;
  std::size_t pipe_capacity = 32;
  std::size_t inbox_max = 64;  // of the committer, per lane
  std::chrono::milliseconds checkpoint_every{500};
  std::size_t quantum = 256;    // of the fan-out's jobs
  std::size_t hot_list = 4096;  // of listeners
  std::size_t catch_up_max = 100;
  std::chrono::milliseconds retention{0};  // of posts; 0: for ever
  double slow_message = 0.01;              // share of messages under way for long
  double starved = 0.002;                  // share of turns that come late

  // The faults, during this much time; 0: never.
  std::chrono::milliseconds storm{20'000};
  double death_per_step = 0;  // of one process, and anew after its restart
  std::chrono::milliseconds weather_every{1500};
  double cut = 0;  // shares of the weather
  double stall = 0;
  double disk = 0;
  double limits = 0;
  double caps = 0;  // on the listeners of a word
  double stop = 0;  // in good order
  double server_pause = 0;
  double burst = 0;   // of many posts at once
  double clock = 0;   // the wall clock jumps
  double thin = 0;    // half the crowd stops listening
  double race = 0;    // of subscriptions that match the same posts, right around those posts
  double flap = 0;    // of somebody's presence, within milliseconds
  double reject = 0;  // somebody's messages come back though they are there
  double gone = 0;    // all that is sent to somebody comes back, while their client insists that
                      // it is there
  double hang = 0;    // somebody's client reads nothing
  double erase = 0;   // somebody is erased, once in a run
  double move = 0;    // somebody goes to their other address
  double unreadable = 0;  // the disk
  bool kill_bridge = false;
  bool kill_gateway = false;
  bool crash_server = false;

  std::string describe() const;
};

Plan plan_for(std::uint64_t seed, Mutant mutant = Mutant::kNone);

}  // namespace tests::sim
