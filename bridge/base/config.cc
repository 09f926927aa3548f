#include "bridge/base/config.h"

// How toml++ is compiled here (3.3): its own depth bound low, because destroying a tree recurses;
// errors as values; and its assertions as exceptions in every kind of build. Some of them are about
// the file, not about the code ("[=" is enough), and where NDEBUG is set it lets the compiler
// assume that they hold.
namespace bridge::base {
namespace {
struct ParserGaveUp {};
[[noreturn]] void parser_gives_up() {
  throw ParserGaveUp{};
}
}  // namespace
}  // namespace bridge::base
#undef NDEBUG
#define TOML_MAX_NESTED_VALUES 16
#define TOML_EXCEPTIONS 0
#define TOML_ASSERT(expr) ((expr) ? void() : bridge::base::parser_gives_up())
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>

#include "bridge/base/config_text.h"

namespace bridge::base {
namespace {

// Dots in one line: more cannot be a sensible key, and dotted keys nest without TOML's own bound.
constexpr int kDotsPerLineMax = 64;

// At most `bytes_max` bytes of a file.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string content(bytes_max + 1, '\0');
  if (!file.read(content.data(), static_cast<std::streamsize>(content.size())) && !file.eof()) {
    const std::string reason = errno != 0 ? std::generic_category().message(errno) : "not readable";
    return fail(ErrorCode::kUnavailable, printable(path, 200) + ": " + reason);
  }
  content.resize(static_cast<std::size_t>(file.gcount()));
  if (content.size() > bytes_max) {
    return fail(ErrorCode::kBadRequest,
                printable(path, 200) + ": more than " + std::to_string(bytes_max) + " bytes");
  }
  return content;
}

// The number of the first line with too many dots, 0 when there is none.
int too_deep_line(std::string_view text) {
  int line = 1;
  int dots = 0;
  for (const char byte : text) {
    if (byte == '\n') {
      ++line;
      dots = 0;
    } else if (byte == '.' && ++dots > kDotsPerLineMax) {
      return line;
    }
  }
  return 0;
}

// nullopt when the parser met what it had not thought of.
std::optional<toml::parse_result> parse_toml(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const ParserGaveUp&) {
    return std::nullopt;
  }
}

std::string in_quotes(std::string_view text) {
  return "\"" + printable(text) + "\"";
}

std::string joined(std::string_view path, std::string_view key) {
  if (path.empty()) return std::string(key);
  return std::string(path).append(".").append(key);
}

int line_of(const toml::node& node) {
  return static_cast<int>(node.source().begin.line);
}

}  // namespace

// A table of the document, or the place where one could stand.
struct ConfigReader::Scope {
  std::string path;
  const toml::table* table = nullptr;  // null when absent
  std::vector<std::string> known;      // keys asked for

  const toml::node* node(std::string_view key) const { return table ? table->get(key) : nullptr; }

  void learn(std::string_view key) {
    if (std::find(known.begin(), known.end(), key) == known.end()) known.emplace_back(key);
  }
};

struct ConfigReader::Document {
  struct Problem {
    int line = 0;  // 0: about the file as a whole
    std::string text;
  };

  std::string name;
  toml::table root;
  std::map<std::string, Scope> scopes;  // by path
  std::vector<Problem> problems;

  Scope& scope(const std::string& path, const toml::table* table) {
    const auto [at, is_new] = scopes.try_emplace(path);
    if (is_new) at->second = {path, table, {}};
    return at->second;
  }

  void add(int line, std::string text) { problems.push_back({line, std::move(text)}); }

  // Keys of the asked-for tables that nobody asked for.
  std::vector<Problem> unknown_keys() const {
    std::vector<Problem> unknown;
    for (const auto& [path, scope] : scopes) {
      if (scope.table == nullptr) continue;
      for (const auto& [key, node] : *scope.table) {
        if (std::find(scope.known.begin(), scope.known.end(), key.str()) != scope.known.end())
          continue;
        std::string text = joined(path, printable(key.str())) + ": there is no such key";
        if (const auto near = nearest(key.str(), scope.known))
          text += "; did you mean " + *near + "?";
        unknown.push_back({static_cast<int>(key.source().begin.line), std::move(text)});
      }
    }
    return unknown;
  }
};

// One key, looked up: its node, and how to complain about it.
struct ConfigReader::Found {
  Document& document;
  const Scope& scope;
  std::string_view key;
  std::string sample;                // the value of a good line
  const toml::node* node = nullptr;  // null when absent

  void problem(std::string_view what) const {
    const int line = node ? line_of(*node) : scope.table ? line_of(*scope.table) : 0;
    std::string text = joined(scope.path, key).append(": ").append(what);
    if (!sample.empty()) text.append("; a good line: ").append(key).append(" = ").append(sample);
    document.add(line, std::move(text));
  }

  const std::string* text() const {
    if (node == nullptr) return nullptr;
    if (const auto* value = node->as_string()) return &value->get();
    problem("is no text in quotes");
    return nullptr;
  }
};

Result<ConfigReader> ConfigReader::open(const std::string& path) {
  const auto content = read_file(path, kFileBytesMax);
  if (!content) return tl::unexpected(content.error());
  return parse(*content, path);
}

Result<ConfigReader> ConfigReader::parse(std::string_view text, const std::string& name) {
  const auto refuse = [&](int line, std::string_view what) {
    return fail(ErrorCode::kBadRequest, printable(name, 200)
                                            .append(":" + std::to_string(line) + ": ")
                                            .append(printable(what, 200)));
  };
  if (text.size() > kFileBytesMax) return refuse(1, "the file is too long");
  if (const int line = too_deep_line(text)) return refuse(line, "too many dots in one line");
  auto parsed = parse_toml(text);
  if (!parsed) return refuse(1, "the file is no TOML");
  if (!*parsed) {
    return refuse(static_cast<int>(parsed->error().source().begin.line),
                  parsed->error().description());
  }
  auto document = std::make_shared<Document>();
  document->name = name;
  document->root = std::move(*parsed).table();
  Scope& top = document->scope("", &document->root);
  return ConfigReader(std::move(document), top);
}

ConfigReader::ConfigReader(std::shared_ptr<Document> document, Scope& scope)
    : document_(std::move(document)), scope_(&scope) {}

// The table of that name inside `from`, or the place where it could stand.
ConfigReader::Scope& ConfigReader::step(Scope& from, std::string_view name) const {
  const toml::node* const node = from.node(name);
  const std::string path = joined(from.path, name);
  from.learn(name);
  if (node && !node->is_table() && !document_->scopes.contains(path)) {
    document_->add(line_of(*node), path + ": is no table; a good line: [" + path + "]");
  }
  return document_->scope(path, node ? node->as_table() : nullptr);
}

// The scope that the last part of a dotted key stands in; `key` becomes that part.
ConfigReader::Scope& ConfigReader::walk(std::string_view& key) const {
  Scope* scope = scope_;
  for (std::size_t dot = key.find('.'); dot != key.npos; dot = key.find('.')) {
    scope = &step(*scope, key.substr(0, dot));
    key.remove_prefix(dot + 1);
  }
  scope->learn(key);
  return *scope;
}

ConfigReader::Found ConfigReader::find(std::string_view key, const KeyOptions& options,
                                       std::string_view sample) const {
  const Scope& scope = walk(key);
  Found found{*document_, scope, key,
              std::string(options.example.empty() ? sample : options.example), scope.node(key)};
  if (found.node == nullptr && options.required) found.problem("is missing");
  return found;
}

void ConfigReader::text(std::string_view key, std::string& into, const KeyOptions& options) {
  const Found found = find(key, options, "\"...\"");
  const std::string* const text = found.text();
  if (text == nullptr) return;
  if (text->empty() && options.required) return found.problem("is empty");
  into = *text;
}

void ConfigReader::flag(std::string_view key, bool& into, const KeyOptions& options) {
  const Found found = find(key, options, into ? "true" : "false");
  if (found.node == nullptr) return;
  const auto* const value = found.node->as_boolean();
  if (value == nullptr) return found.problem("is neither true nor false");
  into = value->get();
}

void ConfigReader::text_list(std::string_view key, std::vector<std::string>& into,
                             const KeyOptions& options) {
  const Found found = find(key, options, "[\"one\", \"two\"]");
  if (found.node == nullptr) return;
  const toml::array* const array = found.node->as_array();
  if (array == nullptr) return found.problem("is no list");
  std::vector<std::string> list;
  for (const toml::node& node : *array) {
    const auto* const value = node.as_string();
    if (value == nullptr) return found.problem("holds something that is no text in quotes");
    list.push_back(value->get());
  }
  into = std::move(list);
}

void ConfigReader::policy(std::string_view key, throttle::Policy& into, const KeyOptions& options) {
  const Found found = find(key, options, "\"20/10s burst 40\"");
  const std::string* const text = found.text();
  if (text == nullptr) return;
  const auto policy = throttle::Policy::parse(*text);
  if (!policy) return found.problem(in_quotes(*text) + " is no limit");
  into = *policy;
}

void ConfigReader::duration(std::string_view key, std::chrono::milliseconds& into,
                            std::chrono::milliseconds min, std::chrono::milliseconds max,
                            const KeyOptions& options) {
  const Found found = find(key, options, "\"" + throttle::duration_text(into) + "\"");
  const std::string* const text = found.text();
  if (text == nullptr) return;
  const auto duration = throttle::parse_duration(*text);
  if (!duration || *duration % std::chrono::milliseconds(1) != throttle::Duration(0)) {
    return found.problem(in_quotes(*text) + " is no duration (ms, s, m, h, d)");
  }
  const auto value = std::chrono::duration_cast<std::chrono::milliseconds>(*duration);
  if (value < min || value > max) {
    return found.problem(in_quotes(*text) + " is outside " + throttle::duration_text(min) + " to " +
                         throttle::duration_text(max));
  }
  into = value;
}

void ConfigReader::bytes(std::string_view key, std::size_t& into, std::size_t min, std::size_t max,
                         const KeyOptions& options) {
  const Found found = find(key, options, in_quotes(bytes_text(wide(into))));
  if (found.node == nullptr) return;
  std::optional<std::int64_t> value;
  if (const auto* const plain = found.node->as_integer()) value = plain->get();
  if (const auto* const text = found.node->as_string()) value = parse_bytes(text->get());
  if (!value) return found.problem("is no size (B, KiB, MiB, GiB)");
  if (*value < wide(min) || *value > wide(max)) {
    return found.problem("is outside " + bytes_text(wide(min)) + " to " + bytes_text(wide(max)));
  }
  into = static_cast<std::size_t>(*value);
}

void ConfigReader::secret(std::string_view key, std::string& into, const KeyOptions& options) {
  const Found found = find(key, options, "\"secret-file\"");
  const std::string* const named = found.text();
  if (named == nullptr) return;
  const auto folder = std::filesystem::path(document_->name).parent_path();
  auto content = read_file((folder / *named).string(), kSecretBytesMax);
  if (!content) return found.problem(content.error().text);
  std::string& line = *content;
  if (line.ends_with('\n')) line.pop_back();
  if (line.ends_with('\r')) line.pop_back();
  const auto control = [](char byte) { return static_cast<unsigned char>(byte) < 0x20; };
  if (line.empty() || std::any_of(line.begin(), line.end(), control)) {
    return found.problem(in_quotes(*named) + " does not hold one line of text");
  }
  into = std::move(line);
}

void ConfigReader::number(std::string_view key, double& into, double min, double max,
                          const KeyOptions& options) {
  const Found found = find(key, options, std::to_string(into));
  if (found.node == nullptr) return;
  const std::optional<double> value = found.node->value<double>();
  if (!value || !std::isfinite(*value)) return found.problem("is no number");
  if (*value < min || *value > max) {
    return found.problem("is outside " + std::to_string(min) + " to " + std::to_string(max));
  }
  into = *value;
}

std::optional<std::int64_t> ConfigReader::integer(std::string_view key, std::int64_t now,
                                                  std::int64_t min, std::int64_t max,
                                                  const KeyOptions& options) {
  const Found found = find(key, options, std::to_string(std::clamp(now, min, max)));
  if (found.node == nullptr) return std::nullopt;
  const auto* const value = found.node->as_integer();
  if (value == nullptr) {
    found.problem("is no whole number");
    return std::nullopt;
  }
  if (value->get() < min || value->get() > max) {
    found.problem(std::to_string(value->get()) + " is outside " + std::to_string(min) + " to " +
                  std::to_string(max));
    return std::nullopt;
  }
  return value->get();
}

bool ConfigReader::has(std::string_view key) const {
  return walk(key).node(key) != nullptr;
}

ConfigReader ConfigReader::table(std::string_view key) const {
  Scope& parent = walk(key);
  return ConfigReader(document_, step(parent, key));
}

std::vector<ConfigReader> ConfigReader::tables(std::string_view key) const {
  const Scope& parent = walk(key);
  const toml::node* const node = parent.node(key);
  const std::string path = joined(parent.path, key);
  std::vector<ConfigReader> readers;
  if (node == nullptr) return readers;
  const toml::array* const array = node->as_array();
  if (array == nullptr || !array->is_homogeneous<toml::table>()) {
    document_->add(line_of(*node), path + ": is no list of tables; a good line: [[" + path + "]]");
    return readers;
  }
  for (const toml::node& element : *array) {
    const std::string name = path + "[" + std::to_string(readers.size()) + "]";
    readers.push_back(ConfigReader(document_, document_->scope(name, element.as_table())));
  }
  return readers;
}

const std::string& ConfigReader::path() const {
  return scope_->path;
}

void ConfigReader::problem(std::string_view key, std::string_view what, const KeyOptions& options) {
  find(key, {.required = false, .example = options.example}, {}).problem(what);
}

std::vector<std::string> ConfigReader::finish() const {
  std::vector<Document::Problem> problems = document_->problems;
  for (auto& unknown : document_->unknown_keys()) problems.push_back(std::move(unknown));
  std::stable_sort(problems.begin(), problems.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  std::vector<std::string> lines;
  for (const auto& [line, text] : problems) {
    std::string where = printable(document_->name, 200);
    if (line > 0) where += ":" + std::to_string(line);
    lines.push_back(where + ": " + text);
  }
  return lines;
}

}  // namespace bridge::base
