// Looks into a closed store from the outside, as another version of the program would.
#pragma once

#include <cstddef>
#include <string>

#include "bridge/backbone/embedded_columns.h"
#include "bridge/backbone/embedded_store.h"

namespace bridge::backbone {

// Writes `format` where the store in the data folder keeps its version.
void write_store_format(const EmbeddedOptions& options, const std::string& format);
void write_cursor_format(const std::string& path, const std::string& format);
// Adds a column family that this version does not know.
void add_unknown_column(const EmbeddedOptions& options);
// Compacts, with the newest record's time given, and counts the dedupe entries left.
std::size_t compacted_dedupe_entries(const EmbeddedOptions& options, base::WallMs newest_ms);

// Damage, as somebody else could do it.
void write_row(const EmbeddedOptions& options, Column column, const std::string& key,
               const std::string& value);
void erase_row(const EmbeddedOptions& options, Column column, const std::string& key);

// Writes what is in memory to files.
void flush(const EmbeddedOptions& options);
bool holds(const std::string& file, const std::string& text);
// Changes a byte of the first place that says `text`.
void flip_byte(const std::string& file, const std::string& text);

}  // namespace bridge::backbone
