// Views: what a page shows, as plain structs. Whoever fills them decides what a visitor may see;
// whoever renders them (pages.h) adds nothing and asks nobody.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gateway::web::pages {

// Who looks.
struct Viewer {
  std::string nick = {};
  std::string csrf = {};  // goes into every form
  bool is_operator = false;
};

// How current what is shown is.
struct Standing {
  bool backbone_away = false;
  std::int64_t age_s = 0;  // of the view, while the backbone is away
};

// Said once, at the top of the next page.
struct Notice {
  enum class Kind { kDone, kWaiting, kProblem };
  Kind kind = Kind::kDone;
  std::string text = {};
};

// What is around every page.
struct Frame {
  std::optional<Viewer> viewer = {};  // nullopt: nobody has signed in
  Standing standing = {};
  std::optional<Notice> notice = {};
  std::string path = "/";  // of this page with its query: where its forms come back to
  std::string site = "Lapwing";
  std::string bot = {};  // the address to write to from a Jabber client; empty: not told
  std::string
      compose_id;  // client id of the next post from this page: sent twice, it is posted once
};

struct Post {
  std::uint64_t id = 0;
  std::string author = {};
  std::string text = {};
  std::int64_t time_ms = 0;
  std::uint64_t reply_to = 0;        // 0: to none
  std::string reply_to_author = {};  // empty: not known any more
  std::uint64_t replies = 0;
  std::uint64_t favs = 0;
  bool faved = false;  // by the viewer
  bool corrected = false;
};

// In the outbox: the backbone does not have it yet.
struct WaitingPost {
  std::string client_id = {};
  std::string text = {};
  std::int64_t time_ms = 0;
  std::string refused = {};  // why it will never be published; empty: it will
};

// What a visitor may do with posts here: forms for the rest are left out.
struct Powers {
  bool reply = false;
  bool fav = false;
  bool remove = false;  // their own
};

struct Timeline {
  enum class Kind { kPublic, kHome, kMentions, kTag, kFavourites };
  Kind kind = Kind::kPublic;
  std::string tag = {};  // of kTag, without #
  std::vector<WaitingPost> waiting = {};
  std::vector<Post> posts = {};  // newest first
  std::uint64_t older = 0;       // there are more before this id; 0: these were the last
  bool first_page = true;        // it begins with the newest, so it can go on live
  std::string draft = {};        // text that could not be posted, to be mended
  Powers powers = {};
};

struct Profile {
  std::string nick = {};
  std::int64_t joined_ms = 0;  // 0: not known just now
  std::uint64_t follows = 0;
  std::uint64_t followers = 0;
  std::uint64_t posts_total = 0;
  bool numbers_known = false;
  bool followed = false;  // by the viewer
  bool follow_known = false;
  std::vector<WaitingPost> waiting = {};  // of the viewer, on their own profile
  std::vector<Post> posts = {};
  std::uint64_t older = 0;
  bool first_page = true;
  Powers powers = {};
};

struct Thread {
  std::vector<Post> above = {};  // what it answers, the first on top
  Post post = {};
  std::vector<Post> replies = {};  // oldest first
  std::string correction = {};     // of the post, that was refused: to be mended
  Powers powers = {};
};

struct Track {
  std::string phrase = {};  // canonical
  std::uint32_t per_hour = 0;
  bool waiting = false;  // asked for, not yet known to the backbone
  bool dormant = false;  // too many people track it: it wakes by itself
};

struct Person {
  std::string nick = {};
  bool waiting = false;
};

struct SignIn {
  std::string csrf = {};  // of a visitor who has not signed in
  std::string back = "/";
  std::string problem = {};       // with the last attempt
  std::string code = {};          // of a link: filled in already
  std::string name = {};          // of whom to ask in chat
  std::string name_problem = {};  // with the last attempt of that
};

// While somebody is asked in chat whether they want to be signed in.
struct SignInAsked {
  enum class State { kWaiting, kConfirmed, kRefused, kOver };
  State state = State::kOver;
  std::string csrf = {};  // as of SignIn
  std::string back = "/";
  std::string transaction = {};
  std::int64_t left_s = 0;   // of kWaiting: to answer
  std::string problem = {};  // with the last attempt to go on
};

struct SessionLine {
  std::string id = {};     // names it in the form that ends it; tells nothing about its cookie
  std::string agent = {};  // "Firefox on Linux"
  std::int64_t created_ms = 0;
  std::int64_t seen_ms = 0;
  bool this_one = false;
};

struct Settings {
  bool known = true;  // false: the backbone is away, and these can't be read
  bool delivery_on = true;
  std::string zone = {};
  std::vector<Track> tracks = {};
  std::string tracks_draft = {};  // prefilled, or what could not be tracked
  std::vector<Person> follows = {};
  std::uint64_t follows_total = 0;
  std::uint64_t followers_total = 0;
  std::vector<Person> followers = {};
  std::vector<SessionLine> sessions = {};
};

struct Problem {
  int status = 500;
  std::string title = {};
  std::string text = {};  // one sentence for a person
};

}  // namespace gateway::web::pages
