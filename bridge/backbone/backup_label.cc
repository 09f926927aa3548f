#include "bridge/backbone/backup_label.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <system_error>

#include "bridge/backbone/files.h"

namespace bridge::backbone {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "/BACKUP";
constexpr const char* kTitle = "lapwing-backup";
constexpr const char* kEnd = "end";

tl::unexpected<base::Error> incomplete(const std::string& folder, const std::string& why) {
  return base::fail(base::ErrorCode::kBadRequest,
                    "The backup in " + folder + " is not complete: " + why + ".");
}

base::Result<void> check_files(const BackupLabel& label, const std::string& folder) {
  for (const auto& file : label.files) {
    std::error_code error;
    const auto bytes = fs::file_size(folder + "/" + file.name, error);
    if (error) return incomplete(folder, file.name + " is not there");
    if (bytes != file.bytes)
      return incomplete(folder, file.name + " has " + std::to_string(bytes) + " bytes instead of " +
                                    std::to_string(file.bytes));
  }
  return {};
}

}  // namespace

std::uint64_t BackupLabel::bytes() const {
  return std::accumulate(files.begin(), files.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const File& file) { return sum + file.bytes; });
}

base::Result<BackupLabel> describe_backup(const std::string& folder, RecordId head,
                                          base::WallMs taken_ms) {
  BackupLabel label{.head = head, .taken_ms = taken_ms, .files = {}};
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (!it->is_regular_file(error) || error) continue;
    label.files.push_back(
        {fs::relative(it->path(), folder, error).generic_string(), it->file_size(error)});
    if (error) break;
  }
  if (error)
    return base::fail(base::ErrorCode::kUnavailable,
                      "The folder " + folder + " cannot be read: " + error.message() + ".");
  std::ranges::sort(label.files, {}, &BackupLabel::File::name);
  return label;
}

base::Result<void> write_label(const BackupLabel& label, const std::string& folder) {
  const std::string name = folder + kName;
  std::ofstream out(name);
  out << kTitle << ' ' << kBackupVersion << "\nhead " << label.head << "\ntaken_ms "
      << label.taken_ms << '\n';
  for (const auto& file : label.files) out << file.name << ' ' << file.bytes << '\n';
  out << kEnd << '\n';
  out.close();
  if (!out)
    return base::fail(base::ErrorCode::kUnavailable, "The file " + name + " cannot be written.");
  if (auto synced = sync_path(name); !synced) return synced;
  return sync_path(folder);
}

bool has_label(const std::string& folder) {
  std::error_code ignored;
  return fs::exists(folder + kName, ignored);
}

base::Result<BackupLabel> read_label(const std::string& folder) {
  std::ifstream in(folder + kName);
  std::string title;
  int version = 0;
  if (!(in >> title >> version) || title != kTitle)
    return base::fail(base::ErrorCode::kBadRequest, "There is no backup in " + folder +
                                                        ", or not a whole one: it has no BACKUP "
                                                        "file.");
  if (version > kBackupVersion)
    return base::fail(base::ErrorCode::kBadRequest,
                      "The backup in " + folder + " was made by a newer Lapwing (backup version " +
                          std::to_string(version) + ", this one knows " +
                          std::to_string(kBackupVersion) + "): use that version.");
  BackupLabel label;
  std::string word;
  in >> word >> label.head >> word >> label.taken_ms;
  BackupLabel::File file;
  while (in >> file.name && file.name != kEnd && in >> file.bytes) label.files.push_back(file);
  if (file.name != kEnd) return incomplete(folder, "its BACKUP file is cut short");
  if (auto checked = check_files(label, folder); !checked)
    return tl::unexpected<base::Error>(std::move(checked.error()));
  return label;
}

}  // namespace bridge::backbone
