// The views of the page, one at a time; the address says which, so that a view can be sent to somebody.

const tabs = [...document.querySelectorAll("[role=tab]")];
const told = new Set();

const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));
const named = () => location.hash.slice(1).split("?")[0];

/** Call `hear` with the name of the view whenever another is opened. */
export function onView(hear) {
  told.add(hear);
  hear(current());
}

export const current = () => tabs.find((tab) => tab.getAttribute("aria-selected") === "true").getAttribute("aria-controls");

function open(tab) {
  for (const one of tabs) {
    const chosen = one === tab;
    one.setAttribute("aria-selected", String(chosen));
    one.tabIndex = chosen ? 0 : -1;
    panelOf(one).hidden = !chosen;
  }
  for (const hear of told) hear(current());
}

function follow() {
  const tab = tabs.find((one) => one.getAttribute("aria-controls") === named());
  if (tab && tab.getAttribute("aria-selected") !== "true") open(tab);
}

for (const [at, tab] of tabs.entries()) {
  tab.addEventListener("click", () => {
    open(tab);
    history.replaceState(null, "", `#${current()}`);
  });
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
  });
}

addEventListener("hashchange", follow);
follow();
