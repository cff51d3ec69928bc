// The strip of alarms: sources and sides on a front that are usually heard and are not now.

import { el, length, since, words } from "./dom.js";

const strip = document.getElementById("notices");
let drawn = "";

/** Show the alarms that last, the latest first; nothing where there is none. */
export function showNotices({ total, notices }) {
  const key = JSON.stringify(notices);
  strip.hidden = total === 0;
  if (key === drawn) return;
  drawn = key;
  const open = strip.querySelector("details")?.open;
  strip.replaceChildren(...(total ? told(total, notices) : []));
  const details = strip.querySelector("details");
  if (open && details) details.open = true;
}

function told(total, notices) {
  const [first, ...rest] = notices;
  const more = rest.length
    ? el("details", {}, el("summary", {}, `and ${total - 1} more`), el("ul", {}, ...rest.map((notice) => el("li", {}, ...line(notice)))))
    : null;
  return [el("p", {}, el("b", {}, "Not heard: "), ...line(first)), more].filter(Boolean);
}

const line = (notice) => [
  words(notice.text),
  el("span", { class: "soft" }, ", last heard ", since(notice.last_heard), `, usually within ${length(notice.habit_seconds)}`),
  notice.demo ? el("span", { class: "demo" }, "DEMO") : null,
].filter(Boolean);
