// Who holds what: a table of places as they stood on a day, each row unfolding to the place's history.

import { dated, el, fill, link, words } from "./dom.js";
import { colour, days, since, timebar } from "./timebar.js";
import { current, onView } from "./tabs.js";

const AGAIN = 2_000;
const TYPED = 250;
const MOST = 500;
const CHIPS = 12;
const DAY = 86_400_000;
const at = (id) => document.getElementById(id);

// `demo` is null until somebody chooses: then the fictional places are shown where there are no others.
const asked = { day: "", place: "", actor: "", demo: null };
const rows = new Map();
let tag = "";
let told = null;
let turn = 0;
let waiting = 0;
let sought = "";
let drawnRows = 0;

const query = () => {
  const { day, place, actor } = asked;
  const demo = asked.demo ?? (told ? !told.known.real && told.known.demo > 0 : false);
  return new URLSearchParams({ at: day, place, actor, demo: String(demo), limit: String(MOST) });
};

/** Ask how the places stand, and go on asking while the view is open: 304 says that nothing is new. */
async function look() {
  clearTimeout(waiting);
  const mine = (turn += 1);
  if (!document.hidden && current() === "ledger") {
    try {
      await ask(mine);
    } catch (error) {
      say("ledger-sum", `The ledger does not answer: ${error.message}`);
    }
  }
  if (mine === turn) waiting = setTimeout(look, AGAIN);
}

async function ask(mine) {
  const path = `/api/ledger?${query()}`;
  const headers = tag.startsWith(`${path} `) ? { "If-None-Match": tag.slice(path.length + 1) } : {};
  const answer = await fetch(path, { headers, signal: AbortSignal.timeout(10_000) });
  if (answer.status === 304 || mine !== turn) return;
  if (!answer.ok) throw new Error((await answer.text()).trim() || `it answered ${answer.status}`);
  const fresh = await answer.json();
  if (mine !== turn) return;
  const live = tag.startsWith(`${path} `);
  tag = `${path} ${answer.headers.get("ETag")}`;
  const before = told;
  told = fresh;
  if (!before && String(query()) !== path.split("?")[1]) return ask(mine); // only fictional places: ask for those
  show(live);
}

function show(live) {
  say("ledger-title", told.at === told.today ? "Who holds what" : `Who held what on ${dated(told.at)}`);
  say("ledger-sum", summary());
  at("day").value = told.at;
  at("day").max = told.today;
  at("later").disabled = told.at >= told.today;
  at("today").disabled = !asked.day;
  at("demo-choice").hidden = !told.known.demo;
  at("demo").checked = told.demo;
  fill(at("holders"), told.holders.slice(0, CHIPS), chip);
  for (const one of at("holders").querySelectorAll("button")) one.setAttribute("aria-pressed", String(one.value === asked.actor));
  table(live);
  if (sought) unfoldSought();
  address();
}

/** Set words only where they changed: a screen reader reads them again each time. */
function say(id, text) {
  if (at(id).textContent !== text) at(id).textContent = text;
}

function summary() {
  if (!told.ready) return "The ledger is being read.";
  if (!told.total) return asked.place || asked.actor ? "No place is known for that." : "Nothing is known of any place on that day.";
  const more = told.total > told.standings.length ? `, the first ${told.standings.length} shown: ask for a place or a holder` : "";
  const marks = [told.contested && `${told.contested} contested`, told.besieged && `${told.besieged} besieged`].filter(Boolean);
  const forgotten = told.complete ? "" : ". Places that nothing was told of for long are left out here";
  return [`${told.total} ${told.total === 1 ? "place" : "places"}`, ...marks].join(", ") + more + forgotten;
}

function chip(holder) {
  const button = el("button", { type: "button", value: holder.key }, el("i", { class: `swatch ${colour(holder.key)}` }), words(holder.name), ` ${holder.places}`);
  button.addEventListener("click", () => change({ actor: asked.actor === holder.key ? "" : holder.key }));
  return el("li", {}, button);
}

/** Put each place's row where it belongs; one that changed is drawn anew, and its history with it where it is open. */
function table(live) {
  const list = at("ledger-table").tBodies;
  const keys = new Set(told.standings.map(({ place }) => place.key));
  for (const [key, row] of rows) if (!keys.has(key) || row.demo !== told.demo) drop(key, row);
  told.standings.forEach((standing, index) => {
    const { key } = standing.place;
    const row = rows.get(key) ?? create(key, standing);
    if (list[index] !== row.body) at("ledger-table").insertBefore(row.body, list[index] ?? null);
    update(row, standing, live);
  });
  at("ledger-table").hidden = !told.total;
}

function drop(key, row) {
  row.body.remove();
  rows.delete(key);
}

function create(key, standing) {
  const row = { demo: standing.place.demo, body: el("tbody", { "data-key": key }), drawn: "", open: false, id: `past-${(drawnRows += 1)}` };
  rows.set(key, row);
  return row;
}

function update(row, standing, live) {
  const drawn = JSON.stringify([standing, told.at]);
  if (row.drawn === drawn) return;
  const changed = live || (row.drawn && row.day === told.at);
  const focused = row.body.querySelector("button") === document.activeElement && document.activeElement;
  row.drawn = drawn;
  row.day = told.at;
  row.standing = standing;
  const line = draw(row, standing);
  if (changed) line.classList.add("fresh");
  row.body.replaceChildren(line, ...(row.open && row.detail ? [row.detail] : []));
  if (focused) row.body.querySelector("button").focus({ preventScroll: true });
  if (changed) at("announce").textContent = `${standing.place.name}: ${holders(standing.holders)}`;
  if (row.open) unfold(row);
}

const holders = (list) => list.map((one) => one.name).join(" and ") || "nobody known";

function draw(row, standing) {
  const { place } = standing;
  const button = el("button", { type: "button", class: "unfold", "aria-expanded": String(row.open), "aria-controls": row.id }, words(place.name));
  button.addEventListener("click", () => fold(row, button));
  const where = [place.admin1, place.country].filter(Boolean).join(", ");
  const arabic = place.name_ar && place.name_ar !== place.name ? el("bdi", { class: "ar", lang: "ar", dir: "rtl" }, place.name_ar) : null;
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, button, arabic, where ? el("small", {}, words(where)) : null),
    el("td", { class: "held" }, ...held(standing)),
    el("td", { class: "since" }, standing.since ? began(standing) : null),
    el("td", { class: "marks" }, ...marks(standing)),
    el("td", { class: "words" }, ...standing.words.slice(0, 3).flatMap((said, index) => (index ? [", ", voice(said)] : [voice(said)]))),
  );
}

function held(standing) {
  if (!standing.holders.length) return [el("span", { class: "holder" }, el("i", { class: "swatch none" }), "nobody known")];
  const hatch = standing.contested || standing.partial ? " hatched" : "";
  return standing.holders.map((one) => el("span", { class: "holder" }, el("i", { class: `swatch ${colour(one.key)}${hatch}` }), words(one.name)));
}

function began(standing) {
  const early = standing.how === "told to hold it" ? ", at the latest" : "";
  return el("span", { title: standing.how }, since(standing) + early);
}

function marks(standing) {
  const by = (one) => (one ? [" by ", words(one.name)] : []);
  return [
    standing.contested && el("span", { class: "mark contested" }, "contested", ...by(standing.contested_by)),
    standing.besieged && el("span", { class: "mark besieged" }, "besieged", ...by(standing.besieged_by)),
    standing.partial && el("span", { class: "mark" }, "part of it"),
    standing.place.area && el("span", { class: "mark", title: "It says nothing of the towns inside it: they have rows of their own" }, "area"),
    standing.clash && el("span", { class: "mark" }, "a day or less: a clash by ACLED's rule"),
    standing.state === "disputed" && el("span", { class: "mark disputed" }, "disputed"),
    standing.place.demo && el("span", { class: "demo" }, "DEMO"),
  ].filter(Boolean);
}

const voice = (said) => el("span", { class: "voice" }, link(said.url, said.publisher), ...(said.speaker ? [" (", words(said.speaker), ")"] : []));

function fold(row, button) {
  row.open = !row.open;
  button.setAttribute("aria-expanded", String(row.open));
  if (row.open) return unfold(row);
  row.detail?.remove();
}

/** Fetch the place's page and show it below its row. */
async function unfold(row) {
  const { place } = row.standing;
  if (!row.detail) row.detail = el("tr", { class: "detail", id: row.id }, el("td", { colspan: "5" }, "Reading its history."));
  row.body.append(row.detail);
  const mine = (row.asked = (row.asked ?? 0) + 1);
  try {
    const answer = await fetch(`/api/ledger/${encodeURIComponent(place.key)}?demo=${place.demo}`, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error((await answer.text()).trim());
    const sheet = await answer.json();
    if (mine === row.asked) row.detail.replaceChildren(el("td", { colspan: "5" }, ...past(sheet, row.day)));
  } catch (error) {
    if (mine === row.asked) row.detail.replaceChildren(el("td", { colspan: "5" }, `Its history cannot be shown: ${error.message}`));
  }
}

function past(sheet, day) {
  const spells = [...sheet.contests.map((one) => ["fought over", "fight hatched", one]), ...sheet.sieges.map((one) => ["besieged", "siege", one])];
  return [
    timebar(sheet, day, told.today),
    sheet.left_out ? el("p", {}, `${sheet.left_out} older stretches are not shown.`) : null,
    el("ol", { class: "stretches" }, ...sheet.stretches.map(stretch), ...spells.map(spell)),
  ].filter(Boolean);
}

function stretch(one) {
  const notes = [one.how, one.state, one.partial && "part of it", one.clash && "a day or less: a clash by ACLED's rule"].filter(Boolean);
  const from = one.taken_from ? [", taken from ", words(one.taken_from.name)] : [];
  return el(
    "li",
    {},
    el("span", { class: "days" }, days(one)),
    el("span", { class: "who" }, ...held({ ...one, contested: false }), el("small", {}, notes.join(", "), ...from)),
    el("span", { class: "words" }, ...one.words.flatMap((said, index) => (index ? [", ", voice(said)] : [voice(said)]))),
  );
}

const spell = ([name, mark, one]) =>
  el(
    "li",
    { class: "spell" },
    el("span", { class: "days" }, days(one)),
    el("span", { class: "who" }, el("span", { class: "holder" }, el("i", { class: `swatch ${mark}` }), el("span", {}, name, ...(one.by ? [" by ", words(one.by.name)] : [])))),
    el("span", { class: "words" }, ...one.words.flatMap((said, index) => (index ? [", ", voice(said)] : [voice(said)]))),
  );

/** Ask anew for another day, place or holder. */
function change(other) {
  Object.assign(asked, other);
  if (at("actor").value !== asked.actor) at("actor").value = asked.actor;
  if (at("place").value !== asked.place) at("place").value = asked.place;
  look();
}

/** The address of what is shown, to be sent to somebody. */
function address() {
  const said = Object.entries({ at: asked.day, place: asked.place, actor: asked.actor }).filter(([, value]) => value);
  if (asked.demo !== null) said.push(["demo", String(asked.demo)]);
  const hash = said.length ? `#ledger?${new URLSearchParams(said)}` : "#ledger";
  if (current() === "ledger" && hash !== location.hash) history.replaceState(null, "", hash);
}

function addressed() {
  const said = new URLSearchParams(location.hash.split("?")[1] ?? "");
  const day = said.get("at") ?? "";
  Object.assign(asked, { day: /^\d{4}-\d\d-\d\d$/.test(day) ? day : "", place: said.get("place") ?? "", actor: said.get("actor") ?? "" });
  if (said.has("demo")) asked.demo = said.get("demo") === "true";
  sought = asked.place;
  at("place").value = asked.place;
  at("actor").value = asked.actor;
}

/** Unfold the place that an address names, once it is there. */
function unfoldSought() {
  const row = [...rows.values()].find((one) => one.standing.place.name === sought && !one.open);
  if (row) row.body.querySelector(".unfold").click();
  if (told.ready) sought = "";
}

const moved = (by) => new Date(new Date(told.at).getTime() + by * DAY).toISOString().slice(0, 10);
const chosen = (day) => change({ day: told && day >= told.today ? "" : day });

let typed = 0;
for (const name of ["place", "actor"]) {
  at(name).addEventListener("input", (event) => {
    clearTimeout(typed);
    typed = setTimeout(() => change({ [name]: event.target.value.trim() }), TYPED);
  });
}
at("day").addEventListener("change", (event) => event.target.value && chosen(event.target.value));
at("earlier").addEventListener("click", () => told && chosen(moved(-1)));
at("later").addEventListener("click", () => told && chosen(moved(1)));
at("today").addEventListener("click", () => change({ day: "" }));
at("demo").addEventListener("change", (event) => change({ demo: event.target.checked }));
document.addEventListener("visibilitychange", look);
at("ask").addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", () => {
  if (!location.hash.startsWith("#ledger")) return;
  addressed();
  look();
});
addressed();
onView(look);
