#include "bridge/limits/book.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridge/base/log.h"

namespace bridge::limits {
namespace {

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::kPolicy:
      return "policy";
    case Kind::kNumber:
      return "number";
    case Kind::kDuration:
      return "duration";
  }
  return "?";
}

void describe(wire::LimitLine& line, const Entry& entry) {
  line.set_name(std::string(entry.name));
  line.set_kind(std::string(name(entry.kind)));
  line.set_level(std::string(entry.level));
  line.set_keyed(std::string(name(entry.keyed)));
  line.set_what(std::string(entry.what));
  line.set_standard(std::string(entry.standard));
  line.set_percent(100);
}

void describe(wire::LimitLine& line, const Setting& setting) {
  line.set_value(setting.value.text);
  line.set_source("set");
  line.set_shadow(setting.shadow);
  line.set_percent(setting.percent);
  line.set_who(setting.who);
  line.set_time_ms(setting.time_ms);
}

std::string text_of(const Setting& setting) {
  std::string text = setting.value.text;
  if (setting.shadow) text += " in shadow";
  if (setting.percent < 100) text += fmt::format(" for {} %", setting.percent);
  return text;
}

}  // namespace

Book::Book(FileValues file, const throttle::HashSeed& seed, OnChange on_change)
    : file_(std::move(file)),
      seed_(seed),
      on_change_(std::move(on_change)),
      now_(in_force(file_, ledger_, seed_)) {}

void Book::load(const Ledger& ledger) {
  const std::lock_guard lock(mutex_);
  ledger_ = ledger;
  changed();
}

void Book::changed() {
  now_ = in_force(file_, ledger_, seed_);
  on_change_(now_);
}

Value Book::value_of(const Entry& entry) const {
  const auto& from_file = file_[static_cast<std::size_t>(entry.limit)];
  return from_file ? *from_file : standard(entry);
}

void Book::log_change(const Entry& entry, std::string_view key, std::string_view old_text,
                      std::string_view new_text, std::string_view who) const {
  // Whose limit it is stands in the audit trail, not in the log's lines (law 10).
  base::log::info("limit {}{}: {} -> {}, by {}", entry.name, key.empty() ? "" : " (an exception)",
                  old_text, new_text, who);
}

void Book::apply(const backbone::Record& record) {
  if (!record.has_limit_changed()) return;
  const auto& change = record.limit_changed();
  const std::lock_guard lock(mutex_);
  const Entry* entry = find(change.name());
  std::string old_text;
  if (entry) {
    const Setting* old = ledger_.find(entry->limit, change.key());
    old_text = old ? text_of(*old) : value_of(*entry).text;
  }
  ledger_.apply(record);
  changed();
  if (!entry) return;
  const Setting* now = ledger_.find(entry->limit, change.key());
  log_change(*entry, change.key(), old_text, now ? text_of(*now) : value_of(*entry).text,
             change.who());
}

void Book::set_file(FileValues file, std::string_view who) {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : table()) {
    const std::string old_text = value_of(entry).text;
    const auto& value = file[static_cast<std::size_t>(entry.limit)];
    const std::string new_text = value ? value->text : standard(entry).text;
    if (old_text == new_text) continue;
    log_change(entry, {}, old_text, new_text, who);
    if (ledger_.find(entry.limit, {}))
      base::log::info("limit {} stays as it was set until it is unset", entry.name);
  }
  file_ = std::move(file);
  changed();
}

Limits Book::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

backbone::RecordId Book::newest() const {
  const std::lock_guard lock(mutex_);
  return ledger_.newest();
}

base::Result<wire::LimitsReport> Book::report(std::string_view wanted) const {
  const std::lock_guard lock(mutex_);
  if (!wanted.empty() && !find(wanted))
    return base::fail(base::ErrorCode::kUnknown, "There is no limit of that name.");
  wire::LimitsReport report;
  for (const Entry& entry : table()) {
    if (!wanted.empty() && entry.name != wanted) continue;
    auto& line = *report.add_limits();
    describe(line, entry);
    if (const Setting* setting = ledger_.find(entry.limit, {})) {
      describe(line, *setting);
      continue;
    }
    line.set_value(value_of(entry).text);
    line.set_source(file_[static_cast<std::size_t>(entry.limit)] ? "file" : "default");
  }
  for (const auto& [key, setting] : ledger_.settings()) {
    const Entry& entry = limits::entry(key.first);
    if (setting.unset || key.second.empty() || (!wanted.empty() && entry.name != wanted)) continue;
    auto& line = *report.add_limits();
    describe(line, entry);
    describe(line, setting);
    line.set_key(key.second);
  }
  return report;
}

base::Result<wire::LimitChanges> history(const backbone::Store& store, backbone::RecordId newest,
                                         const wire::LimitHistory& request) {
  constexpr std::uint32_t kCountMax = 500;
  const std::uint32_t count =
      std::clamp(request.count() == 0 ? 50u : request.count(), 1u, kCountMax);
  wire::LimitChanges changes;
  backbone::RecordId id = request.before() == 0 ? newest : request.before();
  for (std::uint32_t n = 0; n < count && id != 0; ++n) {
    const auto read = store.read(id - 1, 1, 1);
    if (!read) return tl::unexpected(read.error());
    // Older than what the log still holds.
    if (read->empty() || read->front()->id() != id || !read->front()->has_limit_changed()) {
      id = 0;
      break;
    }
    const auto& from = read->front()->limit_changed();
    auto& change = *changes.add_changes();
    change.set_id(id);
    change.set_time_ms(read->front()->time_ms());
    change.set_name(from.name());
    change.set_key(from.key());
    change.set_old(from.old());
    change.set_value(from.value());
    change.set_unset(from.unset());
    change.set_shadow(from.shadow());
    change.set_percent(from.percent());
    change.set_who(from.who());
    id = from.previous();
  }
  changes.set_next(id);
  return changes;
}

}  // namespace bridge::limits
