/* Where the class sees hints first or hints only: what is still hidden, the next step on request,
   and an answer of one's own. What is hidden is not in this page at all. */

import { post } from "../http.js";
import { renderMathIn } from "../math.js";
import { fill } from "../words.js";

export class Hints {
  /** @param {{root: HTMLElement, words: object, onSnapshot: (snapshot: object) => void}} parts */
  constructor({ root, words, onSnapshot }) {
    this.root = root;
    this.words = words;
    this.onSnapshot = onSnapshot;
    this.find = (selector) => root.querySelector(selector);
    this.list = this.find("[data-hint-list]");
    this.lock = document.getElementById("lock-template");
    for (const name of ["show-step", "show-answer"]) {
      this.find(`[data-${name}]`)?.addEventListener("submit", (event) => {
        event.preventDefault();
        this.open(event.currentTarget);
      });
    }
    this.find("[data-attempt]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.attempt(event.currentTarget);
    });
  }

  async open(form) {
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      this.onSnapshot(await post(form.action, Object.fromEntries(new FormData(form)), this.words));
    } catch (failure) {
      this.complain(failure);
    }
    button.disabled = false;
  }

  async attempt(form) {
    const button = form.querySelector("button");
    const text = form.elements.text.value;
    button.disabled = true;
    this.find("[data-attempt-error]").hidden = true;
    try {
      const { verdict, counts } = await post(form.action, { text }, this.words);
      this.addAttempt(text, verdict, counts);
      if (counts) this.find("[data-show-answer]").hidden = false;
    } catch (failure) {
      this.complain(failure);
    }
    button.disabled = false;
  }

  complain(failure) {
    const problem = this.find("[data-attempt-error]");
    problem.hidden = false;
    problem.textContent = failure.message;
  }

  addAttempt(text, verdict, counts) {
    const item = document.createElement("li");
    item.className = "own__attempt";
    item.dataset.verdict = verdict;
    const own = document.createElement("span");
    own.className = "own__text";
    own.textContent = text;
    const { right, wrong, unchecked, noAnswer } = this.words.attempts;
    const words = { verified: right, failed: wrong }[verdict] ?? (counts ? unchecked : noAnswer);
    const said = document.createElement("span");
    said.textContent = words;
    item.append(own, " ", said);
    this.find("[data-attempts]").append(item);
  }

  render(state) {
    const { policy } = state;
    const hidden = state.steps.filter((step) => step.hidden);
    this.root.hidden = !policy || policy.mode === "closed" ||
      (!hidden.length && !policy.may_attempt);
    if (!policy) return;
    this.renderList(hidden);
    const showStep = this.find("[data-show-step]");
    if (!showStep) return;
    showStep.hidden = !policy.next_step;
    showStep.elements.number.value = policy.next_step ?? "";
    this.find("[data-show-step-text]").textContent = fill(this.words.showStep, {
      number: policy.next_step,
    });
    this.find("[data-own]").hidden = !policy.may_attempt;
    if (policy.may_show_answer) this.find("[data-show-answer]").hidden = false;
  }

  renderList(hidden) {
    const key = JSON.stringify(hidden.map(({ index, title }) => [index, title]));
    if (key === this.key) return;
    this.key = key;
    this.list.replaceChildren(...hidden.map((step) => this.makeItem(step)));
    renderMathIn(this.list);
  }

  makeItem({ index, title }) {
    const item = document.createElement("li");
    item.className = title ? "hint" : "hint hint--locked";
    item.value = index;
    const number = document.createElement("span");
    number.className = "hint__number";
    number.textContent = index;
    item.append(number);
    if (!title) {
      item.append(this.lock.content.cloneNode(true));
      return item;
    }
    const text = document.createElement("span");
    text.className = "hint__text";
    for (const [i, part] of title.split("$").entries()) {
      if (i % 2 === 0) text.append(part);
      else {
        const formula = document.createElement("span");
        formula.className = "math";
        formula.dataset.tex = part;
        text.append(formula);
      }
    }
    item.append(text);
    return item;
  }
}
