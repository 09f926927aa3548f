// The page of somebody who is asked in chat whether it is them: looks whether they have answered, and
// goes on by itself when they have. Without it the page comes anew every few seconds.
"use strict";

const kLookEveryMs = 2000;
const kLookAgainMs = 6000;  // after no answer

const goOn = document.getElementById("go-on");
const asked = document.getElementById("asked");

async function look() {
  try {
    const answer = await fetch("/sign-in/asked", { headers: { Accept: "application/json" } });
    const { state } = await answer.json();
    if (state === "confirmed") return goOn.requestSubmit();
    if (state === "refused" || state === "over")
      return location.replace("/sign-in/asked?back=" + encodeURIComponent(goOn.elements.back.value));
    setTimeout(look, state ? kLookEveryMs : kLookAgainMs);
    if (!state) asked.textContent = "The message backbone is out of reach just now.";
  } catch {
    setTimeout(look, kLookAgainMs);
  }
}

setTimeout(look, kLookEveryMs);
