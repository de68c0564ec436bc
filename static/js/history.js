/* The history: formulas, and a fresh look when the reader comes back or a solution has ended. */

import { renderMathIn } from "./math.js";

const POLL_MS = 5000;
const live = document.querySelector("[data-live]");
const RUNNING = ["queued", "reading", "solving"].map((state) => `[data-state=${state}]`).join();

renderMathIn(live);

async function refresh() {
  let response;
  try {
    response = await fetch(location.href, { credentials: "same-origin" });
  } catch {
    return; // no connection: the list stays as it is
  }
  if (!response.ok || response.redirected) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("[data-live]");
  if (!fresh || live.contains(document.activeElement)) return;
  renderMathIn(fresh);
  live.replaceChildren(...fresh.childNodes);
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") refresh();
});
setInterval(() => {
  if (document.visibilityState === "visible" && live.querySelector(RUNNING)) refresh();
}, POLL_MS);
