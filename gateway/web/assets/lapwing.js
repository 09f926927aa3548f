// What is nice to have on top of pages that work without it: times that say how long ago, a counter,
// posts that appear by themselves, and one's own post at once while it is on its way.
//
// Text only ever becomes text (textContent); the pages' policy forbids everything else.
"use strict";

const csrf = document.body.dataset.csrf || "";
const me = document.body.dataset.nick || "";

// ---- times ----

const kUnits = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "narrow" });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });

function ago(then) {
  const seconds = (Date.now() - then) / 1000;
  for (const [unit, length] of kUnits)
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  return "now";
}

function tellTimes(root = document) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const then = new Date(time.dateTime);
    time.textContent = ago(then);
    time.title = absolute.format(then);
  }
}

// ---- elements ----

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// The same rules as gateway/web/pages/rich_text.
const kLinks = new RegExp(
  "(?<![\\p{L}\\p{N}_])(?:(https?:\\/\\/[^\\s\"<>\\\\^`{|}]+)|@(\\w{1,20})(?![\\w@])|#([\\p{L}\\p{M}\\p{N}_]+))", "gu");

function trimAddress(address) {
  for (;;) {
    const last = address.at(-1);
    const count = (c) => address.split(c).length - 1;
    if (!".,;:!?'*_~)]".includes(last)) return address;
    if (last === ")" && count("(") >= count(")")) return address;
    address = address.slice(0, -1);
  }
}

function richText(text) {
  const out = document.createDocumentFragment();
  let done = 0;
  for (const match of text.matchAll(kLinks)) {
    let [all, address, name, tag] = match;
    if (tag && (/^\d+$/.test(tag) || new TextEncoder().encode(tag).length > 59)) continue;
    if (address) {
      all = address = trimAddress(address);
      if (!/^https?:\/\/./.test(address)) continue;
    }
    out.append(text.slice(done, match.index));
    out.append(address ? element("a", { href: address, rel: "nofollow noopener noreferrer ugc" }, address)
      : name ? element("a", { class: "name", href: "/@" + name }, all)
      : element("a", { class: "tag", href: "/tag/" + encodeURIComponent(tag) }, all));
    done = match.index + all.length;
  }
  out.append(text.slice(done));
  return out;
}

function avatar(nick) {
  let hue = 0;
  for (const c of nick.toLowerCase()) hue = (Math.imul(hue, 31) + c.charCodeAt(0)) >>> 0;
  return element("span", { class: "avatar hue" + hue % 8, "aria-hidden": "true" }, nick.slice(0, 1));
}

function ask(form, question) {
  form.addEventListener("submit", (event) => {
    if (!confirm(question)) event.preventDefault();
  });
}
const askToDelete = (form) => ask(form, "Delete this post? Whoever got it is told.");

const hidden = (name, value) => element("input", { type: "hidden", name, value });

// What gateway/web/pages/posts.cc puts under a post; what replies and favourites it has is not known here.
function actions(post) {
  const footer = element("footer", { class: "actions" },
    element("a", { href: `/post/${post.id}#reply` }, "Reply"));
  if (post.author !== me) return footer;
  const form = element("form", { method: "post", action: "/delete", class: "delete" },
    hidden("csrf", csrf), hidden("back", location.pathname), hidden("id", post.id),
    element("button", { "aria-label": "Delete this post" }, "Delete"));
  askToDelete(form);
  footer.append(form);
  return footer;
}

function postItem(post) {
  const by = element("header", { class: "by" },
    element("a", { class: "author", href: "/@" + post.author }, post.author),
    element("a", { class: "when", href: "/post/" + post.id },
      element("time", { datetime: new Date(post.time_ms).toISOString() })));
  if (post.corrected) by.append(element("span", { class: "mark" }, "corrected"));
  const body = element("div", { class: "body" }, by);
  if (post.in_reply_to)
    body.append(element("p", { class: "context" }, "In reply to ",
      element("a", { href: "/post/" + post.in_reply_to }, "#" + post.in_reply_to)));
  body.append(element("p", { class: "text", dir: "auto" }, richText(post.text)));
  if (me) body.append(actions(post));
  const article = element("article",
    { class: "post new", id: "p" + post.id, "data-id": post.id, "aria-label": "Post by " + post.author },
    avatar(post.author), body);
  tellTimes(article);
  return element("li", {}, article);
}

// ---- posts that appear by themselves ----

const list = document.getElementById("posts");
const news = document.getElementById("news");
const kKeptMax = 200;  // of posts that wait to be shown; more are there after a reload
let kept = [];

function known(id) {
  return document.getElementById("p" + id) !== null || kept.some((post) => post.id === id);
}

function reading() {  // somebody who has scrolled down must not have the page move under them
  return window.scrollY > 240;
}

function place(post) {
  const firstPublished = list.querySelector("article[data-id]");
  const before = firstPublished ? firstPublished.closest("li") : null;
  list.insertBefore(postItem(post), before);
  document.getElementById("none")?.remove();
}

function showKept() {
  for (const post of kept) place(post);
  kept = [];
  news.replaceChildren();
}

function arrived(post) {
  for (const article of list.querySelectorAll("article[data-client-id]"))
    if (post.author === me && article.querySelector(".text").textContent === post.text)
      article.closest("li").remove();
  if (known(post.id)) return;
  if (!reading() && kept.length === 0) return place(post);
  if (kept.push(post) > kKeptMax) kept.shift();
  tellKept();
}

function tellKept() {
  if (kept.length === 0) return news.replaceChildren();
  const button = element("button", { type: "button" },
    kept.length === 1 ? "1 new post" : kept.length + " new posts");
  button.addEventListener("click", () => { showKept(); window.scrollTo({ top: 0 }); });
  news.replaceChildren(button);
}

// ---- how current the page is ----

function tellStanding({ live, as_of_ms }) {
  const box = document.getElementById("standing");
  if (!box) return;
  if (live) { if (box.firstChild) box.replaceChildren(); return; }
  const minutes = Math.floor((Date.now() - as_of_ms) / 60000);
  const since = minutes < 1 ? "a moment" : minutes === 1 ? "1 minute" : minutes + " minutes";
  box.replaceChildren(element("p", {}, element("strong", {}, "The message backbone is out of reach."),
    ` This is how things stood ${since} ago. What you write waits here and is published when it is back.`));
}

// What had waited in the outbox was published, in a moment to arrive here as a post, or refused.
function settled({ client_id, refused }) {
  const article = [...list.querySelectorAll("article[data-client-id]")]
    .find((one) => one.dataset.clientId === client_id);
  if (!article) return;
  if (refused) refuse(article.closest("li"), refused);
  else article.closest("li").remove();
}

function corrected(post) {
  kept = kept.map((one) => one.id === post.id ? post : one);
  const article = document.getElementById("p" + post.id);
  if (!article) return;
  article.querySelector(".text").replaceChildren(richText(post.text));
  if (!article.querySelector(".by .mark"))
    article.querySelector(".by").append(element("span", { class: "mark" }, "corrected"));
}

function gone({ id }) {
  document.getElementById("p" + id)?.closest("li")?.remove();
  kept = kept.filter((post) => post.id !== id);
  tellKept();
}

function follow(feed) {
  const [timeline, nick] = feed.split("/");
  const query = new URLSearchParams({ timeline, after: list.dataset.newest });
  if (nick) query.set("nick", nick);
  const source = new EventSource("/api/events?" + query);
  const hear = (event, then) => source.addEventListener(event, (message) => then(JSON.parse(message.data)));
  hear("post", arrived);
  hear("view", tellStanding);
  hear("outbox", settled);
  hear("corrected", corrected);
  hear("gone", gone);
}

// ---- writing ----

function counter(area) {
  const left = area.form.querySelector("output.left");
  const max = Number(area.dataset.bytes);
  const button = area.form.querySelector("button");
  const encoder = new TextEncoder();
  const tell = () => {
    const rest = max - encoder.encode(area.value).length;
    left.textContent = area.value === "" ? "" : rest < 0 ? `${-rest} too many` : rest <= 500 ? `${rest} left` : "";
    left.classList.toggle("over", rest < 0);
    button.disabled = rest < 0 || area.value.trim() === "";
  };
  area.addEventListener("input", tell);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !button.disabled) area.form.requestSubmit();
  });
  tell();
  return tell;
}

function waitingItem(clientId, text, state) {
  return element("li", {}, element("article", { class: "post waiting new", "data-client-id": clientId },
    avatar(me), element("div", { class: "body" },
      element("header", { class: "by" }, element("b", { class: "author" }, me), " ",
        element("span", { class: "mark" }, state)),
      element("p", { class: "text", dir: "auto" }, richText(text)))));
}

function refuse(item, why) {
  const article = item.firstChild;
  article.className = "post refused";
  article.querySelector(".mark").textContent = "not published";
  article.querySelector(".body").append(element("p", { class: "context" }, why));
}

// Shows the post at once, as on its way; the server's answer, or the live feed, says what became of it.
async function send(form, area, tell) {
  const fields = new URLSearchParams(new FormData(form));
  const clientId = fields.get("client_id");
  const text = area.value.trim();
  const item = waitingItem(clientId, text, "sending");
  list.prepend(item);
  document.getElementById("none")?.remove();
  area.value = "";
  tell();
  try {
    const response = await fetch(form.action, {
      method: "POST", body: fields, headers: { Accept: "application/json" },
    });
    const answer = await response.json();
    if (!response.ok) {
      refuse(item, answer.error?.text || "That did not work.");
      area.value = area.value || text;
      tell();
    } else if (answer.state === "waiting") {
      item.querySelector(".mark").textContent = "waiting";
    } else {
      item.remove();
      arrived({ id: answer.id, author: me, text, time_ms: Date.now(), ...answer.post });
    }
    form.elements.client_id.value = answer.next_client_id || crypto.randomUUID();
  } catch {
    refuse(item, "This site cannot be reached just now. Try again in a moment: nothing is posted twice.");
    area.value = area.value || text;
    tell();
  }
}

// ---- begin ----

tellTimes();
setInterval(tellTimes, 30000);
if (list && list.dataset.feed) follow(list.dataset.feed);
for (const area of document.querySelectorAll("textarea[data-bytes]")) {
  const tell = counter(area);
  const form = area.form;
  if (!list || !list.dataset.feed || form.elements.reply_to) continue;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, area, tell);
  });
}
for (const button of document.querySelectorAll("button.danger"))
  ask(button.form, "Sign out in every browser, this one too?");
document.querySelectorAll("form.delete").forEach(askToDelete);
