// The alerts: one card each, updated in place when a later revision comes.

import { dated, el, length, link, moment, since, swap, words } from "./dom.js";

const MOST = 200;

const STATES = {
  reported: "Reported",
  corroborated: "Corroborated",
  confirmed: "Confirmed",
  disputed: "Disputed",
  reversed: "Reversed",
  retracted: "Retracted",
  rejected: "Rejected",
};

const feed = document.getElementById("feed");
const empty = document.getElementById("empty");
const announce = document.getElementById("announce");
const shown = new Map();
let unseen = 0;

/** Put an alert on the page, or its later revision in the place it has; `fresh` when it came just now. */
export function show(card, fresh) {
  const before = shown.get(card.id);
  if (before && before.revision >= card.revision) return;
  const article = draw(card, fresh);
  if (before) swap(before.article, article);
  else feed.prepend(article);
  shown.set(card.id, { revision: card.revision, article });
  empty.hidden = true;
  trim();
  if (fresh) tell(card);
}

/** Tell a screen reader, and somebody who looks at another tab. */
function tell(card) {
  announce.textContent = `${STATES[card.state] ?? card.state}: ${card.headline}`;
  if (!document.hidden) return;
  unseen += 1;
  document.title = `(${unseen}) changehands`;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = "changehands";
});

function trim() {
  while (feed.childElementCount > MOST) {
    shown.delete(feed.lastElementChild.dataset.id);
    feed.lastElementChild.remove();
  }
}

function draw(card, fresh) {
  const states = Object.hasOwn(STATES, card.state) ? card.state : "";
  const first = card.tellings.find((told) => !told.denies) ?? card.tellings[0];
  return el(
    "li",
    { class: `card ${states}${fresh ? " fresh" : ""}`, "data-id": card.id, "data-revision": card.revision },
    el("span", { class: "node", "aria-hidden": "true" }),
    when(card),
    el(
      "article",
      {},
      el("h3", { class: "headline" }, el("bdi", { dir: "ltr" }, card.headline)), // English, whatever name it begins with
      labels(card),
      card.judged ? ruled(card.judged) : null,
      notes(card.notes),
      first ? sentence(first) : null,
      first ? facts(card, first) : null,
      why(card),
      more(card),
    ),
  );
}

const when = (card) =>
  el("p", { class: "when" }, el("span", { class: "clock", title: `${card.alerted_at} (UTC)` }, moment(card.alerted_at)), since(card.alerted_at));

function labels(card) {
  const sources = card.independent_sources;
  return el(
    "p",
    { class: "labels" },
    el("span", { class: "state" }, STATES[card.state] ?? card.state),
    el("span", {}, card.kind.replaceAll("_", " ") + (card.extent === "partial" ? ", in part" : "")),
    el("span", {}, sources === 1 ? "1 source" : `${sources} independent sources`),
    el("span", {}, `confidence ${Math.round(card.confidence * 100)} %`),
    card.demo ? el("span", { class: "demo", title: "From the built-in demonstration newsroom, not from the world" }, "DEMO") : null,
  );
}

/** An analyst's last word: "corrected by NAME, Homs instead of Saraqib: note". */
function ruled({ verdict, analyst, note, right, at }) {
  const instead = right.flatMap((said) => [", ", words(said)]);
  const why = note ? [": ", words(note)] : [];
  return el("p", { class: `ruled ${verdict}`, title: `${at} (UTC)` }, `${verdict} by `, words(analyst), ...instead, ...why);
}

/** What the ledger makes of it, and what else is to be known at a glance. */
const notes = (known) =>
  known.length ? el("ul", { class: "notes" }, ...known.map(({ mark, text }) => el("li", { class: mark }, words(text)))) : null;

/** Which rules moved the confidence, one a line. */
function why(card) {
  if (!card.reasons.length) return null;
  const sure = `Why ${Math.round(card.confidence * 100)} %`;
  return el("details", { class: "why" }, el("summary", {}, sure), el("ol", {}, ...card.reasons.map(({ text }) => el("li", {}, words(text)))));
}

const sentence = (telling) =>
  el("bdi", { class: "sentence", dir: telling.direction, lang: telling.language || null }, ...telling.segments.map(segment));

const segment = ({ text, marks }) => (marks.length ? el("mark", { class: marks.join(" ") }, text) : text);

function facts(card, first) {
  return el(
    "p",
    { class: "facts" },
    el("span", { title: first.title }, source(first)),
    walled(first),
    happened(card.event_date),
    first.published_at ? el("span", {}, "published ", el("b", {}, dated(first.published_at, first.published_precision))) : null,
    card.held_before ? el("span", {}, "held before by ", el("b", {}, words(card.held_before)), ` since ${dated(card.held_since)}`) : null,
    ...journey(card),
    past(card),
  );
}

/** Leads to who held the place, in the other view; a button, for it leaves nothing. */
function past(card) {
  const button = el("button", { type: "button", class: "past" }, "Who held it");
  button.addEventListener("click", () => {
    location.hash = `#ledger?${new URLSearchParams({ place: card.place, demo: String(card.demo) })}`;
  });
  return button;
}

/** That only the feed's own text could be read, and why. */
const walled = (telling) => (telling.feed_only ? el("span", { class: "walled" }, words(telling.feed_only)) : null);

const source = (telling) => link(telling.url, telling.source_name);

function happened(event) {
  if (!event) return null;
  const known = event.from ? dated(event.from, event.precision) : null;
  const until = event.to && event.to !== event.from && event.precision !== "month" && event.precision !== "year";
  const span = until ? ` to ${dated(event.to, event.precision)}` : "";
  return el("span", { title: event.text }, "event ", el("b", {}, known ? known + span : words(event.text)));
}

/** What the news took, leg by leg; how exactly the event and the publication are known stands behind them. */
function journey(card) {
  const exactly = (what, precision) => (precision && precision !== "instant" ? ` (${what} known to the ${precision})` : "");
  const legs = [
    ["event → published", card.event_to_published, exactly("event", card.event_precision)],
    ["published → fetched", card.published_to_fetched, exactly("publication", card.published_precision)],
    ["fetched → alerted", card.fetched_to_alerted, ""],
  ];
  return legs
    .filter(([, seconds]) => seconds !== null)
    .map(([name, seconds, note]) => el("span", { class: "leg" }, `${name} `, el("b", {}, length(seconds)), note));
}

function more(card) {
  const { length: told } = card.tellings;
  const hidden = card.tellings_total - told;
  return el(
    "details",
    {},
    el("summary", {}, card.tellings_total === 1 ? "Evidence" : `Evidence: ${card.tellings_total} tellings`),
    el("p", { class: "arabic", lang: "ar", dir: "rtl" }, card.headline_ar),
    life(card.history),
    el("p", { class: "life" }, el("span", { title: "By this id analysts judge it" }, "alert ", el("code", {}, card.id))),
    ...sides(card.tellings),
    hidden > 0 ? el("p", {}, `${hidden} more in the journal`) : null,
  );
}

/** The tellings; where somebody denies them or tells otherwise, each side apart. */
function sides(tellings) {
  const says = tellings.filter((told) => !told.denies && !told.instead);
  const list = (told) => el("ol", { class: "tellings" }, ...told.map(telling));
  if (says.length === tellings.length) return [list(says)];
  const against = [
    ["Denies it", tellings.filter((told) => told.denies)],
    ["Says otherwise", tellings.filter((told) => told.instead)],
  ].filter(([, some]) => some.length);
  const head = (name, some, css) => el("h4", { class: css }, `${name}: ${who(some)}`);
  return [
    head("Says so", says, "side"),
    list(says),
    ...against.flatMap(([name, some]) => [head(name, some, "side denies"), list(some)]),
  ];
}

const who = (tellings) => [...new Set(tellings.map((told) => told.speaker ?? told.source_name))].join(", ") || "nobody any more";

const life = (history) =>
  el("p", { class: "life" }, ...history.map((past) => el("span", { title: `${past.at} (UTC)` }, `${moment(past.at)} ${STATES[past.state] ?? past.state}`)));

function telling(told) {
  return el(
    "li",
    {},
    el(
      "p",
      { class: "labels" },
      source(told),
      el("span", {}, told.kind.replaceAll("_", " "), ", ", told.status),
      told.speaker ? el("span", {}, "says ", words(told.speaker)) : null,
      told.side ? el("span", {}, "side ", words(told.side.replaceAll("-", " "))) : null,
      el("span", {}, "fetched ", since(told.fetched_at)),
      el("span", { title: `rule ${told.rule}` }, `confidence ${Math.round(told.confidence * 100)} %`),
      walled(told),
    ),
    told.title ? el("p", {}, words(told.title)) : null,
    sentence(told),
  );
}
