// The charts of the operations page: the last hour, a sample every two seconds, all on one time axis.
// The tables on the page say the same in numbers and need no script.
"use strict";

const kSvg = "http://www.w3.org/2000/svg";
const kWidth = 720, kHeight = 132, kLeft = 52, kRight = 8, kTop = 8, kBottom = 18;
const kEvery = 2000;

const whole = (v) => v.toLocaleString("en", { maximumFractionDigits: v < 10 ? 1 : 0 });
const units = {
  rate: (v) => whole(v) + "/s",
  ms: (v) => (v < 10 ? v.toFixed(2) : whole(v)) + " ms",
  s: (v) => whole(v) + " s",
  count: whole,
};

// What is drawn: a name of the samples, or a pattern with * for a line per class; `whole`: labelled
// with more than what * stands for.
const kCharts = [
  { title: "Posts and deliveries", unit: "rate", lines: ["posts", "deliveries"] },
  { title: "Website, time to answer", unit: "ms", lines: ["web p50", "web p99"] },
  { title: "Jabber backlog, deliveries and people waiting", unit: "count", lines: ["queued", "behind"] },
  { title: "Deliveries by class", unit: "rate", lines: ["*: rate"] },
  { title: "Waiting by class", unit: "count", lines: ["*: queued"] },
  { title: "Oldest by class", unit: "s", lines: ["*: oldest"] },
  { title: "Breakers open, XMPP server away", unit: "count", lines: ["*: breaker", "*: no XMPP"], whole: true },
];

const samples = { names: [], rows: [] };  // rows: [unix ms, value of each name…]
let span = 15 * 60000;
let pointed = null;  // the time under the pointer

function svg(name, attributes = {}) {
  const made = document.createElementNS(kSvg, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function element(name, css, text = "") {
  const made = document.createElement(name);
  if (css) made.className = css;
  made.textContent = text;
  return made;
}

function columns(line, whole) {
  const star = line.indexOf("*");
  if (star < 0) {
    const column = samples.names.indexOf(line);
    return column < 0 ? [] : [{ label: line, column: column + 1 }];
  }
  const end = line.slice(star + 1);
  return samples.names.flatMap((name, i) =>
    name.endsWith(end) ? [{ label: whole ? name.replace(":", "") : name.slice(0, -end.length), column: i + 1 }] : []);
}

// A round number at or above the largest value, so that the scale does not tremble.
function ceiling(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((step) => step * power >= value) * power;
}

function build(chart, box) {
  const card = element("section", "chart");
  const head = element("header", "row");
  head.append(element("h3", "", chart.title), chart.legend = element("ul", "legend"));
  chart.svg = svg("svg", { viewBox: `0 0 ${kWidth} ${kHeight}`, role: "img", "aria-label": chart.title });
  chart.svg.addEventListener("pointermove", (event) => {
    const rect = chart.svg.getBoundingClientRect();
    const x = (event.clientX - rect.left) / rect.width * kWidth;
    pointed = time_at(x);
    draw();
  });
  chart.svg.addEventListener("pointerleave", () => { pointed = null; draw(); });
  card.append(head, chart.svg);
  box.append(card);
}

const end_ms = () => samples.rows.length ? samples.rows.at(-1)[0] : Date.now();
const x_of = (ms) => kLeft + (ms - end_ms() + span) / span * (kWidth - kLeft - kRight);
const time_at = (x) => end_ms() - span + (x - kLeft) / (kWidth - kLeft - kRight) * span;

function path_of(rows, column, y_of) {
  let path = "", last = 0;
  for (const row of rows) {
    // null: nobody knows; undefined: a row from before there was such a column.
    if ((row[column] ?? null) === null) { last = 0; continue; }
    const gap = last === 0 || row[0] - last > 5 * kEvery;  // nobody was asking then
    path += `${gap ? "M" : "L"}${x_of(row[0]).toFixed(1)} ${y_of(row[column]).toFixed(1)}`;
    last = row[0];
  }
  return path;
}

function draw_axis(chart, max, y_of) {
  for (const part of [0, 0.5, 1]) {
    const y = y_of(max * part);
    chart.svg.append(svg("line", { class: "grid", x1: kLeft, x2: kWidth - kRight, y1: y, y2: y }));
    const label = svg("text", { class: "axis", x: kLeft - 6, y: y + 3.5, "text-anchor": "end" });
    label.textContent = units[chart.unit](max * part);
    chart.svg.append(label);
  }
  const step = span <= 300000 ? 60000 : span <= 900000 ? 180000 : 600000;
  for (let ms = Math.ceil((end_ms() - span) / step) * step; ms <= end_ms(); ms += step) {
    const label = svg("text", { class: "axis", x: x_of(ms), y: kHeight - 4, "text-anchor": "middle" });
    label.textContent = new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    if (x_of(ms) > kLeft + 14 && x_of(ms) < kWidth - 20) chart.svg.append(label);
  }
}

function draw_chart(chart) {
  const rows = samples.rows.filter((row) => row[0] >= end_ms() - span);
  const lines = chart.lines.flatMap((line) => columns(line, chart.whole));
  const max = ceiling(Math.max(0, ...rows.flatMap((row) => lines.map((line) => row[line.column] ?? 0))));
  const y_of = (value) => kHeight - kBottom - value / max * (kHeight - kBottom - kTop);
  const shown = pointed === null ? rows.at(-1)
    : rows.reduce((best, row) => !best || Math.abs(row[0] - pointed) < Math.abs(best[0] - pointed) ? row : best, null);
  chart.svg.replaceChildren();
  draw_axis(chart, max, y_of);
  if (pointed !== null && shown) {
    const x = x_of(shown[0]);
    chart.svg.append(svg("line", { class: "pointed", x1: x, x2: x, y1: kTop, y2: kHeight - kBottom }));
  }
  chart.legend.replaceChildren();
  lines.forEach((line, i) => {
    chart.svg.append(svg("path", { class: `line series${i % 8}`, d: path_of(rows, line.column, y_of) }));
    const value = shown?.[line.column] ?? null;
    const item = element("li", `series${i % 8}`);
    item.append(element("i", "swatch"), line.label + " ",
      element("b", "", value === null ? "–" : units[chart.unit](value)));
    chart.legend.append(item);
  });
}

function draw() {
  for (const chart of kCharts) draw_chart(chart);
}

async function load() {
  const after = samples.rows.length ? samples.rows.at(-1)[0] : 0;
  try {
    const response = await fetch(`/operations/samples?after=${after}`, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    const answer = await response.json();
    if (answer.names.join() !== samples.names.join()) samples.rows = answer.complete ? [] : samples.rows;
    samples.names = answer.names;
    samples.rows.push(...answer.rows);
    while (samples.rows.length > 1900) samples.rows.shift();
    draw();
  } catch { /* the site is away: the next time */ }
}

const box = document.getElementById("charts");
if (box) {
  const choice = element("div", "row start");
  choice.setAttribute("role", "group");
  choice.setAttribute("aria-label", "How much is shown");
  for (const minutes of [5, 15, 60]) {
    const button = element("button", "button small", minutes + " min");
    button.type = "button";
    button.setAttribute("aria-pressed", String(minutes * 60000 === span));
    button.addEventListener("click", () => {
      span = minutes * 60000;
      for (const other of choice.children) other.setAttribute("aria-pressed", String(other === button));
      draw();
    });
    choice.append(button);
  }
  box.replaceChildren(choice);
  for (const chart of kCharts) build(chart, box);
  load();
  setInterval(load, kEvery);
}
