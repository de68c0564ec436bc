/* Writes the steps and the answer onto the page. Every call brings the page from what it shows to
   the given state and touches only what changed, so that nothing flickers while text arrives. */

import { renderMath } from "../math.js";
import { drawNumberLine } from "../number_line.js";
import { fill } from "../words.js";
import { cutLines, cutSections, utf16Offset } from "./sections.js";
import { TERMINAL } from "./state.js";

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

const isSame = (a, b) => a.kind === b.kind && a.value === b.value;

/** The lines of one section; remembers what it has written. */
export class Lines {
  constructor(lang) {
    this.root = element("div", "lines");
    this.root.lang = lang; // the explanation's, which need not be that of the page around it
    this.written = []; // {node, isFormula, parts: [{kind, value, node}]}
  }

  render(lines) {
    lines.forEach((line, i) => {
      if (this.written[i]?.isFormula !== line.isFormula) this.dropFrom(i);
      if (!this.written[i]) {
        const node = element("p", line.isFormula ? "line line--formula" : "line");
        this.root.append(node);
        this.written.push({ node, isFormula: line.isFormula, parts: [] });
      }
      this.renderParts(this.written[i], line.parts);
    });
    this.dropFrom(lines.length);
  }

  renderParts(line, parts) {
    const kept = line.parts;
    parts.forEach((part, i) => {
      if (kept[i] && isSame(kept[i], part)) return;
      if (kept[i]?.kind === "text" && part.kind === "text") {
        kept[i].node.data = part.value;
        kept[i].value = part.value;
        return;
      }
      while (kept.length > i) kept.pop().node.remove();
      const node = this.makePart(part, line.isFormula);
      line.node.append(node);
      kept.push({ ...part, node });
    });
    while (kept.length > parts.length) kept.pop().node.remove();
  }

  makePart({ kind, value }, isFormula) {
    if (kind === "text") return document.createTextNode(value);
    if (kind === "bold") return element("strong", "", value);
    const node = element("span", "math");
    renderMath(node, value, { isDisplay: isFormula });
    return node;
  }

  dropFrom(i) {
    while (this.written.length > i) this.written.pop().node.remove();
  }
}

/** One step, the answer or a stretch of prose. */
class SectionView {
  constructor(kind, sheet) {
    this.kind = kind;
    this.sheet = sheet;
    this.root = element("section", kind);
    this.heading = null;
    if (kind !== "prose") {
      this.heading = element("h3", kind === "answer" ? "answer__label" : "step__number");
      this.root.append(this.heading);
    }
    this.lines = new Lines(sheet.lang);
    this.root.append(this.lines.root);
    this.check = null;
    this.verdict = undefined;
  }

  setHeading(text) {
    if (this.heading && this.heading.textContent !== text) this.heading.textContent = text;
  }

  /** `line` is undefined where the answer is no set of ranges. */
  setNumberLine(line) {
    const key = line && JSON.stringify(line);
    if (key === this.numberLine) return;
    this.numberLine = key;
    this.figure?.remove();
    this.figure = null;
    if (!line) return;
    this.figure = element("figure");
    drawNumberLine(this.figure, line);
    this.lines.root.after(this.figure);
  }

  /** `check` is undefined while the section is not complete, null while it is being checked. */
  setCheck(check) {
    const verdict = check === undefined ? undefined : (check?.verdict ?? "pending");
    const key = check ? `${verdict}:${check.reason}` : verdict;
    if (key === this.verdict) return;
    this.verdict = key;
    if (verdict === undefined) {
      this.check?.remove();
      this.check = null;
      delete this.root.dataset.verdict;
      return;
    }
    if (!this.check) {
      this.check = this.sheet.makeCheck();
      this.root.append(this.check);
    }
    this.root.dataset.verdict = verdict;
    this.sheet.fillCheck(this.check, verdict, check ?? {});
  }
}

export class Sheet {
  /**
   * @param {{root: HTMLElement, lang: string, words: object, checkTemplate: HTMLTemplateElement,
   *   icons: HTMLTemplateElement, folding: object}} parts  `folding` may be missing
   */
  constructor({ root, lang, words, checkTemplate, icons, folding }) {
    this.root = root;
    this.lang = lang;
    this.words = words;
    this.checkTemplate = checkTemplate;
    this.icons = icons;
    this.folding = folding;
    this.views = [];
    root.replaceChildren();
  }

  /** Brings the page to `state`. */
  render(state) {
    const isOver = TERMINAL.has(state.state);
    const sections = cutSections(state.text).filter(({ kind }) => kind !== "problem");
    if (state.answer && !sections.some(({ kind }) => kind === "answer")) {
      sections.push({ kind: "answer", number: null, start: state.text.length,
        end: state.text.length, body: `$${state.answer.latex}$` });
    }
    const stepOf = this.matchSteps(state, sections);
    const shown = sections
      .map((section, i) => {
        const isWriting = !isOver && i === sections.length - 1 && !stepOf.has(section);
        return { section, isWriting, lines: cutLines(section.body, !isWriting).lines };
      })
      // Half a heading is prose of which nothing can be shown yet.
      .filter(({ section, lines }) => section.kind !== "prose" || lines.length);
    shown.forEach(({ section, isWriting, lines }, i) => {
      if (this.views[i]?.kind !== section.kind) this.dropFrom(i);
      if (!this.views[i]) {
        this.views.push(new SectionView(section.kind, this));
        this.root.append(this.views[i].root);
      }
      const view = this.views[i];
      view.lines.render(lines);
      view.root.classList.toggle("is-writing", isWriting && !state.answer);
      if (section.kind === "step") {
        const number = stepOf.get(section)?.index ?? section.number ?? i + 1;
        view.setHeading(fill(this.words.step, { number }));
        view.root.dataset.step = String(number);
        view.setCheck(stepOf.get(section)?.check);
      } else if (section.kind === "answer") {
        view.setHeading(this.words.answer);
        view.setNumberLine(state.answer?.number_line);
        view.setCheck(state.answer ? state.answer.check : undefined);
      }
    });
    this.dropFrom(shown.length);
    const complete = shown
      .map(({ section, lines }, i) => ({ view: this.views[i], step: stepOf.get(section), lines }))
      .filter(({ step }) => step);
    this.folding?.render(this, complete, isOver);
  }

  matchSteps(state, sections) {
    const found = new Map();
    for (const step of state.steps) {
      if (step.hidden) continue;
      const start = utf16Offset(state.text, step.start);
      const section = sections.find((one) => one.start <= start && start < one.end);
      if (section) found.set(section, step);
    }
    return found;
  }

  dropFrom(i) {
    while (this.views.length > i) this.views.pop().root.remove();
  }

  makeCheck() {
    return this.checkTemplate.content.firstElementChild.cloneNode(true);
  }

  fillCheck(check, verdict, { reason = "", detail = {} }) {
    check.dataset.verdict = verdict;
    const icon = this.icons.content.querySelector(`[data-icon=${verdict}]`).firstElementChild;
    check.querySelector(".check__sign").replaceChildren(icon.cloneNode(true));
    check.querySelector(".check__word").textContent = this.words.verdicts[verdict];
    const values = Object.entries(detail)
      .filter(([name]) => name.length === 1)
      .map(([name, value]) => `${name} = ${value}`)
      .join(", ");
    const ground = this.words.reasons[reason] ?? "";
    check.querySelector(".check__reason").textContent = ground && values ? `${ground} (${values})` : ground;
  }
}
