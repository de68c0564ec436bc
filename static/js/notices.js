/* What is new for the person who is signed in: the number on the badge, kept up by a socket. A
   notice only says that something happened; the page asks for what it needs. */

const { noticesUrl } = document.body.dataset;
const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 60000;
const GATHER_MS = 800;
const FINAL_CLOSES = new Set([4400, 4401, 4403, 4404]);

let delayMs = FIRST_DELAY_MS;
let timer = 0;
let badgeTimer = 0;
let unread = 0;

function show(number) {
  unread = number;
  for (const badge of document.querySelectorAll("[data-unread]")) {
    badge.hidden = number === 0;
    badge.querySelector("[data-unread-number]").textContent = number > 99 ? "99+" : String(number);
  }
}

async function refresh() {
  try {
    const answer = await fetch(noticesUrl, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    });
    if (!answer.ok) return;
    const { unread: number } = await answer.json();
    const isFresh = number > unread;
    show(number);
    return isFresh;
  } catch {
    /* No connection: the number stays as it is until there is one. */
    return false;
  }
}

/** A class that hands in at once makes one question to the server, not thirty. */
function refreshSoon(detail) {
  clearTimeout(badgeTimer);
  badgeTimer = setTimeout(async () => {
    const isFresh = await refresh();
    if (detail) document.dispatchEvent(new CustomEvent("notice", { detail: { ...detail, isFresh } }));
  }, GATHER_MS);
}

function connect() {
  const url = new URL("/ws/notices/", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url);
  socket.addEventListener("message", (message) => {
    const event = JSON.parse(message.data);
    delayMs = FIRST_DELAY_MS;
    if (event.type === "ready") {
      document.documentElement.dataset.notices = "live";
      refresh();
    } else if (event.kind === "queue") {
      refreshSoon(event);
    } else {
      document.dispatchEvent(new CustomEvent("notice", { detail: event }));
      refreshSoon(null);
    }
  });
  socket.addEventListener("close", ({ code }) => {
    delete document.documentElement.dataset.notices;
    if (FINAL_CLOSES.has(code)) return;
    timer = setTimeout(connect, delayMs * (0.75 + Math.random() / 2));
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
  });
}

if (noticesUrl) {
  connect();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") refresh();
  });
  addEventListener("pagehide", () => clearTimeout(timer));
}
