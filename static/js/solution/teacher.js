/* The teacher's words on a student's solution: shown in the steps they correct, fetched anew when
   the teacher says more, and the box in which the student tells the teacher something. */

import { post, readJson } from "../http.js";
import { renderMath, renderMathIn } from "../math.js";
import { cutLines } from "./sections.js";

const root = document.querySelector("[data-solution]");
const words = readJson("teacher-words");
const area = root.querySelector("[data-teacher-words]");
const icons = document.getElementById("icons-template");

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** A sentence with its formulas. */
function sentence(text) {
  const line = element("p", "line");
  for (const { parts } of cutLines(text, true).lines) {
    for (const { kind, value } of parts) {
      if (kind === "math") {
        const node = element("span", "math");
        renderMath(node, value);
        line.append(node);
      } else line.append(value);
    }
  }
  return line;
}

/** What a teacher says in one place of the sheet. */
function correctedBlock({ kind, title, formulas, is_proved: isProved }) {
  const block = element("div", "corrected");
  block.append(element("p", "corrected__label", words[kind]));
  if (kind === "removed") return block;
  if (title) block.append(sentence(title));
  for (const formula of formulas) {
    const line = element("p", "line line--formula");
    const node = element("span", "math");
    renderMath(node, formula, { isDisplay: true });
    line.append(node);
    block.append(line);
  }
  if (isProved) {
    const check = element("p", "corrected__check");
    const icon = icons.content.querySelector("[data-icon=verified]").firstElementChild;
    check.append(icon.cloneNode(true), words.verdicts.verified);
    block.append(check);
  }
  return block;
}

/** Puts the corrections into the steps and the answer they belong to, in the order of the sheet. */
function showInSheet(corrections) {
  const sections = root.querySelector("[data-sections]");
  for (const old of root.querySelectorAll(".corrected, .step--added")) old.remove();
  for (const part of root.querySelectorAll(".is-corrected, .is-removed")) {
    part.classList.remove("is-corrected", "is-removed");
  }
  const find = (index) =>
    index ? sections.querySelector(`[data-step="${index}"]`) : sections.querySelector(".answer");
  for (const correction of corrections) {
    const { index, kind, follows } = correction;
    if (kind === "added") {
      const before = follows ? find(follows) : null;
      if (follows && !before) continue;
      const section = element("section", "step step--added");
      section.dataset.step = String(index);
      section.append(correctedBlock(correction));
      if (before) before.after(section);
      else sections.querySelector(".step, .answer")?.before(section);
      continue;
    }
    const section = find(index);
    if (!section) continue;
    section.classList.add(kind === "removed" ? "is-removed" : "is-corrected");
    section.append(correctedBlock(correction));
  }
}

let corrections = readJson("corrections") ?? [];

async function refresh() {
  let answer;
  try {
    answer = await fetch(location.href, { credentials: "same-origin" });
  } catch {
    return; // no connection: the words stand there at the next visit
  }
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-teacher-words]");
  if (!fresh) return;
  const known = new Set([...area.children].map((word) => word.dataset.reviewId));
  area.replaceChildren(...fresh.children);
  for (const word of area.children) {
    word.classList.toggle("is-new", !known.has(word.dataset.reviewId));
  }
  renderMathIn(area);
  corrections = JSON.parse(page.getElementById("corrections").textContent);
  showInSheet(corrections);
  const newest = area.querySelector(".is-new .teacher-word__head");
  if (newest) root.querySelector("[data-teacher-status]").textContent = newest.textContent.trim();
}

function connectReport() {
  const box = root.querySelector("[data-report]");
  if (!box) return;
  const form = box.querySelector("[data-report-form]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-report-error]");
    const done = form.querySelector("[data-report-done]");
    const buttons = [...form.querySelectorAll("button")];
    problem.hidden = true;
    for (const button of buttons) button.disabled = true;
    try {
      await post(form.action, { kind: event.submitter.value, comment: form.comment.value }, words);
      box.querySelector("[data-report-sent]")?.remove();
      done.hidden = false;
      done.textContent = words.reported;
    } catch (failure) {
      problem.hidden = false;
      problem.textContent = failure.message;
    }
    for (const button of buttons) button.disabled = false;
  });
  // It appears when there is something to say.
  new MutationObserver(() => {
    box.hidden = !["finished", "stopped", "failed"].includes(root.dataset.state);
  }).observe(root, { attributeFilter: ["data-state"] });
}

/* The sheet draws itself anew when its state changes; the corrections come back with it. */
function follow() {
  const sections = root.querySelector("[data-sections]");
  new MutationObserver((changes) => {
    const isOurs = changes.every(({ addedNodes, removedNodes }) =>
      [...addedNodes, ...removedNodes].every((node) => node.classList?.contains("step--added")),
    );
    if (!isOurs && corrections.length) showInSheet(corrections);
  }).observe(sections, { childList: true });
}

if (area) {
  renderMathIn(area);
  showInSheet(corrections);
  follow();
  document.addEventListener("notice", ({ detail }) => {
    if (detail.kind === "review" && detail.solution === root.dataset.id) refresh();
  });
}
connectReport();
