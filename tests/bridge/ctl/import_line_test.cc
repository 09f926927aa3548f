// Lines of a file to import, and the client ids they get.
#include "bridge/ctl/import_line.h"

#include <catch2/catch.hpp>

#include "bridge/ctl/request.h"

namespace bridge::ctl {
namespace {

std::string problem(std::string_view line, std::string_view author) {
  const auto post = read_import_line(line, author);
  return post ? std::string() : post.error().text;
}

TEST_CASE("a plain line is a post by the default author") {
  const auto post = read_import_line("hello, {world}\r", "bob");
  REQUIRE(post);
  CHECK(post->author == "bob");
  CHECK(post->text == "hello, {world}");
}

TEST_CASE("a JSON line says who wrote it, whatever the default author") {
  const auto post = read_import_line(R"({"text":"h\u00e9 {","author":"Alice","likes":3})", "bob");
  REQUIRE(post);
  CHECK(post->author == "Alice");
  CHECK(post->text == "h\u00E9 {");
}

TEST_CASE("a line that only looks like JSON is text") {
  for (const char* line :
       {"{https://t.co/x}", "{\"text\":\"no author\"}", "{\"author\":1,\"text\":2}",
        " {\"author\":\"alice\",\"text\":\"a space first\"}", "{"}) {
    const auto post = read_import_line(line, "bob");
    REQUIRE(post);
    CHECK(post->author == "bob");
    CHECK(post->text == line);
  }
}

TEST_CASE("bad lines are refused with a sentence") {
  CHECK(problem("hello", "") ==
        R"(Not a line like {"author": "bob", "text": "hi"}, and no --as NICK is given.)");
  CHECK(problem("caf\xE9", "bob") == "The line is not valid UTF-8.");
  CHECK(problem(R"({"author":"no spaces","text":"hi"})", "bob") ==
        "A nick has 1 to 20 characters, only letters A to Z, digits and _.");
  CHECK(problem(R"({"author":"alice","text":" "})", "bob") == "The text is empty.");
}

TEST_CASE("nicks") {
  for (const char* nick : {"a", "Bob_99", "12345678901234567890"}) CHECK(check_nick(nick));
  for (const char* nick : {"", "a b", "caf\u00E9", "123456789012345678901", "a-b"}) {
    CHECK_FALSE(check_nick(nick));
  }
}

TEST_CASE("every occurrence of a post has a client id of its own, the same in every run") {
  for (int run = 0; run < 2; ++run) {
    ClientIds ids("posts.txt");
    CHECK(ids.next({"bob", "hi"}) == "import:posts.txt:1");
    CHECK(ids.next({"bob", "ho"}) == "import:posts.txt:1");
    CHECK(ids.next({"Bob", "hi"}) == "import:posts.txt:2");
    CHECK(ids.next({"alice", "hi"}) == "import:posts.txt:1");
    CHECK(ids.next({"bob", "hi"}) == "import:posts.txt:3");
  }
}

TEST_CASE("the longest label leaves room for the longest count") {
  ClientIds ids(std::string(kLabelBytesMax, 'x'));
  CHECK(ids.next({"bob", "hi"}).size() + 9 <= kClientIdBytesMax);
}

}  // namespace
}  // namespace bridge::ctl
