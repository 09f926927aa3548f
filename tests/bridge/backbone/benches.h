// What the suites are run against: each kind of store, with the ways to make it and to lose it.
//
// reopen() is a process that died and was started again.
#pragma once

#include <memory>

#include "bridge/backbone/embedded_cursor_store.h"
#include "bridge/backbone/embedded_store.h"
#include "bridge/backbone/memory_cursor_store.h"
#include "bridge/backbone/memory_store.h"
#include "tests/bridge/backbone/temp_folder.h"

namespace bridge::backbone {

inline constexpr std::chrono::milliseconds kTestWindow{1'000};

inline EmbeddedOptions small_store(const std::string& path) {
  return {.path = path,
          .now_ms = 1,
          .dedupe_window = kTestWindow,
          .write_buffer_bytes = 1 << 20,
          .buffers_bytes_max = 8 << 20,
          .cache_bytes = 1 << 20,
          .wal_bytes_max = 4 << 20};
}

class Embedded {
 public:
  Embedded() { reopen(); }
  void reopen() {
    store_.reset();
    store_ = EmbeddedStore::open(small_store(folder_.path())).value();
  }
  Store& store() { return *store_; }

 private:
  TempFolder folder_;
  std::unique_ptr<EmbeddedStore> store_;
};

class InMemory {
 public:
  void reopen() { store_.crash(); }
  Store& store() { return store_; }

 private:
  MemoryStore store_{kTestWindow};
};

class EmbeddedCursors {
 public:
  EmbeddedCursors() { reopen(); }
  void reopen() {
    store_.reset();
    store_ = EmbeddedCursorStore::open(folder_.path()).value();
  }
  CursorStore& store() { return *store_; }

 private:
  TempFolder folder_;
  std::unique_ptr<EmbeddedCursorStore> store_;
};

class InMemoryCursors {
 public:
  void reopen() { store_.crash(store_.unsynced()); }
  CursorStore& store() { return store_; }

 private:
  MemoryCursorStore store_;
};

}  // namespace bridge::backbone
