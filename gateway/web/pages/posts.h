// Posts and what is around them on a page. For the .cc files of this folder only.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "gateway/web/pages/frame.h"

namespace gateway::web::pages {

// One post in a list; `large` where the page is about it.
void post_item(Html& html, const Frame& frame, const Post& post, const Powers& powers,
               bool large = false);

// The list, with what waits above it, and a link to what is older. `live` names the feed that the
// page's script follows ("home", "public", …); empty: none.
struct PostList {
  std::string_view live;
  const std::vector<WaitingPost>* waiting = nullptr;
  const std::vector<Post>* posts = nullptr;
  std::uint64_t older = 0;
  std::string_view path;  // of the page, for the link to the older ones
  std::string_view none;  // what to say when there are none
};
void post_list(Html& html, const Frame& frame, const PostList& list, const Powers& powers);

// The form to write in, for whoever has signed in.
struct Compose {
  std::string_view action = "/post";
  std::string_view area = "text";  // the id of the field, one on a page
  std::string_view label = "Write a post";
  std::string_view button = "Post";
  std::string_view draft = {};
  std::pair<std::string_view, std::uint64_t> post = {};  // a field that names a post, if not 0
};
void compose(Html& html, const Frame& frame, const Compose& compose);

}  // namespace gateway::web::pages
