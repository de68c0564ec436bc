/* The queue: one item has the focus, single keys judge it, and what is judged folds up. */

import { post, readJson } from "../http.js";
import { renderMathIn } from "../math.js";
import { fill } from "../words.js";
import { connectHelp, connectKeys, connectRejectDialog } from "./keys.js";

const root = document.querySelector("[data-queue]");
const words = readJson("words");
const find = (selector) => root.querySelector(selector);
const list = find("[data-items]");
const items = () => [...root.querySelectorAll("[data-item]")];
const isDone = (item) => item.dataset.done !== undefined;
const showHelp = connectHelp();
const openReject = connectRejectDialog();

/* --- Moving ------------------------------------------------------------------------------- */

const current = () => document.activeElement?.closest?.("[data-item]") ?? lastFocused;
let lastFocused = null;

function focusItem(item) {
  if (!item) return;
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

async function move(by) {
  const all = items();
  const open = all.filter((item) => !isDone(item) || item === lastFocused);
  const place = open.indexOf(current());
  const next = open[place < 0 ? 0 : place + by];
  if (next) focusItem(next);
  else if (by > 0 && find("[data-more]")) {
    const known = all.length;
    await loadMore();
    focusItem(items()[known]);
  }
}

root.addEventListener("focusin", (event) => {
  const item = event.target.closest("[data-item]");
  if (!item) return;
  lastFocused?.classList.remove("is-current");
  item.classList.add("is-current");
  lastFocused = item;
});

/* --- Judging ------------------------------------------------------------------------------ */

function showError(message) {
  const problem = find("[data-error]");
  problem.hidden = !message;
  problem.textContent = message ?? "";
  if (message) problem.scrollIntoView({ block: "nearest" });
}

function announce(text) {
  find("[data-announce]").textContent = text;
}

function fold(item, word, kind) {
  item.dataset.done = kind;
  const line = item.querySelector("[data-done]");
  line.hidden = false;
  line.textContent = word;
  const box = item.querySelector("[data-select]");
  if (box) {
    box.checked = false;
    box.disabled = true;
  }
  for (const control of item.querySelectorAll("button")) control.disabled = true;
  countSelected();
  const isEmptied = items().every(isDone) && !find("[data-more]");
  if (isEmptied && find("[data-emptied]")) find("[data-emptied]").hidden = false;
}

async function judge(item, url, fields, word, kind) {
  if (!item || isDone(item) || item.dataset.isBusy) return;
  item.dataset.isBusy = "true";
  showError(null);
  // The teacher goes on at once; a refusal brings the item back in sight.
  const following = nextOpen(item);
  try {
    await post(url, { version: item.dataset.version, ...fields }, words);
    fold(item, word, kind);
    announce(word);
    if (current() === item) await goOn(item, following);
  } catch (failure) {
    showError(failure.message);
    item.classList.add("is-refused");
  } finally {
    delete item.dataset.isBusy;
  }
}

function nextOpen(item) {
  const all = items();
  return all.slice(all.indexOf(item) + 1).find((other) => !isDone(other));
}

async function goOn(item, following) {
  if (!following && find("[data-more]")) {
    await loadMore();
    following = nextOpen(item);
  }
  focusItem(following ?? items().find((other) => !isDone(other)) ?? item);
}

function approve(item) {
  const form = item?.querySelector("[data-approve]");
  if (form) judge(item, form.action, {}, words.approved, "approved");
}

function reject(item) {
  const button = item?.querySelector("[data-reject]");
  if (!button || isDone(item)) return;
  const following = nextOpen(item);
  openReject({
    url: button.dataset.url,
    version: item.dataset.version,
    post: (url, fields) => post(url, fields, words),
    done: () => {
      fold(item, words.rejected, "rejected");
      announce(words.rejected);
      goOn(item, following);
    },
  });
}

/* --- Several at once ---------------------------------------------------------------------- */

const bulk = find("[data-bulk]");
const selected = () => [...root.querySelectorAll("[data-select]:checked")];

function countSelected() {
  const number = selected().length;
  const button = find("[data-bulk-button]");
  if (!button) return;
  button.disabled = number === 0;
  find("[data-bulk-text]").textContent = fill(words.selected, { number });
  const boxes = [...root.querySelectorAll("[data-select]:not(:disabled)")];
  const all = find("[data-all]");
  all.checked = boxes.length > 0 && number === boxes.length;
  all.indeterminate = number > 0 && number < boxes.length;
}

async function approveSelected(event) {
  event.preventDefault();
  const boxes = selected();
  if (!boxes.length) return;
  showError(null);
  const chosen = new URLSearchParams();
  for (const box of boxes) chosen.append("item", box.value);
  find("[data-bulk-button]").disabled = true;
  try {
    const { approved, skipped } = await post(bulk.action, chosen, words);
    for (const box of boxes) {
      const item = box.closest("[data-item]");
      if (approved.includes(item.dataset.id)) fold(item, words.approved, "approved");
      else item.classList.add("is-refused");
    }
    const told = [fill(words.approvedMany, { number: approved.length })];
    if (skipped.length) told.push(fill(words.skippedMany, { number: skipped.length }));
    announce(told.join(" "));
    if (skipped.length) showError(told.join(" "));
    focusItem(items().find((item) => !isDone(item)));
  } catch (failure) {
    showError(failure.message);
  }
  countSelected();
}

/* --- More --------------------------------------------------------------------------------- */

let loading = null;
function loadMore() {
  const more = find("[data-more]");
  if (!more) return Promise.resolve();
  loading ??= (async () => {
    try {
      const answer = await fetch(more.querySelector("a").href, {
        headers: { "X-Part": "items" },
        credentials: "same-origin",
      });
      if (!answer.ok || answer.redirected) throw new Error();
      const holder = document.createElement("ol");
      holder.innerHTML = await answer.text();
      const known = new Set(items().map((item) => item.dataset.id));
      for (const item of holder.querySelectorAll("[data-item]")) {
        if (known.has(item.dataset.id)) item.remove();
      }
      renderMathIn(holder);
      more.replaceWith(...holder.children);
      prepare();
    } catch {
      showError(words.failed);
    } finally {
      loading = null;
    }
  })();
  return loading;
}

function prepare() {
  for (const button of root.querySelectorAll("[data-reject]")) button.hidden = false;
  countSelected();
}

/* --- Connecting --------------------------------------------------------------------------- */

root.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-approve]");
  if (!form) return;
  event.preventDefault();
  approve(form.closest("[data-item]"));
});
root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reject]");
  if (button) reject(button.closest("[data-item]"));
  const more = event.target.closest("[data-more] a");
  if (more) {
    event.preventDefault();
    loadMore();
  }
});
root.addEventListener("change", (event) => {
  if (event.target.matches("[data-select]")) countSelected();
  if (event.target.matches("[data-all]")) {
    for (const box of root.querySelectorAll("[data-select]:not(:disabled)")) {
      box.checked = event.target.checked;
    }
    countSelected();
  }
});
for (const select of root.querySelectorAll("[data-filters] select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
// What is not chosen need not stand in the address.
find("[data-filters]").addEventListener("submit", (event) => {
  for (const field of event.target.querySelectorAll("input, select")) {
    if (!field.value || (field.name === "review" && field.value === "open")) field.disabled = true;
  }
});
addEventListener("pageshow", () => {
  for (const field of root.querySelectorAll("[data-filters] :disabled")) field.disabled = false;
});
bulk?.addEventListener("submit", approveSelected);
for (const hidden of root.querySelectorAll("[data-all], [data-all-label]")) hidden.hidden = false;
document.addEventListener("notice", ({ detail }) => {
  // What this page did itself is no news.
  if (detail.kind === "queue" && detail.isFresh) find("[data-fresh]").hidden = false;
});

connectKeys({
  j: () => move(1),
  k: () => move(-1),
  a: () => approve(current()),
  e: () => current()?.querySelector("[data-edit]")?.click(),
  r: () => reject(current()),
  x: () => {
    const box = current()?.querySelector("[data-select]");
    if (box && !box.disabled) box.click();
  },
  Enter: (event) => {
    if (event.target.matches("a, button, summary")) event.target.click();
    else current()?.querySelector("[data-open]")?.click();
  },
  "/": () => find("[type=search]").focus(),
  "?": showHelp,
});

renderMathIn(root);
prepare();
root.dataset.ready = "";
