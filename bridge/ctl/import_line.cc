#include "bridge/ctl/import_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "bridge/ctl/request.h"
#include "bridge/track/terms.h"

namespace bridge::ctl {
namespace {

// FNV-1a, 64 bits: the same in every build, so that ids are.
std::uint64_t hash(std::uint64_t so_far, std::string_view text) {
  for (const char c : text) {
    so_far = (so_far ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  }
  return so_far;
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return out;
}

tl::unexpected<base::Error> bad(std::string sentence) {
  return base::fail(base::ErrorCode::kBadRequest, std::move(sentence));
}

}  // namespace

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == line.npos;
}

base::Result<AuthoredText> read_import_line(std::string_view line,
                                            std::string_view default_author) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!track::is_utf8(line)) return bad("The line is not valid UTF-8.");
  auto post = authored_text(line);
  if (!post && default_author.empty()) {
    return bad(R"(Not a line like {"author": "bob", "text": "hi"}, and no --as NICK is given.)");
  }
  if (!post) post = AuthoredText{std::string(default_author), std::string(line)};
  if (const auto good = check_nick(post->author); !good) return tl::unexpected(good.error());
  if (is_blank(post->text)) return bad("The text is empty.");
  return *std::move(post);
}

std::string ClientIds::next(const AuthoredText& post) {
  constexpr std::uint64_t kStart = 0xCBF29CE484222325U;
  const std::uint64_t author = hash(kStart, lower_ascii(post.author));
  const std::uint64_t key = hash(hash(author, "\n"), post.text);
  return fmt::format("import:{}:{}", label_, ++seen_[key]);
}

}  // namespace bridge::ctl
