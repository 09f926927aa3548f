// lapwingctl import: a file of posts.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/exit_code.h"
#include "bridge/ctl/importer.h"
#include "bridge/ctl/progress.h"
#include "bridge/ctl/request.h"

namespace bridge::ctl {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kInFlightMax = 4096;
constexpr double kRateMin = 0.001;  // posts a second
constexpr double kRateMax = 1e6;
constexpr milliseconds kTick{20};
constexpr milliseconds kProgressEvery{200};

struct ImportOptions {
  ImporterOptions importer;
  std::string file;
  double patience_s = 60;
};

std::atomic<bool> interrupted{false};
void interrupt(int) {
  interrupted = true;
}

// Progress on a terminal; nothing anywhere else.
class ProgressBar {
 public:
  explicit ProgressBar(base::Time now) : start_(now), next_(now) {}

  void show(const ImportCounts& counts, std::optional<double> fraction, base::Time now) {
    if (!on_terminal_ || now < next_) return;
    next_ = now + kProgressEvery;
    std::cerr << "\r\x1B[K" << progress_line(counts, now - start_, fraction) << std::flush;
  }
  void clear() {
    if (on_terminal_) std::cerr << "\r\x1B[K" << std::flush;
  }

 private:
  const bool on_terminal_ = ::isatty(STDERR_FILENO) == 1;
  const base::Time start_;
  base::Time next_;
};

// Publishes until all is done or there is no point in going on; the problem then.
std::optional<base::Error> run(const Access& access, const ImportOptions& options, FdLines& lines,
                               Importer& importer, client::ZmqBackbone& backbone) {
  wire::Poller poller;
  poller.add(backbone.dealer());
  const std::size_t input = poller.add_fd(lines.fd());
  base::Time now = base::read_clocks().mono;
  const base::Time first_answer_by = now + std::chrono::duration_cast<base::Time::duration>(
                                               std::chrono::duration<double>(access.timeout_s));
  const std::chrono::duration<double> patience(options.patience_s);
  ProgressBar progress(now);
  bool met = false;
  while (!importer.done()) {
    backbone.turn(now);
    importer.turn(backbone, now);
    backbone.turn(now);  // what was asked leaves now
    progress.show(importer.counts(), lines.fraction(), now);
    met = met || backbone.connected();
    if (interrupted) importer.stop();
    const bool hopeless = met ? importer.stalled_for(now) > patience : now > first_answer_by;
    if (hopeless || (interrupted && !backbone.connected())) {
      progress.clear();
      return unreachable(access, backbone.trouble());
    }
    poller.set_fd(input, importer.wants_input() ? lines.fd() : -1, true, false);
    poller.wait(kTick);
    now = base::read_clocks().mono;
  }
  progress.clear();
  return std::nullopt;
}

int import(const Access& access, const ImportOptions& options) {
  auto lines = FdLines::open(options.file);
  if (!lines) return report_usage(lines.error());
  auto client = client_options(access);
  if (!client) return report_usage(client.error());
  client->requests_max = options.importer.in_flight_max + 1;

  Importer importer(options.importer, *lines, std::cerr);
  wire::Context context;
  std::optional<client::ZmqBackbone> backbone;
  try {
    backbone.emplace(context, *client, importer);
  } catch (const std::invalid_argument& bad) {
    return report_usage({base::ErrorCode::kBadRequest, bad.what()});
  }
  std::signal(SIGINT, interrupt);
  const auto problem = run(access, options, *lines, importer, *backbone);
  std::cout << summary_line(importer.counts()) << '\n' << std::flush;
  if (problem) {
    complain("Not finished; importing the same file again goes on from here.");
    return report(*problem);
  }
  if (interrupted) complain("Stopped; importing the same file again goes on from here.");
  return importer.counts().refused != 0 || interrupted ? kNo : kOk;
}

std::string judge_nick(const std::string& nick) {
  const auto good = check_nick(nick);
  return good ? std::string() : good.error().text;
}

std::string judge_label(const std::string& label) {
  return label.size() <= kLabelBytesMax ? "" : "The label is too long: at most 100 bytes.";
}

std::string default_label(const std::string& file) {
  if (file == "-") return "stdin";
  return std::filesystem::path(file).filename().string().substr(0, kLabelBytesMax);
}

}  // namespace

void add_import(base::CommandLine& line, const Access& access, Action& action) {
  base::Command command = line.command("import", "Publish a file of posts, one a line.");
  command.inherit_options();
  command.footer(
      "Lines are plain text, or JSON: {\"author\": \"bob\", \"text\": \"hi\"}. Unknown authors "
      "become\n"
      "accounts without an address. Importing a file twice publishes nothing twice, so after a "
      "break\n"
      "just run it again; a line that stands twice in it is two posts. What waited for a limit may "
      "come\n"
      "after what stood behind it. Bad lines are reported with their number and skipped. Prints at "
      "the\n"
      "end\n"
      "  published N, already there N, refused N\n"
      "and ends with 1 when something was refused, with 3 when the bridge was away too long.");
  const auto options = std::make_shared<ImportOptions>();
  auto& importer = options->importer;
  command.option(importer.author, {.name = "--as",
                                   .help = "author of the lines that are not JSON",
                                   .type = "NICK",
                                   .check = judge_nick});
  command.option(importer.rate,
                 {.name = "--rate", .help = "at most so many posts a second", .type = "N"},
                 {.min = kRateMin, .max = kRateMax});
  command.option(importer.label,
                 {.name = "--label",
                  .help = "tells this file's posts from another's; the file's name when absent",
                  .type = "TEXT",
                  .check = judge_label});
  command.option(importer.in_flight_max,
                 {.name = "--in-flight",
                  .help = "posts on their way at a time",
                  .type = "N",
                  .show_default = true},
                 {.min = 1, .max = kInFlightMax});
  command.option(options->patience_s,
                 {.name = "--patience",
                  .help = "give up after a break of so long",
                  .type = "SECONDS",
                  .show_default = true},
                 {.min = 0, .max = 86'400});
  command.option(options->file, {.name = "file",
                                 .help = "the file, or - for standard input",
                                 .type = "FILE",
                                 .required = true});
  command.on_chosen([options, &access, &action] {
    if (options->importer.label.empty()) options->importer.label = default_label(options->file);
    action = [=, &access] { return import(access, *options); };
  });
}

}  // namespace bridge::ctl
