// Amend: what a record makes of records that were in the log before it. A post that its author
// takes back or corrects is rewritten where it stands, so that no reader of the log finds the old
// text.
//
//   for (RecordId id : amended_ids(record)) put(id, amended(get(id), record));
//
// Erasing an account takes away what all its records say, wherever they are: without() says what is
// left of each.
//
// The store does that in the same atomic batch as the append; whoever keeps records in memory does
// the same when it comes to `record`. Doing it twice changes nothing. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "bridge/backbone/store.h"

namespace bridge::backbone {

// Those that have to be rewritten; all of them are older than `record`.
std::vector<RecordId> amended_ids(const Record& record);

// `old` as it is from `record` on.
Record amended(const Record& old, const Record& record);

// What is left of a post that is kept no longer: no text, but what catches it, so that whoever it
// was for can be told that it was there. Of a change of one, nothing is left to be told. Anything
// else, and what was taken back before, stays as it is.
Record expired(const Record& record, const std::vector<std::string>& caught);

// Whether it says anything that goes when the account is erased, and what is left then.
bool concerns(const Record& record, AccountId erased);
Record without(const Record& record, AccountId erased);

}  // namespace bridge::backbone
