#include "bridge/base/config.h"

#include <rapidcheck.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "bridge/base/config_text.h"

namespace bridge::base {
namespace {

using namespace std::chrono_literals;
using Problems = std::vector<std::string>;

ConfigReader reader(std::string_view text) {
  auto parsed = ConfigReader::parse(text, "test.toml");
  INFO((parsed ? std::string() : parsed.error().text));
  REQUIRE(parsed.has_value());
  return *parsed;
}

// The one problem that reading this text with `read` leaves.
template <class Read>
std::string problem_of(std::string_view text, Read&& read) {
  ConfigReader file = reader(text);
  read(file);
  const Problems problems = file.finish();
  REQUIRE(problems.size() == 1);
  return problems.front();
}

// A folder of its own, gone when the test ends.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "config-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, std::string_view content) const {
    const auto file = path_ / name;
    std::ofstream(file, std::ios::binary) << content;
    return file.string();
  }

 private:
  std::filesystem::path path_;
};

// Asks for one key of every kind, in tables too, as a daemon would.
Problems read_everything(ConfigReader& file) {
  std::string text;
  bool flag = false;
  int number = 5;
  double ratio = 0.5;
  std::chrono::milliseconds duration{1000};
  std::size_t bytes = 1024;
  throttle::Policy policy;
  std::vector<std::string> list;
  file.text("a", text);
  file.flag("b", flag);
  file.number("c", number, 1, 10);
  file.number("d", ratio, 0, 1);
  file.duration("e", duration, 1ms, 1h);
  file.bytes("f.a", bytes, 1, 1 << 20);
  file.policy("f.b", policy);
  file.text_list("f.c", list);
  file.table("g").text("a", text, {.required = true});
  for (ConfigReader& each : file.tables("h")) each.text("a", text);
  return file.finish();
}

}  // namespace

TEST_CASE("every kind of setting is read") {
  ConfigReader file = reader(R"(
    name = "lapwing"
    verbose = true
    [lane.im]
    credit = 4096
    share = 0.25
    whole = 2
    every = "250ms"
    keep = "90d"
    window = "64KiB"
    plain = 512
    limit = "20/10s burst 40"
    words = ["one", "two"]
  )");
  std::string name;
  bool verbose = false;
  std::uint16_t credit = 0;
  double share = 0;
  double whole = 0;
  std::chrono::milliseconds every{}, keep{};
  std::size_t window = 0, plain = 0;
  throttle::Policy limit;
  std::vector<std::string> words;
  file.text("name", name);
  file.flag("verbose", verbose);
  file.number("lane.im.credit", credit, 1, 65535);
  ConfigReader lane = file.table("lane.im");
  lane.number("share", share, 0, 1);
  lane.number("whole", whole, 0, 2);
  lane.duration("every", every, 1ms, 1min);
  lane.duration("keep", keep, 0ms, 24h * 365);
  lane.bytes("window", window, 1, 1 << 20);
  lane.bytes("plain", plain, 1, 1 << 20);
  lane.policy("limit", limit);
  lane.text_list("words", words);
  CHECK(file.finish() == Problems{});
  CHECK(name == "lapwing");
  CHECK(verbose);
  CHECK(credit == 4096);
  CHECK(share == 0.25);
  CHECK(whole == 2);
  CHECK(every == 250ms);
  CHECK(keep == 90 * 24h);
  CHECK(window == 65536);
  CHECK(plain == 512);
  CHECK(limit.text() == "20/10s burst 40");
  CHECK(words == std::vector<std::string>{"one", "two"});
}

TEST_CASE("what is absent keeps its default") {
  ConfigReader file = reader("");
  int number = 7;
  std::string text = "kept";
  file.number("lane.im.credit", number, 1, 10);
  file.table("lane.web").text("endpoint", text);
  CHECK(file.tables("lane.im.client").empty());
  CHECK_FALSE(file.has("lane"));
  CHECK(file.finish() == Problems{});
  CHECK(number == 7);
  CHECK(text == "kept");
}

TEST_CASE("lists of tables keep their order and know where they stand") {
  ConfigReader file = reader(R"(
    [[lane.im.client]]
    key = "first"
    [[lane.im.client]]
    key = "second"
    kex = 1
  )");
  std::string keys;
  for (ConfigReader& client : file.tables("lane.im.client")) {
    std::string key;
    client.text("key", key);
    keys += client.path() + "=" + key + " ";
  }
  CHECK(keys == "lane.im.client[0]=first lane.im.client[1]=second ");
  CHECK(file.finish() ==
        Problems{"test.toml:6: lane.im.client[1].kex: there is no such key; did you mean key?"});
}

TEST_CASE("all problems are told at once, in the order of the file") {
  ConfigReader file = reader(
      "[lane.im]\n"
      "credit = 70000\n"
      "every = \"5 seconds\"\n"
      "[lane.wbe]\n"
      "x = 1\n");
  int credit = 100;
  std::chrono::milliseconds every{5000};
  std::string endpoint;
  file.number("lane.im.credit", credit, 1, 65536);
  file.duration("lane.im.every", every, 1ms, 1h);
  file.text("lane.web.endpoint", endpoint,
            {.required = true, .example = "\"tcp://127.0.0.1:7602\""});
  CHECK(file.finish() ==
        Problems{"test.toml: lane.web.endpoint: is missing; a good line: "
                 "endpoint = \"tcp://127.0.0.1:7602\"",
                 "test.toml:2: lane.im.credit: 70000 is outside 1 to 65536; a good line: "
                 "credit = 100",
                 "test.toml:3: lane.im.every: \"5 seconds\" is no duration (ms, s, m, h, d); "
                 "a good line: every = \"5s\"",
                 "test.toml:4: lane.wbe: there is no such key; did you mean web?"});
  CHECK(credit == 100);
  CHECK(every == 5s);
}

TEST_CASE("a wrong kind of value is a problem, whatever was asked for") {
  for (const char* wrong : {"[1]", "{ x = 1 }", "1979-05-27", "nan"}) {
    const std::string value = wrong;
    ConfigReader file = reader("a = " + value + "\nb = " + value + "\nc = " + value +
                               "\nd = " + value + "\ne = " + value + "\nf.a = " + value +
                               "\nf.b = " + value + "\nf.c = [[1]]\ng = 1\nh = [1]\n");
    INFO(value);
    // a to e, f.a to f.c, g is no table and so g.a is missing, h is no list of tables.
    CHECK(read_everything(file).size() == 11);
  }
}

TEST_CASE("a duration must come out in whole milliseconds, a size in its bounds") {
  std::chrono::milliseconds every{1};
  std::size_t size = 1;
  CHECK(problem_of("k = \"500us\"", [&](auto& file) {
          file.duration("k", every, 0ms, 1s);
        }).find("is no duration") != std::string::npos);
  CHECK(problem_of("k = \"2s\"", [&](auto& file) {
          file.duration("k", every, 5ms, 1s);
        }).find("\"2s\" is outside 5ms to 1s") != std::string::npos);
  CHECK(problem_of("k = \"2MiB\"", [&](auto& file) {
          file.bytes("k", size, 1, 1 << 20);
        }).find("is outside 1B to 1MiB") != std::string::npos);
  CHECK(problem_of("k = -1", [&](auto& file) { file.bytes("k", size, 0, 9); }).find("outside") !=
        std::string::npos);
}

TEST_CASE("the caller's own problems stand among the others") {
  CHECK(problem_of("\nport = 1", [](ConfigReader& file) {
          file.problem("port", "is taken by lane.web");
        }) == "test.toml:2: port: is taken by lane.web");
}

TEST_CASE("a required text is not empty") {
  std::string name;
  CHECK(problem_of("name = \"\"", [&](auto& file) {
          file.text("name", name, {.required = true});
        }) == "test.toml:1: name: is empty; a good line: name = \"...\"");
}

TEST_CASE("a secret is the one line of a file beside the configuration") {
  Folder folder;
  folder.write("good", "hush hush\n");
  folder.write("two", "hush\nhush\n");
  folder.write("none", "\n");
  folder.write("long", std::string(ConfigReader::kSecretBytesMax + 1, 'x'));
  std::string secret = "old";
  auto read = [&](const std::string& named) {
    auto file = ConfigReader::open(folder.write("main.toml", "secret_file = \"" + named + "\""));
    REQUIRE(file);
    file->secret("secret_file", secret);
    return file->finish();
  };
  CHECK(read("good").empty());
  CHECK(secret == "hush hush");
  for (const char* bad : {"two", "none", "long", "missing", ""}) {
    INFO(bad);
    const Problems problems = read(bad);
    REQUIRE(problems.size() == 1);
    CHECK(problems.front().find("hush") == std::string::npos);
  }
  CHECK(secret == "hush hush");
}

TEST_CASE("a file that cannot be read says why") {
  Folder folder;
  CHECK(ConfigReader::open(folder.write("a", "") + "/missing").error().text.find("directory") !=
        std::string::npos);
  CHECK(ConfigReader::open(std::filesystem::temp_directory_path().string())
            .error()
            .text.find("directory") != std::string::npos);
  CHECK_FALSE(ConfigReader::open(folder.write("b", std::string(2 << 20, '#'))));
  CHECK(ConfigReader::parse("a = 1\nb = = 2\n", "x.toml").error().text.find("x.toml:2: ") == 0);
}

TEST_CASE("hostile files are refused or read, and never harm") {
  const auto repeated = [](std::string_view part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
  };
  CHECK_FALSE(ConfigReader::parse(repeated("a.", 100'000) + "a = 1", "x"));
  CHECK_FALSE(ConfigReader::parse("[" + repeated("a.", 100'000) + "a]", "x"));
  CHECK_FALSE(ConfigReader::parse("a = " + repeated("[", 100'000), "x"));
  CHECK_FALSE(ConfigReader::parse("a = " + repeated("{a=", 100'000), "x"));
  CHECK_FALSE(ConfigReader::parse("a = \"\xff\xfe\"", "x"));
  CHECK_FALSE(ConfigReader::parse(std::string_view("\0a", 2), "x"));
  CHECK(ConfigReader::parse("[" + repeated("a.", 60) + "a]\n" + repeated("b.", 60) + "b = 1", "x"));
  CHECK_FALSE(ConfigReader::parse("[=", "x"));
  CHECK_FALSE(ConfigReader::parse("a = \u00e9", "x"));  // a letter toml++ takes for impossible
  CHECK_FALSE(ConfigReader::parse("\u01fd99", "x"));
  CHECK_FALSE(ConfigReader::parse("a = 99999999999999999999", "x"));
}

TEST_CASE("what a hostile file says is printed escaped") {
  ConfigReader file = reader("\"\\u001b[2J\\n\" = 1");
  CHECK(file.finish() == Problems{"test.toml:1: \\x1b[2J\\x0a: there is no such key"});
}

TEST_CASE("no text whatever crashes the reader") {
  CHECK(rc::check("any mixture of TOML's parts", [] {
    const auto parts = *rc::gen::container<std::vector<std::string>>(
        rc::gen::oneOf(rc::gen::container<std::string>(rc::gen::arbitrary<char>()),
                       rc::gen::elementOf(std::vector<std::string>{"a",
                                                                   "b",
                                                                   "c",
                                                                   "d",
                                                                   "e",
                                                                   "f",
                                                                   "g",
                                                                   "h",
                                                                   " = ",
                                                                   "=",
                                                                   ".",
                                                                   "[",
                                                                   "]",
                                                                   "[[",
                                                                   "]]",
                                                                   "{",
                                                                   "}",
                                                                   ",",
                                                                   "\n",
                                                                   "\"",
                                                                   "'",
                                                                   "\"\"\"",
                                                                   "'''",
                                                                   "1",
                                                                   "-",
                                                                   "0x",
                                                                   "1e9",
                                                                   "true",
                                                                   "\"5s\"",
                                                                   "\"5/s\"",
                                                                   "1979-05-27T07:32:00Z",
                                                                   "#",
                                                                   "\\u",
                                                                   "\\",
                                                                   "\r\n",
                                                                   "\"64KiB\"",
                                                                   "a = 1\n",
                                                                   "[g]\n",
                                                                   "[[h]]\n",
                                                                   "f.a = \"1KiB\"\n"})));
    std::string text;
    for (const std::string& part : parts) text += part;
    if (auto file = ConfigReader::parse(text, "x")) read_everything(*file);
  }));
}

TEST_CASE("sizes read as people write them") {
  CHECK(parse_bytes("16KiB") == 16384);
  CHECK(parse_bytes("0B") == 0);
  for (const char* bad : {"", "16", "KiB", "-1B", "16 KiB", "16kB", "9999999999GiB"}) {
    INFO(bad);
    CHECK_FALSE(parse_bytes(bad));
  }
  CHECK(bytes_text(0) == "0B");
  CHECK(bytes_text(1536) == "1536B");
  CHECK(bytes_text(std::int64_t{3} << 30) == "3GiB");
}

TEST_CASE("the nearest name is suggested only when it is near") {
  const std::vector<std::string> known{"endpoint", "credit_max", "port"};
  CHECK(nearest("endpont", known) == "endpoint");
  CHECK(nearest("credit-max", known) == "credit_max");
  CHECK(nearest("prot", known) == "port");
  CHECK(nearest("pots", known) == std::nullopt);
  CHECK(nearest("port2", known) == "port");
  CHECK(nearest(std::string(100'000, 'x'), known) == std::nullopt);
}

TEST_CASE("printable text is cut and escaped") {
  CHECK(printable("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
  CHECK(printable("\xff\xc2\x9b") == "\\xff\\xc2\\x9b");
  CHECK(printable("abcdef", 3) == "abc...");
}

}  // namespace bridge::base
