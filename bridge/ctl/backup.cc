// lapwingctl backup, restore and verify.
#include "bridge/backbone/backup.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "bridge/ctl/commands.h"
#include "bridge/ctl/exit_code.h"
#include "bridge/ctl/report.h"
#include "bridge/ctl/stage_line.h"

namespace bridge::ctl {
namespace {

namespace fs = std::filesystem;

constexpr double kCopySeconds = 24 * 3600;

// Whatever keeps an offline command from its work is its answer: nobody was to be reached.
int refused(const base::Error& error) {
  complain(error.text);
  return error.code == base::ErrorCode::kBadRequest || error.code == base::ErrorCode::kUnknown
             ? kUsage
             : kNo;
}

base::Result<wire::Reply> ask_new(const Access& access, const wire::Request& request,
                                  Repeat repeat) {
  const auto connection = Connection::open(access);
  if (!connection) return tl::unexpected(connection.error());
  return (*connection)->ask(request, repeat);
}

// Asks the bridge for a copy and waits for it, however long that takes; that there is no bridge is
// known in the usual time.
base::Result<wire::BackedUp> ask_for_copy(Access access, const std::string& path) {
  wire::Request greeting;
  greeting.mutable_status();
  if (const auto alive = ask_new(access, greeting, Repeat::kYes); !alive)
    return tl::unexpected(alive.error());
  access.timeout_s = std::max(access.timeout_s, kCopySeconds);
  wire::Request request;
  request.mutable_backup()->set_path(path);
  const auto reply = ask_new(access, request, Repeat::kNo);
  if (!reply) return tl::unexpected(reply.error());
  if (!reply->has_backed_up()) return tl::unexpected(unexpected_reply());
  return reply->backed_up();
}

int backup(const Access& access, const std::string& path) {
  const auto done = ask_for_copy(access, fs::absolute(path).lexically_normal().string());
  if (!done) return report(done.error());
  std::cout << "backed up to " << done->path() << ": records up to " << with_commas(done->head())
            << ", " << with_commas(done->bytes()) << " bytes\n";
  return kOk;
}

int tell(const backbone::VerifyReport& found) {
  for (const std::string& sentence : found.examples) complain(sentence);
  if (found.faults > found.examples.size())
    complain("… and " + with_commas(found.faults - found.examples.size()) + " more like these.");
  std::cout << to_text(found);
  return found.faults == 0 ? kOk : kNo;
}

int verify_folder(const std::string& path) {
  StageLine line(std::cerr);
  const auto found = backbone::verify(path, line.progress());
  line.end();
  if (!found) return refused(found.error());
  return tell(*found);
}

// A copy beside the data is made of links: it costs next to nothing and is gone afterwards.
int verify_live(const Access& access) {
  const auto copy = ask_for_copy(access, {});
  if (!copy) return report(copy.error());
  std::error_code error;
  if (!fs::is_directory(copy->path(), error)) {
    complain("The bridge made a copy in " + copy->path() +
             ", which cannot be seen from here: verify it on the bridge's machine, as its user.");
    return kNo;
  }
  const int code = verify_folder(copy->path());
  fs::remove_all(copy->path(), error);
  if (error) complain("The copy in " + copy->path() + " could not be removed.");
  return code;
}

int restore(const std::string& from, const std::string& to) {
  StageLine line(std::cerr);
  const auto found = backbone::restore(from, to, line.progress());
  line.end();
  if (!found) return refused(found.error());
  const int code = tell(*found);
  if (code == kOk)
    std::cout << "restored to " << to << '\n';
  else
    complain("The backup is damaged; nothing was restored.");
  return code;
}

}  // namespace

void add_backup(base::CommandLine& line, const Access& access, Action& action) {
  base::Command command =
      line.command("backup", "Copy the store of a running bridge to the new folder DIR.");
  command.footer(
      "DIR is a folder on the bridge's machine that does not exist; the bridge makes it. On the\n"
      "file system of the store the copy is made of links and takes hardly any room at first.");
  const auto path = std::make_shared<std::string>();
  command.inherit_options();
  command.option(*path,
                 {.name = "path", .help = "the new folder", .type = "DIR", .required = true});
  command.on_chosen(
      [path, &access, &action] { action = [=, &access] { return backup(access, *path); }; });
}

void add_restore(base::CommandLine& line, Action& action) {
  base::Command command = line.command(
      "restore", "Make a store of a backup, verified, in a new or empty folder. Needs no bridge.");
  const auto from = std::make_shared<std::string>();
  const auto to = std::make_shared<std::string>();
  command.option(*from,
                 {.name = "backup", .help = "the backup", .type = "BACKUP", .required = true});
  command.option(*to, {.name = "--to",
                       .help = "the store.path of the bridge to be",
                       .type = "DIR",
                       .required = true});
  command.on_chosen([from, to, &action] { action = [=] { return restore(*from, *to); }; });
}

void add_verify(base::CommandLine& line, const Access& access, Action& action) {
  base::Command command = line.command(
      "verify", "Read every record, index row and cursor of a store, and say what is wrong.");
  command.footer(
      "DIR is a backup, or the store.path of a bridge that does not run. Without DIR the running\n"
      "bridge makes a copy beside its store, which is verified and removed.");
  const auto path = std::make_shared<std::string>();
  command.inherit_options();
  command.option(*path, {.name = "path", .help = "a store or a backup", .type = "DIR"});
  command.on_chosen([path, &access, &action] {
    action = [=, &access] { return path->empty() ? verify_live(access) : verify_folder(*path); };
  });
}

}  // namespace bridge::ctl
