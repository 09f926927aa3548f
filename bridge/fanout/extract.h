// Extract: all that is kept of one person, in pages, for that person to take along: what they are
// and chose from State, what they wrote and was written to them alone by going over the log.
//
// There is no index of what somebody wrote: people take their data along a few times in their
// lives, so a page costs a read of a few hundred records and nothing is paid for it otherwise.
// Pure; whoever asks is answered at once.
#pragma once

#include <cstddef>

#include "bridge/backbone/store.h"
#include "bridge/base/result.h"
#include "bridge/state/state.h"
#include "bridge/wire/header.h"
#include "bridge/wire/wire.pb.h"

namespace bridge::fanout {

// Lines of State in a page, and records (and bytes of them) gone over for one.
inline constexpr std::size_t kExtractLines = 1000;
inline constexpr std::size_t kExtractRecords = 512;
inline constexpr std::size_t kExtractBytes = 128 * 1024;

// The log counts up to `head`, which is where `state` is: what came later is of the next time.
// Fails when the log cannot be read.
base::Result<wire::Extracted> extract(const state::State& state, const backbone::Store& store,
                                      const state::Account& account, const wire::Extract& what,
                                      backbone::RecordId head, base::WallMs now_ms);

}  // namespace bridge::fanout
