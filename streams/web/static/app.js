// Starts the page: the alerts there are, then each new one as it comes; the state of the sources beside them.

import { show } from "./cards.js";
import { refresh } from "./dom.js";
import { showNotices } from "./notices.js";
import { showStatus, trouble } from "./panel.js";

const SILENCE = 30_000; // the server says it is alive every ten seconds
const AGAIN = 1_500;
const STATUS = 3_000;

let position = "";
let heard = Date.now();
let source = null;

function linked(kind, text) {
  const link = document.getElementById("link");
  link.className = `link ${kind}`;
  if (link.textContent !== text) link.textContent = text;
}

async function ask(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}

function listen() {
  source?.close();
  heard = Date.now();
  source = new EventSource(`/stream?after=${encodeURIComponent(position)}`);
  source.addEventListener("open", () => linked("live", "Live"));
  source.addEventListener("alive", () => { heard = Date.now(); });
  source.addEventListener("alert", (event) => {
    heard = Date.now();
    position = event.lastEventId;
    show(JSON.parse(event.data), true);
  });
  source.addEventListener("error", () => {
    linked("lost", "Reconnecting, nothing is lost");
    // A refusal (a proxy, a server being restarted) closes for good: the browser tries again only after a broken line.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN);
  });
}

async function start() {
  try {
    const known = await ask("/api/alerts");
    for (const card of known.alerts.toReversed()) show(card, false);
    position = known.position;
    listen();
  } catch {
    linked("lost", "No answer, trying again");
    setTimeout(start, AGAIN);
  }
}

async function watch() {
  if (!document.hidden) {
    try {
      showStatus(await ask("/api/sources"));
      showNotices(await ask("/api/notices"));
    } catch (error) {
      trouble({ "The service does not answer": error.message });
    }
    refresh();
  }
  setTimeout(watch, STATUS);
}

setInterval(() => {
  if (source && Date.now() - heard > SILENCE) listen();
}, 5_000);
document.addEventListener("visibilitychange", refresh);
start();
watch();
