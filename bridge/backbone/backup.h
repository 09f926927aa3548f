// Backup: a consistent copy of both stores in a folder, taken while they are written, and the way
// back.
//
//   back_up(log, cursors, "/backup/today", now.wall_ms);       restore("/backup/today", "/var/…");
//
// A backup has the layout of a data folder (log/, cursors/) and a label (backup_label.h). The
// cursors are copied before the log: they never lie ahead of it, so nobody misses what is in the
// restored log; at worst people get again what they acknowledged around the time of the backup.
// Never touches what is there already: the target must be new, and gets its name when it is whole.
#pragma once

#include <string>

#include "bridge/backbone/backup_label.h"
#include "bridge/backbone/embedded_cursor_store.h"
#include "bridge/backbone/embedded_store.h"
#include "bridge/backbone/verify.h"

namespace bridge::backbone {

// Takes as long as a flush of the write buffers, and a copy when `path` lies on another file
// system; meant for a thread that nobody waits for. `path` is absolute and does not exist.
// kConflict when it does; otherwise a failure leaves nothing behind.
base::Result<BackupLabel> back_up(const EmbeddedStore& log, const EmbeddedCursorStore& cursors,
                                  const std::string& path, base::WallMs now_ms);

// Copies a backup into the data folder `to` (absent or empty) and verifies the copy before it
// becomes the store. Offline. kConflict when something is there or runs there, kBadRequest when the
// backup is none or not whole, kUnavailable when a newer version wrote it or the disk refuses.
base::Result<VerifyReport> restore(const std::string& backup, const std::string& to,
                                   const VerifyProgress& progress);

}  // namespace bridge::backbone
