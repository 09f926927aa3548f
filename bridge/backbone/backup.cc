#include "bridge/backbone/backup.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "bridge/backbone/files.h"

namespace bridge::backbone {
namespace {

namespace fs = std::filesystem;

tl::unexpected<base::Error> refuse(base::Error error) {
  return tl::unexpected<base::Error>(std::move(error));
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

// A folder under way to its name: gone unless it got there.
class Unfinished {
 public:
  explicit Unfinished(std::string path) : path_(std::move(path)) {}
  ~Unfinished() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

base::Result<BackupLabel> fill(const EmbeddedStore& log, const EmbeddedCursorStore& cursors,
                               const std::string& folder, base::WallMs now_ms) {
  if (auto copied = cursors.copy_to(folder + "/cursors"); !copied)
    return refuse(std::move(copied.error()));
  const RecordId head = log.head();
  if (auto copied = log.copy_to(folder + "/log"); !copied) return refuse(std::move(copied.error()));
  auto label = describe_backup(folder, head, now_ms);
  if (!label) return label;
  if (auto written = write_label(*label, folder); !written)
    return refuse(std::move(written.error()));
  return label;
}

base::Result<void> check_target(const std::string& to) {
  if (is_locked(to + "/log"))
    return base::fail(base::ErrorCode::kConflict,
                      "A bridge is running on " + to + ": stop it and restore to a new folder.");
  std::error_code error;
  if (!exists(to) || (fs::is_directory(to, error) && fs::is_empty(to, error))) return {};
  return base::fail(base::ErrorCode::kConflict,
                    "There is something in " + to +
                        " already: a backup is restored to a folder that is new or empty.");
}

}  // namespace

base::Result<BackupLabel> back_up(const EmbeddedStore& log, const EmbeddedCursorStore& cursors,
                                  const std::string& path, base::WallMs now_ms) {
  if (!fs::path(path).is_absolute())
    return base::fail(base::ErrorCode::kBadRequest, "A backup's path begins with a slash.");
  const std::string target = fs::path(path).lexically_normal().string();
  const std::string partial = target + ".tmp";
  for (const auto& taken : {target, partial})
    if (exists(taken)) return base::fail(base::ErrorCode::kConflict, taken + " is there already.");
  const Unfinished folder(partial);
  if (auto made = make_private_folder(partial); !made) return refuse(std::move(made.error()));
  auto label = fill(log, cursors, partial, now_ms);
  if (!label) return label;
  if (auto named = rename_path(partial, target); !named) return refuse(std::move(named.error()));
  return label;
}

base::Result<VerifyReport> restore(const std::string& backup, const std::string& to,
                                   const VerifyProgress& progress) {
  if (const auto label = read_label(backup); !label) return refuse(label.error());
  if (auto readable = check_formats(backup); !readable) return refuse(std::move(readable.error()));
  if (auto free = check_target(to); !free) return refuse(std::move(free.error()));
  if (auto made = make_private_folder(to); !made) return refuse(std::move(made.error()));

  const Unfinished folder(to + "/restore.tmp");
  if (auto made = make_private_folder(folder.path()); !made) return refuse(std::move(made.error()));
  for (const char* part : {"/cursors", "/log"}) {
    if (auto copied = copy_folder(backup + part, folder.path() + part); !copied)
      return refuse(std::move(copied.error()));
  }
  auto report = verify(folder.path(), progress);
  if (!report || report->faults > 0) return report;
  // The log last: without it a bridge started in between shows nobody, rather than deliver
  // everything to everybody once more.
  for (const char* part : {"/cursors", "/log"}) {
    if (auto named = rename_path(folder.path() + part, to + part); !named)
      return refuse(std::move(named.error()));
  }
  return report;
}

}  // namespace bridge::backbone
