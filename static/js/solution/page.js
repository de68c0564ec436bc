/* The page of one solution: follows it over the socket and shows what comes. */

import { post, readJson } from "../http.js";
import { renderMathIn } from "../math.js";
import { fill } from "../words.js";
import { copyText, plainFormula, plainSolution } from "./plain_text.js";
import { Folding } from "./folding.js";
import { Hints } from "./hints.js";
import { ReadingCard } from "./reading.js";
import { Sheet } from "./sheet.js";
import { applyEvent, emptyState, TERMINAL } from "./state.js";
import { SolutionStream } from "./stream.js";
import { Talk } from "./talk.js";

const root = document.querySelector("[data-solution]");
const words = readJson("words");
const crop = readJson("crop");
const find = (selector) => root.querySelector(selector);

const card = new ReadingCard({ root, words, crop });
const sheet = new Sheet({
  root: find("[data-sections]"),
  lang: root.dataset.lang,
  words,
  checkTemplate: document.getElementById("check-template"),
  icons: document.getElementById("icons-template"),
  folding: new Folding({ root: find("[data-detail]"), words, rules: readJson("routine") }),
});
const hintsRoot = find("[data-hints]");
const hints = hintsRoot && new Hints({ root: hintsRoot, words, onSnapshot: showSnapshot });
const talk = new Talk({ root: find("[data-talk]"), words });
let state = applyEvent(emptyState(), readJson("snapshot"));

/* The answer to a request of this page: more may be seen from now on. */
function showSnapshot(snapshot) {
  state = applyEvent(state, snapshot);
  render();
}

/* --- Showing ------------------------------------------------------------------------------ */

function render() {
  const isOver = TERMINAL.has(state.state);
  const wasAtEnd = isEndInSight();
  root.dataset.state = state.state;
  find("[data-status]").className = `status status--${state.state}`;
  find("[data-status-text]").textContent = words.states[state.state];
  const stopForm = find("[data-stop-form]");
  if (stopForm) stopForm.hidden = isOver;
  card.render(state.reading);
  find("[data-waiting]").hidden = isOver || Boolean(state.reading);
  find("[data-waiting-text]").textContent = waitingText();
  sheet.render(state);
  hints?.render(state);
  talk.render(state);
  const notice = find("[data-policy]");
  if (notice) notice.hidden = !state.policy;
  // Another rule than the one that this page was made for: it needs other words and buttons.
  if (state.policy && state.policy.mode !== root.dataset.policyMode) location.reload();
  const watched = find("[data-watched]");
  if (watched) watched.hidden = isOver || !state.watchers;
  find("[data-working]").hidden = !state.text && !state.answer;
  find("[data-engine]").textContent = isOver && state.text ? (words.engines[state.engine] ?? "") : "";
  renderOrigin();
  renderEnding();
  find("[data-copy]").hidden = !isOver || !state.text;
  find("[data-print]").hidden = !isOver || !state.text;
  if (wasAtEnd && !isOver) followEnd();
}

/* Who wrote it, when that is not who should have, or not just now. */
function renderOrigin() {
  const change = state.engine_changes.at(-1);
  const note = find("[data-engine-change]");
  note.hidden = !change;
  note.textContent = change ? (words.engineChanges[change.reason] ?? words.engineChanges.other) : "";
  find("[data-dropped]").hidden = !change?.text;
  find("[data-dropped-text]").textContent = change?.text ?? "";
  find("[data-cached]").hidden = !state.is_cached;
}

function waitingText() {
  if (state.state !== "queued" || !state.queue) return words.states[state.state];
  if (state.queue.position === 0) return words.next;
  return fill(words.queue, {
    position: state.queue.position,
    seconds: Math.max(1, Math.round(state.queue.eta_s)),
  });
}

function renderEnding() {
  const isFailed = state.state === "failed";
  find("[data-failed]").hidden = !isFailed;
  find("[data-failed-message]").textContent = state.error?.message ?? words.failed;
  if (isFailed) renderFailure();
  find("[data-stopped]").hidden = state.state !== "stopped";
  const ways = find("[data-ways]");
  if (ways) ways.hidden = state.state !== "finished";
  for (const button of root.querySelectorAll("[data-again]")) {
    button.hidden = isFailed && !state.error?.retryable;
  }
}

function renderFailure() {
  const isTyped = !root.dataset.photoId || Boolean(root.dataset.questionText);
  const kind = isTyped ? "Typed" : state.reading?.text ? "Read" : "Photo";
  find("[data-failed-hint]").textContent = words[`failed${kind}`];
  if (!card.canEdit) return;
  find("[data-failed-edit]").hidden = false;
  find("[data-failed-edit-text]").textContent = words[`edit${kind}`];
  if (kind !== "Photo") card.offerEditor();
}

/* Follows the writing as long as the reader has not scrolled away from it. */
function isEndInSight() {
  const { bottom } = find("[data-working]").getBoundingClientRect();
  return bottom > 0 && bottom < innerHeight + 80;
}

function followEnd() {
  const over = find("[data-working]").getBoundingClientRect().bottom - (innerHeight - 24);
  if (over > 0) scrollBy({ top: over });
}

/* Several events of one frame make one picture. */
let isRenderDue = false;
function renderSoon() {
  if (isRenderDue) return;
  isRenderDue = true;
  const draw = () => {
    if (!isRenderDue) return;
    isRenderDue = false;
    render();
  };
  requestAnimationFrame(draw);
  setTimeout(draw, 200); // a page in the background gets no animation frames
}

/* --- Telling screen readers: finished things, never single tokens ------------------------- */

let announcements = [];
let announceTimer = 0;
function announce(message) {
  announcements.push(message);
  clearTimeout(announceTimer);
  announceTimer = setTimeout(() => {
    find("[data-announce]").textContent = announcements.join(" ");
    announcements = [];
  }, 300);
}

const spoken = (text) =>
  text.replace(/\$\$?([^$]+)\$\$?/g, (_, tex) => plainFormula(tex)).replace(/\*\*/g, "");

function announceEvent(event) {
  const verdict = event.check && words.verdicts[event.check.verdict];
  if (event.type === "reading") announce(words.announceReading);
  else if (event.type === "step" && event.check && !event.hidden) {
    announce(fill(words.announceStep, { number: event.index, title: spoken(event.title), verdict }));
  } else if (event.type === "answer" && event.check) {
    announce(fill(words.announceAnswer, { verdict }));
  } else if (event.type === "error" && event.code !== "bad_message") announce(event.message);
  else if (event.type === "done" && event.finish_reason === "aborted") announce(words.states.stopped);
}

/* --- Buttons ------------------------------------------------------------------------------ */

find("[data-copy]").addEventListener("click", async () => {
  const isCopied = await copyText(plainSolution(state, words));
  showNote(isCopied ? words.copied : words.copyFailed);
});
find("[data-print]").addEventListener("click", () => print());
find("[data-failed-edit]")?.addEventListener("click", () => card.openEditor());

let noteTimer = 0;
function showNote(text) {
  const note = find("[data-connection]");
  note.hidden = false;
  note.textContent = text;
  announce(text);
  clearTimeout(noteTimer);
  noteTimer = setTimeout(() => {
    note.hidden = true;
  }, 2500);
}

for (const button of root.querySelectorAll("[data-again], [data-afresh]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    const fields = {
      photo: root.dataset.photoId,
      text: root.dataset.questionText,
      corrects: root.dataset.corrects,
      rotation_deg: root.dataset.rotation,
      crop: crop ? JSON.stringify(crop) : "",
      language: root.dataset.language,
      fresh: "afresh" in button.dataset ? "1" : "",
    };
    try {
      const { url } = await post(root.dataset.solveUrl, fields, words);
      location.assign(url);
    } catch (failure) {
      button.disabled = false;
      find("[data-again-error]").hidden = false;
      find("[data-again-error]").textContent = failure.message;
    }
  });
}

/* --- Following ---------------------------------------------------------------------------- */

function showConnection(status) {
  if (status === "signed_out") location.assign(root.dataset.loginUrl);
  const note = find("[data-connection]");
  if (status === "live" || status === "ended") {
    if (note.dataset.isLost) note.hidden = true;
    delete note.dataset.isLost;
  } else {
    clearTimeout(noteTimer);
    note.dataset.isLost = "true";
    note.hidden = false;
    note.textContent = status === "lost" ? words.connectionLost : words.connectionRefused;
  }
}

function follow() {
  const stream = new SolutionStream(root.dataset.socketPath, {
    onState(next, event) {
      state = next;
      announceEvent(event);
      renderSoon();
    },
    onConnection: showConnection,
  });
  stream.open();
  find("[data-stop-form]")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    find("[data-stop]").disabled = true;
    if (stream.stop()) return;
    try {
      await post(root.dataset.stopUrl, {}, words);
    } catch {
      find("[data-stop]").disabled = false;
    }
  });
}

renderMathIn(root);
render();
root.dataset.ready = "";
if (!TERMINAL.has(state.state)) follow();
