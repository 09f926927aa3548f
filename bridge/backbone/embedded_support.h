// What the two embedded stores share: RocksDB's messages into our log, its errors into our words.
//
// RocksDB's types are only named here, never included: its headers stop at the embedded .cc files.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bridge/base/result.h"

namespace rocksdb {
class EventListener;
class Logger;
class Status;
struct DBOptions;
}  // namespace rocksdb

namespace bridge::backbone {

enum class LogLevel { kInfo, kWarning, kError };
// Called from RocksDB's threads: must be thread-safe and must not block.
using LogSink = std::function<void(LogLevel, std::string_view message)>;

// RocksDB's own log file would lie on the disk that is full when it matters; not being able to
// write it ends the process in the packaged library. So its messages always go to us, and are
// dropped when `sink` is empty.
std::shared_ptr<rocksdb::Logger> make_rocks_logger(LogSink sink);

// After a full disk RocksDB would poll by itself, every 5 s, and wait for as much room as all write
// buffers could take; a small disk never gets there. With this the writer asks, by DB::Resume, as
// often as it likes. Compaction's own errors, which stop no writes, keep the automatic way.
std::shared_ptr<rocksdb::EventListener> make_resume_by_hand();

// Makes the folder and its parents, for our eyes only (directs lie in it).
base::Result<void> make_private_folder(const std::string& path);

// kConflict when another process has the store open, otherwise kUnavailable with RocksDB's words.
base::Error store_error(const rocksdb::Status& status, const std::string& path);

// "… was written by a newer Lapwing …"
base::Error newer_store_error(const std::string& path, const std::string& found, int known);

}  // namespace bridge::backbone
