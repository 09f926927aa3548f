// Pages: the website for people, as functions from views to HTML.
//
//   const std::string body = timeline_page(frame, timeline);
//
// Pure: no request, no clock, no file; the same view makes the same bytes, so that a page that
// nobody has signed in to can be kept and an ETag holds. Everything works as links and forms;
// assets/lapwing.js then adds what is nice to have. Times are UTC in <time> elements, which the
// script turns into "3 min".
//
// Forms POST to these paths, each with `csrf` and `back`: /post, /delete, /correct, /fav,
// /unfav, /follow, /leave, /track, /untrack, /delivery, /sign-in, /sign-in/ask, /sign-in/asked,
// /sign-out, /sessions/end, /operations/limits.
#pragma once

#include <string>

#include "gateway/web/pages/operations.h"
#include "gateway/web/pages/views.h"

namespace gateway::web::pages {

inline constexpr std::size_t kPostBytesMax = 2000;  // the wire's; the counter counts to it

std::string timeline_page(const Frame& frame, const Timeline& timeline);
std::string profile_page(const Frame& frame, const Profile& profile);
std::string thread_page(const Frame& frame, const Thread& thread);

std::string tracks_page(const Frame& frame, const Settings& settings);
std::string people_page(const Frame& frame, const Settings& settings);  // follows and followers
std::string settings_page(const Frame& frame, const Settings& settings);

std::string sign_in_page(const Frame& frame, const SignIn& sign_in);
std::string sign_in_asked_page(const Frame& frame, const SignInAsked& asked);
std::string problem_page(const Frame& frame, const Problem& problem);
// "3 minutes", "2 hours": for how long.
std::string duration(std::int64_t seconds);
// "1,234"
std::string number(std::uint64_t count);

std::string operations_page(const Frame& frame, const Operations& operations);

}  // namespace gateway::web::pages
