/* Questions about the solution: asked by a chip or in one's own words, each answer followed over a
   socket of its own and written as it comes. */

import { post, readJson } from "../http.js";
import { fill } from "../words.js";
import { cutLines } from "./sections.js";
import { Lines } from "./sheet.js";
import { applyEvent, emptyState, TERMINAL } from "./state.js";
import { SolutionStream } from "./stream.js";

const MAX_CHIPS = 8;

/** One question and its answer. */
class FollowUp {
  constructor({ root, words, onOver }) {
    this.root = root;
    this.words = words;
    this.onOver = onOver;
    this.find = (selector) => root.querySelector(selector);
    this.state = emptyState();
    this.isDrawDue = false;
    this.find("[data-stop]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.stop();
    });
  }

  get isOver() {
    return TERMINAL.has(this.state.state);
  }

  /** Shows what the server said of it, and follows it to its end. */
  begin({ snapshot, socket, stop_url: stopUrl, lang }) {
    this.stopUrl = stopUrl;
    this.state = applyEvent(this.state, { type: "snapshot", ...snapshot });
    const answer = this.find("[data-answer]");
    this.lines = new Lines(lang);
    answer.lang = lang;
    answer.replaceChildren(this.lines.root);
    this.root.dataset.followUp = snapshot.id;
    this.find("[data-question]").textContent = snapshot.follow_up.question;
    this.draw();
    if (this.isOver) return;
    this.stream = new SolutionStream(socket, {
      onState: (state) => {
        const wasOver = this.isOver;
        this.state = state;
        this.drawSoon();
        if (!wasOver && this.isOver) this.onOver(this);
      },
      onConnection: () => {},
    });
    this.stream.open();
  }

  async stop() {
    const button = this.find("[data-stop] button");
    button.disabled = true;
    if (this.stream?.stop()) return;
    try {
      await post(this.stopUrl, {}, this.words);
    } catch {
      button.disabled = false;
    }
  }

  /* Several events of one frame make one picture; a page in the background gets no frames. */
  drawSoon() {
    if (this.isDrawDue) return;
    this.isDrawDue = true;
    const draw = () => {
      if (!this.isDrawDue) return;
      this.isDrawDue = false;
      this.draw();
    };
    requestAnimationFrame(draw);
    setTimeout(draw, 200);
  }

  draw() {
    const { state, text, error } = this.state;
    this.root.dataset.state = state;
    this.lines.render(cutLines(text, this.isOver).lines);
    this.find("[data-answer]").hidden = !text.trim();
    this.find("[data-waiting]").hidden = this.isOver || Boolean(text.trim());
    const problem = this.find("[data-problem]");
    problem.hidden = !error;
    problem.textContent = error?.message ?? "";
    this.find("[data-note]").textContent = this.note();
    const stop = this.find("[data-stop]");
    if (stop) stop.hidden = this.isOver;
  }

  note() {
    const { state, text, error, engine, engine_changes: changes, hidden, finish_reason: reason } = this.state;
    if (!this.isOver || error) return "";
    const { talk, engineChanges } = this.words;
    if (hidden) return talk.hidden;
    if (state === "stopped") return talk.stopped;
    const change = changes.at(-1);
    const by = (text && talk.by[engine]) || "";
    const said = change ? (engineChanges[change.reason] ?? engineChanges.other) : "";
    const cut = reason === "length" ? talk.cut : "";
    return [said, by, cut].filter(Boolean).join(" ");
  }
}

export class Talk {
  constructor({ root, words }) {
    this.root = root;
    this.words = words;
    this.find = (selector) => root.querySelector(selector);
    this.list = this.find("[data-talk-list]");
    this.form = this.find("[data-talk-form]");
    this.items = [];
    for (const values of readJson("follow-ups")) {
      const item = this.list.querySelector(`[data-follow-up="${values.snapshot.id}"]`);
      this.add(item, values);
    }
    this.find("[data-talk-suggested]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask(event.submitter.value);
    });
    this.find("[data-talk-own]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask(this.find("[data-talk-field]").value);
    });
    this.updateForm();
  }

  add(root, values) {
    const item = new FollowUp({ root, words: this.words, onOver: () => this.over(item) });
    this.items.push(item);
    item.begin(values);
    return item;
  }

  over(item) {
    this.find("[data-talk-status]").textContent = item.state.error?.message ?? this.words.talk.answered;
    this.updateForm();
  }

  async ask(question) {
    const field = this.find("[data-talk-field]");
    const problem = this.find("[data-talk-error]");
    if (!question.trim()) {
      field.focus();
      return;
    }
    problem.hidden = true;
    this.isSending = true;
    this.updateForm();
    try {
      const { action } = this.find("[data-talk-own]");
      const values = await post(action, { question }, this.words);
      field.value = "";
      const template = document.getElementById("follow-up-template");
      const root = template.content.firstElementChild.cloneNode(true);
      this.list.append(root);
      this.add(root, values);
      root.scrollIntoView({ block: "nearest" });
    } catch (failure) {
      problem.hidden = false;
      problem.textContent = failure.message;
    }
    this.isSending = false;
    this.updateForm();
  }

  /* One question at a time. */
  updateForm() {
    if (!this.form) return;
    const isBusy = Boolean(this.isSending) || this.items.some((item) => !item.isOver);
    for (const button of this.form.querySelectorAll("button")) button.disabled = isBusy;
  }

  /** Brings the section to the solution's state: there when it has ended, a chip for each step. */
  render(state) {
    const isOver = TERMINAL.has(state.state);
    const isClosed = state.policy?.mode === "closed";
    const steps = state.steps.filter((step) => !step.hidden || step.title);
    const mayAsk = Boolean(this.form) && isOver && !isClosed && Boolean(state.text || steps.length);
    this.root.hidden = !mayAsk && !this.items.length;
    if (!this.form) return;
    this.form.hidden = !mayAsk;
    const numbers = steps.slice(0, MAX_CHIPS).map((step) => step.index);
    const key = numbers.join();
    if (key === this.key) return;
    this.key = key;
    this.find("[data-talk-chips]").replaceChildren(...numbers.map((number) => this.makeChip(number)));
    this.updateForm();
  }

  makeChip(number) {
    const chip = document.createElement("button");
    chip.className = "chip";
    chip.name = "question";
    chip.value = chip.textContent = fill(this.words.talk.explain, { number });
    return chip;
  }
}
