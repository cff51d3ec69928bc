// Building the page: every word goes in as text, every link is http or https, never HTML.

/** Make an element; `attributes` are set as they are, children are nodes or words. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** Words from a source, kept from turning the direction of what stands around them. */
export const words = (text) => el("bdi", { dir: "auto" }, text);

/** A link that opens apart and tells its target nothing, or just the words where the address is not a web address. */
export function link(url, text) {
  if (!/^https?:\/\//i.test(url ?? "")) return words(text);
  return el("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, words(text), " ↗");
}

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const month = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "UTC" });

/** The time of day in UTC, with the day before it where that is not today. */
export function moment(iso) {
  const at = new Date(iso);
  const today = day.format(at) === day.format(new Date());
  return today ? clock.format(at) : `${day.format(at)} ${clock.format(at).slice(0, 5)}`;
}

/** The day in UTC, or less where less is known. */
export function dated(iso, precision) {
  const at = new Date(iso);
  if (precision === "year") return String(at.getUTCFullYear());
  if (precision === "month") return month.format(at);
  return precision === "instant" ? `${moment(iso)} UTC` : day.format(at);
}

/** A length of time, in the largest unit that says enough. */
export function length(seconds) {
  if (seconds < 10) return `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;
}

/** How long ago, or in how long, seen from now. */
export function ago(iso, now = Date.now()) {
  const seconds = (now - new Date(iso).getTime()) / 1000;
  if (Math.abs(seconds) < 2) return "now";
  const said = length(Math.max(1, Math.floor(Math.abs(seconds)))).replace(".0", "");
  return seconds > 0 ? `${said} ago` : `in ${said}`;
}

const said = (time) => {
  const iso = time.getAttribute("datetime");
  return time.dataset.tells === "due" && new Date(iso).getTime() <= Date.now() ? "due now" : ago(iso);
};

/** A time that keeps saying how long ago it was, or with `tells` "due" in how long it will be. */
export function since(iso, tells = "ago") {
  const time = el("time", { datetime: iso, title: `${iso} (UTC)`, "data-tells": tells });
  time.textContent = said(time);
  return time;
}

/** Bring every "12 s ago" on the page up to date. */
export function refresh() {
  for (const time of document.querySelectorAll("time[data-tells]")) {
    const now = said(time);
    if (time.textContent !== now) time.textContent = now;
  }
}

const REACHABLE = "a, summary, button";

/** Put an element in the place of another; what the reader had opened stays open, and the keyboard stays where it was. */
export function swap(old, fresh) {
  const reached = [...old.querySelectorAll(REACHABLE)].indexOf(document.activeElement);
  const opened = new Set([...old.querySelectorAll("details[open]")].map((details) => details.className));
  old.replaceWith(fresh);
  for (const details of fresh.querySelectorAll("details")) if (opened.has(details.className)) details.open = true;
  if (reached >= 0) fresh.querySelectorAll(REACHABLE)[reached]?.focus({ preventScroll: true });
}

const drawn = new WeakMap();

/** Draw a list anew where a value changed and nowhere else, so that focus and selection stay. */
export function fill(list, values, draw) {
  values.forEach((value, index) => {
    const old = list.children[index];
    const key = JSON.stringify(value);
    if (old && drawn.get(old) === key) return;
    const fresh = draw(value);
    drawn.set(fresh, key);
    if (old) swap(old, fresh);
    else list.append(fresh);
  });
  while (list.childElementCount > values.length) list.lastElementChild.remove();
}
