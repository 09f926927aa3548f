// ConfigReader: a TOML file, read key by key into settings that already hold their defaults.
//
//   auto file = ConfigReader::open("bridge.toml");            // cannot be read at all: an error
//   file->number("lane.im.credit_max", settings.credit_max, 1, 65536);
//   for (ConfigReader& client : file->tables("lane.im.client")) client.text("key", key, {.required
//   = true}); for (const std::string& problem : file->finish()) print(problem);   // none: all is
//   well
//
// All problems are collected, not just the first: each with file, line, the key's dotted path, what
// is wrong and a good line. A key nobody asked for is a problem too, with the nearest known one.
// What is absent or wrong leaves `into` as it was. Numbers outside min..max are refused, never
// clamped.
//
// Hostile files are harmless: bounded in size and depth, and what they say is printed escaped.
// Copies and sub-tables are views of one document. One thread; for the start of a process and for
// reloading, not for reading settings while it runs.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/base/result.h"
#include "throttle/policy.h"

namespace bridge::base {

struct KeyOptions {
  bool required = false;
  std::string_view example = {};  // the value of a good line as TOML: "\"127.0.0.1:5347\""
};

class ConfigReader {
 public:
  static constexpr std::size_t kFileBytesMax = 1 << 20;
  static constexpr std::size_t kSecretBytesMax = 4096;

  static Result<ConfigReader> open(const std::string& path);
  // `name` stands for the file in problems; secrets' paths are relative to its folder.
  static Result<ConfigReader> parse(std::string_view text, const std::string& name);

  // Keys may be dotted: "lane.im.endpoint". A required text is not empty.
  void text(std::string_view key, std::string& into, const KeyOptions& options = {});
  void flag(std::string_view key, bool& into, const KeyOptions& options = {});
  void text_list(std::string_view key, std::vector<std::string>& into,
                 const KeyOptions& options = {});
  // "20/10s burst 40", "unlimited" (throttle/policy.h).
  void policy(std::string_view key, throttle::Policy& into, const KeyOptions& options = {});
  // "250ms", "5s", "10m", "90d": whole milliseconds.
  void duration(std::string_view key, std::chrono::milliseconds& into,
                std::chrono::milliseconds min, std::chrono::milliseconds max,
                const KeyOptions& options = {});
  // "512B", "16KiB", "64MiB", "2GiB", or a plain number of bytes.
  void bytes(std::string_view key, std::size_t& into, std::size_t min, std::size_t max,
             const KeyOptions& options = {});
  // The key names a file (relative to the configuration's folder) of one line: the secret. No
  // problem ever shows its content.
  void secret(std::string_view key, std::string& into, const KeyOptions& options = {});

  template <std::integral T>
  void number(std::string_view key, T& into, std::type_identity_t<T> min,
              std::type_identity_t<T> max, const KeyOptions& options = {}) {
    const auto found = integer(key, wide(into), wide(min), wide(max), options);
    if (found) into = static_cast<T>(*found);
  }
  void number(std::string_view key, double& into, double min, double max,
              const KeyOptions& options = {});

  bool has(std::string_view key) const;
  // [key]; an empty one when absent.
  ConfigReader table(std::string_view key) const;
  // [[key]], in the order of the file; none when absent.
  std::vector<ConfigReader> tables(std::string_view key) const;
  // Where this table stands: "lane.im.client[0]"; empty at the top.
  const std::string& path() const;

  // For what only the caller can know: "is the same as lane.web.endpoint".
  void problem(std::string_view key, std::string_view what, const KeyOptions& options = {});

  // Every problem of the whole document, a line each, in the order of the file; call it last, when
  // all known keys were asked for.
  std::vector<std::string> finish() const;

 private:
  struct Document;
  struct Scope;
  struct Found;

  ConfigReader(std::shared_ptr<Document> document, Scope& scope);

  Scope& step(Scope& from, std::string_view name) const;
  Scope& walk(std::string_view& key) const;
  Found find(std::string_view key, const KeyOptions& options, std::string_view sample) const;
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t now, std::int64_t min,
                                      std::int64_t max, const KeyOptions& options);

  // TOML's integers are 64 bits with a sign: a greater bound is no bound.
  template <std::integral T>
  static std::int64_t wide(T value) {
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    return std::cmp_greater(value, kMax) ? kMax : static_cast<std::int64_t>(value);
  }

  std::shared_ptr<Document> document_;
  Scope* scope_;  // in document_
};

}  // namespace bridge::base
