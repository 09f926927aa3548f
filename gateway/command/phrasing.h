// Phrasing: how numbers, people, posts and phrases are said. Pieces of the sentences that the
// definitions of commands are made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"

namespace gateway::command {

namespace wire = bridge::wire;

std::string people(std::uint64_t count);  // "1 person", "2 people"
std::string posts(std::uint64_t count);

std::string day(std::int64_t unix_ms);           // 2023-11-14
std::string day_and_time(std::int64_t unix_ms);  // 2023-11-14 22:13

// "You follow 2 people: bob, eve", or `none`.
std::string list_of(std::string_view lead, std::string_view none, const wire::Names& names);

// "bob: hello (#17)", "bob → eve: hello (#18)".
std::string quoted(const wire::Item& item);

// "#17 by bob".
std::string named(std::uint64_t id, std::string_view author);

// "Tracking: a, b" for those that changed, or those that did not; empty when there are none.
std::string phrases(std::string_view lead, const wire::Phrases& phrases, bool changed);
// Likewise for those that `wanted` says.
std::string phrases_that(bool (*wanted)(const wire::Phrase&), std::string_view lead,
                         const wire::Phrases& phrases);
std::string two_lines(std::string first, std::string_view second);

// "in 1 second", "in 90 seconds", "in 3 days": rounded up, so that following it is never too early.
std::string in_how_long(std::uint64_t milliseconds);

// "90 seconds", "2 hours", "3 days": rounded up, in the unit that suits it.
std::string how_long(std::uint64_t milliseconds);

}  // namespace gateway::command
