// BackupLabel: the file `BACKUP` at the top of a backup: what it is, and every file of it with its
// size. It is written last, so a folder with a label is a whole backup, and a copy of one that lost
// a file on its way is found out. docs/backup.md has the lines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bridge/backbone/store.h"

namespace bridge::backbone {

// Raised when an older program would misread a backup.
inline constexpr int kBackupVersion = 1;

struct BackupLabel {
  struct File {
    std::string name;  // relative to the backup: log/000012.sst
    std::uint64_t bytes = 0;
  };
  RecordId head = 0;  // it holds everything up to here, and perhaps a little more
  base::WallMs taken_ms = 0;
  std::vector<File> files;

  std::uint64_t bytes() const;
};

// The label that the files in `folder` deserve.
base::Result<BackupLabel> describe_backup(const std::string& folder, RecordId head,
                                          base::WallMs taken_ms);

// Durable when it returns.
base::Result<void> write_label(const BackupLabel& label, const std::string& folder);

bool has_label(const std::string& folder);

// kBadRequest when it is no backup, not a whole one, or one of a newer version.
base::Result<BackupLabel> read_label(const std::string& folder);

}  // namespace bridge::backbone
