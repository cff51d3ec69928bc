// Who held a place over time, as a bar: a stretch for each holder, hatched where it was fought over, lined where besieged.

import { dated, el } from "./dom.js";

const DAY = 86_400_000;
const COLOURS = 10;
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const colours = new Map();

/** A colour for a holder: the same one for as long as the page is open, another's only where all ten are taken. */
export function colour(key) {
  if (!colours.has(key)) {
    const taken = new Set(colours.values());
    let at = [...key].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 1_000_003, 7) % COLOURS;
    for (let tried = 0; taken.has(at) && tried < COLOURS; tried += 1) at = (at + 1) % COLOURS;
    colours.set(key, at);
  }
  return `c${colours.get(key)}`;
}

const names = (holders) => holders.map((one) => one.name).join(" and ") || "nobody known";
const at = (day) => new Date(day).getTime();

/** Draw the bar of a place's page; `day` is the day that is looked at (ISO 8601, UTC). */
export function timebar(sheet, day, today) {
  const [first, last] = span(sheet, today);
  const share = (moment) => Math.min(1, Math.max(0, (moment - first) / (last - first)));
  const piece = (kind, from, until, told) => {
    const made = el("i", { class: kind, title: told });
    made.style.setProperty("--from", share(from));
    made.style.setProperty("--to", share(until ?? last));
    return made;
  };
  const stretches = sheet.stretches.map((one) => {
    const [first, second] = one.holders.map((holder) => colour(holder.key));
    const brief = one.until && share(at(one.until)) - share(at(one.since)) < 0.006;
    const kinds = ["stretch", first ?? "none", one.partial && "hatched", !one.until && "lasts", brief && "brief", second && "joint"];
    const made = piece(kinds.filter(Boolean).join(" "), at(one.since), one.until && at(one.until), `${names(one.holders)}: ${days(one)}`);
    if (second) made.style.setProperty("--second", `var(--${second})`);
    return made;
  });
  const fights = sheet.contests.map((one) => piece("fight hatched", at(one.since), ends(one), `fought over: ${days(one)}`));
  const sieges = sheet.sieges.map((one) => piece("siege", at(one.since), ends(one), `besieged: ${days(one)}`));
  const picked = at(day) >= first && at(day) <= last ? [piece("picked", at(day), at(day), `the day shown: ${dated(day)}`)] : [];
  const said = sheet.stretches.map((one) => `${names(one.holders)} ${days(one)}`).join("; ");
  return el(
    "div",
    { class: "timebar" },
    el("div", { class: "lane", role: "img", "aria-label": said || "no holder is known" }, ...stretches, ...fights, ...sieges, ...picked),
    el("div", { class: "axis", "aria-hidden": "true" }, ...TICKS.map((part) => tick(first + part * (last - first), last - first))),
  );
}

/** From the first day told to some time after the last one, so that old changes do not shrink to nothing; two weeks at least. */
function span(sheet, today) {
  const all = [...sheet.stretches, ...sheet.contests, ...sheet.sieges];
  const told = all.flatMap((one) => [one.since, one.until, one.told_last]).filter(Boolean).map(at);
  const [first, last] = [Math.min(...told), Math.max(...told)];
  const room = Math.max(14 * DAY, (last - first) * 0.2);
  const end = Math.min(last + room, Math.max(at(today) + DAY, last));
  return [Math.min(first, end - 14 * DAY), end];
}

const ends = (spell) => (spell.until ? at(spell.until) : Math.max(at(spell.told_last), at(spell.since)) + DAY);

const tick = (moment, whole) =>
  el("span", {}, dated(new Date(moment).toISOString().slice(0, 10), whole > 5 * 365 * DAY ? "year" : whole > 150 * DAY ? "month" : "day"));

/** From when to when, as exactly as it is known. */
export function days(one) {
  const from = since(one);
  if (one.until) return one.until === one.since ? `${from}, less than a day` : `${from} to ${dated(one.until)}`;
  return one.told_last ? `from ${from}, told last for ${dated(one.told_last)}` : `since ${from}`;
}

/** The day on which it began, as exactly as it is known. */
export const since = (one) => `${one.since_precision === "week" ? "week of " : ""}${dated(one.since, one.since_precision)}`;
