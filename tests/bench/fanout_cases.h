// The cases of the fan-out's bench. Each measures, and prints one line of JSON on stdout; what does
// not come out as it must is an exception.
#pragma once

namespace bench {

struct Size {
  double people = 1;    // of the numbers below
  double seconds = 60;  // at most, of what is repeated until there is enough of it
};

// A post with a word that a million people track, of whom ten thousand are online, while a thousand
// directs and posts to followers come in every second.
void hot_word(const Size& size);
// A hundred thousand people, each behind by ten thousand posts, come online.
void catch_up(const Size& size);
// Bytes per person.
void memory(const Size& size);

}  // namespace bench
