/* The page of one item: edit parts with live formulas and the real checker, then give a verdict.
   Whatever is typed is kept by the server as a draft with every check. */

import { post, readJson } from "../http.js";
import { renderMathIn } from "../math.js";
import { drawNumberLines } from "../number_line.js";
import { connectPreview } from "../preview.js";
import { fill } from "../words.js";
import { connectHelp, connectKeys, connectRejectDialog } from "./keys.js";
import { PartsEditor } from "./parts.js";
import { Viewer } from "./viewer.js";

const CHECK_DELAY_MS = 400;
const RUNNING_RELOAD_MS = 5000;

const root = document.querySelector("[data-review]");
const words = readJson("words");
const draft = readJson("draft");
const find = (selector) => root.querySelector(selector);
const form = find("[data-corrections]");
const showHelp = connectHelp();
const openReject = connectRejectDialog();
const viewer = find("[data-viewer]") ? new Viewer(find("[data-viewer]")) : null;
let mayOverrule = false;
let checkTimer = 0;
let running = null;

/* --- Parts -------------------------------------------------------------------------------- */

const parts = new PartsEditor({
  root: find("[data-parts]"),
  words,
  icons: document.getElementById("icons-template"),
  blank: document.getElementById("new-part"),
  changed,
  opened: showButtons,
  save,
});

function showButtons() {
  const isEditing = parts.isChanged;
  find("[data-save]").hidden = !isEditing;
  find("[data-approve]").hidden = isEditing;
  form.dataset.isEditing = String(isEditing);
}

/* --- Checking while typing, which keeps the draft as well ----------------------------------- */

function fields() {
  return [
    ["version", root.dataset.version],
    ["note", form.note.value],
    ...parts.fields(),
  ];
}

function changed(said = "") {
  mayOverrule = false;
  find("[data-announce]").textContent = said;
  showButtons();
  find("[data-save-text]").textContent = words.save;
  showDraft(words.unsaved);
  clearTimeout(checkTimer);
  checkTimer = setTimeout(check, CHECK_DELAY_MS);
}

async function check() {
  clearTimeout(checkTimer);
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  try {
    const answer = await post(root.dataset.checkUrl, fields(), words, { signal });
    parts.show(answer.parts);
    showDraft(words.saved);
    showError(null);
    if (String(answer.version) !== root.dataset.version && answer.by) showFresh(answer.by);
  } catch (failure) {
    if (failure.name !== "AbortError") showError(failure.message);
  }
}

function showDraft(text) {
  find("[data-draft-note]").hidden = false;
  find("[data-draft-text]").textContent = text;
  find("[data-discard]").hidden = false;
}

function showError(message) {
  const problem = find("[data-error]");
  problem.hidden = !message;
  problem.textContent = message ?? "";
}

function showFresh(by) {
  const banner = find("[data-conflict]");
  if (!banner.hidden) return;
  banner.hidden = false;
  find("[data-conflict-text]").textContent = `${words.fresh} (${by})`;
}

/* --- Verdicts ------------------------------------------------------------------------------- */

/** Another teacher was faster: say so, show what they did, and let this one decide anew. */
function showConflict({ message, body }) {
  find("[data-conflict]").hidden = false;
  find("[data-conflict-text]").textContent = message;
  const history = find("[data-history]");
  history.innerHTML = body.history;
  renderMathIn(history);
  find("[data-history-panel]").hidden = false;
  root.dataset.version = String(body.version);
  for (const field of document.querySelectorAll("[data-version-field], [data-reject-form] [name=version]")) {
    field.value = String(body.version);
  }
  find("[data-conflict]").scrollIntoView({ block: "nearest" });
}

function failed(failure) {
  if (failure.code === "review_conflict") {
    showConflict(failure);
    return true;
  }
  if (failure.code === "disproved_correction") {
    mayOverrule = true;
    find("[data-save-text]").textContent = words.overrule;
  }
  if (failure.body?.parts?.length) parts.show(failure.body.parts);
  showError(failure.message);
  return false;
}

async function send(url, given) {
  showError(null);
  const buttons = [...find("[data-verdicts]").querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  clearTimeout(checkTimer);
  running?.abort();
  try {
    const { url: next } = await post(url, given, words);
    location.assign(next);
  } catch (failure) {
    failed(failure);
    for (const button of buttons) button.disabled = false;
  }
}

function save() {
  if (!parts.isChanged) return;
  send(form.action, [...fields(), ...(mayOverrule ? [["overrule", "1"]] : [])]);
}

function approve() {
  if (parts.isChanged) return;
  send(find("[data-approve]").dataset.url, { version: root.dataset.version, note: form.note.value });
}

function reject() {
  openReject({
    url: find("[data-reject]").dataset.url,
    version: root.dataset.version,
    post: (url, given) => post(url, given, words),
    done: ({ url }) => location.assign(url),
    failed: (failure) => failed(failure),
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.matches("[data-approve]")) approve();
  else save();
});
form.note.addEventListener("input", changed);
find("[data-reject]").hidden = false;
find("[data-reject]").addEventListener("click", reject);
find("[data-discard]").hidden = !draft;
find("[data-discard]").addEventListener("click", async () => {
  try {
    await post(root.dataset.discardUrl, {}, words);
    location.reload();
  } catch (failure) {
    showError(failure.message);
  }
});

/* --- What was read -------------------------------------------------------------------------- */

const reread = find("[data-reread-form]");
connectPreview({
  input: reread.reading,
  output: find("[data-reread-preview]"),
  url: root.dataset.previewUrl,
  words,
});
reread.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = reread.querySelector("button:not([type])");
  const problem = find("[data-reread-error]");
  problem.hidden = true;
  button.disabled = true;
  try {
    const given = { version: root.dataset.version, reading: reread.reading.value, note: form.note.value };
    const { url } = await post(reread.action, given, words);
    location.assign(url);
  } catch (failure) {
    button.disabled = false;
    if (failed(failure)) return;
    problem.hidden = false;
    problem.textContent = failure.message;
  }
});

/* --- Keys ----------------------------------------------------------------------------------- */

function edit() {
  if (parts.openDoubtful()) return;
  find("[data-reread]").open = true;
  reread.reading.focus();
}

connectKeys({
  a: approve,
  e: edit,
  r: reject,
  n: () => parts.addHere(),
  d: () => parts.removeHere(),
  j: () => location.assign(root.dataset.nextUrl || root.dataset.queueUrl),
  k: () => location.assign(root.dataset.queueUrl),
  "+": () => viewer?.zoomBy(1.25),
  "-": () => viewer?.zoomBy(0.8),
  0: () => viewer?.reset(),
  "?": showHelp,
});

/* What is still being solved shows itself when it has ended. */
if ("running" in root.dataset) {
  const reload = () => location.reload();
  document.addEventListener("notice", ({ detail }) => detail.kind === "queue" && reload());
  setTimeout(reload, RUNNING_RELOAD_MS);
}

renderMathIn(root);
drawNumberLines(root);
showButtons();
if (parts.isChanged) check();
if (location.hash === "#edit") edit();
root.dataset.ready = "";
