#include "bridge/track/reader.h"

#include <utility>

#include "bridge/track/characters.h"

namespace bridge::track {
namespace {

bool is_quote(char32_t c) {
  return c == U'"' || c == U'\u201C' || c == U'\u201D';
}

class Reader {
 public:
  explicit Reader(std::string_view line) : line_(line) {}

  base::Result<std::vector<Alternative>> read() {
    for (Character c; (c = character_at(line_, at_)).size != 0;) {
      if (c.code == U',') {
        finish_alternative();
        at_ += c.size;
      } else if (is_space(c.code)) {
        at_ += c.size;
      } else if (!read_term()) {
        return base::fail(base::ErrorCode::kBadRequest,
                          "A quote is opened in that phrase, but not closed.");
      }
    }
    finish_alternative();
    return std::move(alternatives_);
  }

 private:
  // False for a quote without its end.
  bool read_term() {
    Term term;
    if (line_[at_] == '-' && !ends_bare(character_at(line_, at_ + 1))) {
      term.excluded = true;
      ++at_;
    }
    const Character first = character_at(line_, at_);
    term.quoted = is_quote(first.code);
    if (term.quoted) {
      at_ += first.size;
      if (!read_quote(term.text)) return false;
    } else {
      read_bare(term.text);
    }
    terms_.push_back(std::move(term));
    return true;
  }

  bool read_quote(std::string& out) {
    const std::size_t begin = at_;
    for (Character c; (c = character_at(line_, at_)).size != 0;) {
      at_ += c.size;
      if (!is_quote(c.code)) continue;
      out = line_.substr(begin, at_ - c.size - begin);
      return true;
    }
    return false;
  }

  void read_bare(std::string& out) {
    const std::size_t begin = at_;
    for (Character c; !ends_bare(c = character_at(line_, at_));) at_ += c.size;
    out = line_.substr(begin, at_ - begin);
  }

  static bool ends_bare(Character c) { return c.size == 0 || c.code == U',' || is_space(c.code); }

  void finish_alternative() {
    if (!terms_.empty()) alternatives_.push_back(std::exchange(terms_, {}));
  }

  std::string_view line_;
  std::size_t at_ = 0;
  Alternative terms_;
  std::vector<Alternative> alternatives_;
};

}  // namespace

base::Result<std::vector<Alternative>> read_line(std::string_view folded) {
  return Reader(folded).read();
}

}  // namespace bridge::track
