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
  const [first] = card.tellings;
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
      first ? sentence(first) : null,
      first ? facts(card, first) : null,
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
    card.against_interest ? el("span", { title: "The side that lost says so itself" }, "admitted by the loser") : null,
    card.ledger_check === "unknown" ? null : el("span", {}, `ledger: ${card.ledger_check}`),
    card.demo ? el("span", { class: "demo", title: "From the built-in demonstration newsroom, not from the world" }, "DEMO") : null,
  );
}

/** An analyst's last word: "rejected by NAME: note". */
const ruled = ({ verdict, analyst, note, at }) =>
  el("p", { class: `ruled ${verdict}`, title: `${at} (UTC)` }, `${verdict} by `, words(analyst), note ? ": " : null, note ? words(note) : null);

const sentence = (telling) =>
  el("bdi", { class: "sentence", dir: telling.direction, lang: telling.language || null }, ...telling.segments.map(segment));

const segment = ({ text, marks }) => (marks.length ? el("mark", { class: marks.join(" ") }, text) : text);

function facts(card, first) {
  return el(
    "p",
    { class: "facts" },
    el("span", { title: first.title }, source(first)),
    happened(card.event_date),
    first.published_at ? el("span", {}, "published ", el("b", {}, dated(first.published_at, first.published_precision))) : null,
    delay(card),
  );
}

const source = (telling) => link(telling.url, telling.source_name);

function happened(event) {
  if (!event) return null;
  const known = event.from ? dated(event.from, event.precision) : null;
  const until = event.to && event.to !== event.from && event.precision !== "month" && event.precision !== "year";
  const span = until ? ` to ${dated(event.to, event.precision)}` : "";
  return el("span", { title: event.text }, "event ", el("b", {}, known ? known + span : words(event.text)));
}

function delay(card) {
  if (card.fetched_to_alerted === null) return null;
  return el("span", { title: "From fetching the report to this alert" }, "fetched → alerted ", el("b", {}, length(card.fetched_to_alerted)));
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
    el("ol", { class: "tellings" }, ...card.tellings.map(telling)),
    hidden > 0 ? el("p", {}, `${hidden} more in the journal`) : null,
  );
}

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
      told.side ? el("span", {}, "side ", words(told.side)) : null,
      el("span", {}, "fetched ", since(told.fetched_at)),
      el("span", { title: `rule ${told.rule}` }, `confidence ${Math.round(told.confidence * 100)} %`),
    ),
    told.title ? el("p", {}, words(told.title)) : null,
    sentence(told),
  );
}
