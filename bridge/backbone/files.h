// Files and folders made to last: what backup and restore do to the file system.
//
// Errors are kUnavailable with a sentence for the operator.
#pragma once

#include <string>

#include "bridge/base/result.h"

namespace bridge::backbone {

// fsync of a file or folder.
base::Result<void> sync_path(const std::string& path);

// Copies a folder of plain files into one that does not exist yet, mode 0700, synced.
base::Result<void> copy_folder(const std::string& from, const std::string& to);

// Gives a finished file or folder its name, durably.
base::Result<void> rename_path(const std::string& from, const std::string& to);

// Whether another process holds RocksDB's lock in this folder. Not for a process that has the store
// open itself: asking would give its own lock up.
bool is_locked(const std::string& folder);

}  // namespace bridge::backbone
