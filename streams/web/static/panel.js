// The panel and the figures: sources, endings, dead letters, delays.

import { ago, el, fill, length, link, since, words } from "./dom.js";

const GOOD = new Set(["ok", "unchanged"]);
const QUIET = new Set(["waiting", "off"]);
const at = (id) => document.getElementById(id);

/** Show the state of everything that is read. */
export function showStatus(state) {
  const read = state.sources.reduce((sum, source) => sum + source.items_total, 0);
  const live = state.sources.filter((source) => source.enabled);
  figures(state, read);
  at("sources-sum").textContent = summary(live);
  fill(at("source-list"), troubledFirst(state.sources), (source) => drawSource(source, state.meanings));
  fill(at("endings"), Object.entries(state.steps), ([step, ends]) => drawStep(step, ends, state.meanings));
  at("letters-total").textContent = state.dead_letters.total;
  fill(at("letters"), state.dead_letters.latest.length ? state.dead_letters.latest.slice(0, 5) : [null], drawLetter);
  at("empty-why").textContent = why(live, read);
  trouble(state.troubles);
}

/** Say what is wrong above everything else, or nothing. */
export function trouble(troubles) {
  const said = Object.entries(troubles).map(([where, text]) => `${where}: ${text}`).join(" · ");
  at("trouble").hidden = said === "";
  if (at("trouble").textContent !== said) at("trouble").textContent = said;
}

function figures(state, read) {
  const { delay } = state;
  const told = [
    ["alerts", state.alerts],
    ["items read", read],
    ["dead letters", state.dead_letters.total, state.dead_letters.total > 0 ? "bad" : null],
    ["fetched → alerted", delay ? length(delay.median) : "–"],
    ["95 in 100 within", delay ? length(delay.p95) : "–", "extra"],
  ];
  fill(at("figures"), told, figure);
}

const figure = ([name, value, mood = null]) => el("div", { class: mood }, el("dt", {}, name), el("dd", {}, String(value)));

function summary(live) {
  const good = live.filter((source) => GOOD.has(source.outcome)).length;
  const waiting = live.filter((source) => source.outcome === "waiting").length;
  const bad = live.length - good - waiting;
  const parts = [`${live.length} sources`, `${good} well`, waiting ? `${waiting} waiting for the first poll` : "", bad ? `${bad} in trouble` : ""];
  return live.length ? parts.filter(Boolean).join(", ") : "No source is configured.";
}

function why(live, read) {
  if (!live.length) return "No source is configured, so there is nothing to listen to. Add one to the configuration.";
  const polled = live.map((source) => source.polled_at).filter(Boolean).sort();
  if (!polled.length) return `${live.length} sources are about to be read for the first time.`;
  return `${read} items read from ${live.length} sources, the last ${ago(polled.at(-1))}. None says that a place changed hands. What became of each is told under “How records ended”.`;
}

const moodOf = (source) => (GOOD.has(source.outcome) ? "good" : QUIET.has(source.outcome) ? "" : "bad");

/** What somebody has to see to stands where it is seen: on top. */
function troubledFirst(sources) {
  const place = (source) => (moodOf(source) === "bad" ? 0 : source.notes?.length ? 1 : 2);
  return [...sources].sort((one, other) => place(one) - place(other));
}

function drawSource(source, meanings) {
  const mood = moodOf(source);
  return el(
    "li",
    { class: `source ${mood}`, "data-source": source.id },
    el(
      "div",
      { class: "top" },
      el("span", { class: "name" }, link(source.url, source.name)),
      source.demo && !source.name.includes("DEMO") ? el("span", { class: "demo" }, "DEMO") : null,
      el("span", { class: "outcome" }, source.outcome),
    ),
    source.polled_at ? polled(source) : null,
    source.text ? el("p", { class: mood === "bad" ? "why" : "" }, words(source.text)) : null,
    pushed(source),
    dropped(source.endings, meanings),
  );
}

function polled(source) {
  const fresh = source.items_new ? ` (${source.items_new} new)` : "";
  const items = el("b", {}, String(source.items_total));
  // A stream that is open has no next time: it is being listened to.
  if (source.next_at === source.polled_at) return el("p", {}, items, ` items${fresh} · listening, heard `, since(source.polled_at));
  return el("p", {}, items, ` items${fresh} · polled `, since(source.polled_at), " · next ", since(source.next_at, "due"));
}

/** What its hub does: say nothing of a source that none pushes. */
function pushed(source) {
  const refused = source.pushes_refused ? `${source.pushes_refused} pushes not signed as agreed` : "";
  if (!source.leased_until) return source.push_text || refused ? el("p", { class: "why" }, words([source.push_text, refused].filter(Boolean).join("; "))) : null;
  const last = source.pushed_at ? [" · pushed by its hub ", since(source.pushed_at)] : [" · its hub has pushed nothing yet"];
  return el("p", {}, "subscribed until ", source.leased_until.slice(0, 10), ...last, refused ? ` · ${refused}` : "");
}

function dropped(steps, meanings) {
  const sums = new Map();
  for (const ends of Object.values(steps)) {
    for (const [word, times] of Object.entries(ends)) if (word !== "passed" && word !== "ok") sums.set(word, (sums.get(word) ?? 0) + times);
  }
  if (!sums.size) return null;
  const said = [...sums].sort((one, other) => other[1] - one[1]).map(([word, times]) => el("span", { title: meanings[word] }, `${word.replaceAll("-", " ")} ${times}`));
  return el("p", {}, "dropped: ", ...said.flatMap((part, index) => (index ? [", ", part] : [part])));
}

function drawStep(step, ends, meanings) {
  const total = Object.values(ends).reduce((sum, times) => sum + times, 0);
  const rows = Object.entries(ends).sort((one, other) => other[1] - one[1]);
  return el("section", {}, el("h3", {}, `${step}: ${total} records`), ...rows.map(([word, times]) => ending(word, times, total, meanings)));
}

function ending(word, times, total, meanings) {
  const kind = word === "passed" || word === "dead-letter" ? word : "";
  const row = el("div", { class: `ending ${kind}` }, el("span", {}, word.replaceAll("-", " ")), el("b", {}, String(times)), el("small", {}, meanings[word] ?? ""));
  row.style.setProperty("--share", total ? times / total : 0);
  return row;
}

function drawLetter(letter) {
  if (!letter) return el("li", {}, "None: everything read so far could be handled.");
  return el("li", {}, el("b", {}, letter.error), ` in ${letter.step} `, since(letter.at), el("br"), words(letter.text));
}
