/* How much of a solution is told: every step, or steps that follow one another made one. The full
   text stays what it is; a group of steps is shown as one section that opens to what it stands for.
   The same rules as `inference/rules/steps.py` (`folded`). */

import { fill } from "../words.js";
import { Lines } from "./sheet.js";

const STORED = "solution-detail";
const LEVELS = ["full", "normal", "brief"];
const WORST_FIRST = ["failed", "not_checkable", "pending", "verified"];

function storedLevel() {
  try {
    const level = localStorage.getItem(STORED);
    return LEVELS.includes(level) ? level : "full";
  } catch {
    return "full"; // a browser that keeps nothing
  }
}

/** Steps in groups, each an array; `routine` holds the rules that do not stand alone. */
export function groupSteps(entries, routine, level) {
  const groups = [];
  for (const entry of entries) {
    const before = groups.at(-1);
    const isNext = before?.at(-1).step.index === entry.step.index - 1;
    const joins = isNext && (level === "brief" || routine.has(before[0].step.rule));
    if (routine.has(entry.step.rule) && joins) before.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

/** One section that stands for several steps. */
class Group {
  constructor(sheet, words, title) {
    this.sheet = sheet;
    this.words = words;
    this.title = title;
    this.root = document.createElement("section");
    this.root.className = "step step--group";
    this.heading = document.createElement("h3");
    this.heading.className = "step__number";
    this.lines = new Lines(sheet.lang);
    this.check = sheet.makeCheck();
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "button button--quiet step__open no-print";
    this.button.addEventListener("click", () => this.open(!this.isOpen));
    this.root.append(this.heading, this.lines.root, this.check, this.button);
  }

  show(members, isCalculation) {
    this.members = members;
    const [first, last] = [members[0], members.at(-1)];
    const title = isCalculation
      ? [{ isFormula: false, parts: [{ kind: "text", value: this.title }] }]
      : first.lines.filter(({ isFormula }) => !isFormula);
    this.lines.render([...title, ...last.lines.filter(({ isFormula }) => isFormula)]);
    this.heading.textContent = fill(this.words.steps, {
      first: first.step.index, last: last.step.index,
    });
    const checks = members.map(({ step }) => step.check ?? { verdict: "pending" });
    const verdict = WORST_FIRST.find((one) => checks.some((check) => check.verdict === one));
    this.root.dataset.verdict = verdict;
    this.sheet.fillCheck(this.check, verdict, checks.find((check) => check.verdict === verdict));
    first.view.root.before(this.root);
    this.open(false);
  }

  open(isOpen) {
    this.isOpen = isOpen;
    this.button.setAttribute("aria-expanded", String(isOpen));
    this.button.textContent = fill(isOpen ? this.words.hideSteps : this.words.showSteps, {
      number: this.members.length,
    });
    for (const { view } of this.members) {
      view.root.hidden = !isOpen;
      view.root.classList.add("step--member");
    }
  }

  remove() {
    for (const { view } of this.members) {
      view.root.hidden = false;
      view.root.classList.remove("step--member");
    }
    this.root.remove();
  }
}

export class Folding {
  /**
   * @param {{root: HTMLFieldSetElement, words: object, rules: {normal: string[], brief: string[],
   *   title: string}}} parts  the control, the rules whose steps do not stand alone at a level, and
   *   the sentence for calculations that are made one step
   */
  constructor({ root, words, rules }) {
    this.root = root;
    this.words = words;
    this.title = rules.title;
    this.routine = { normal: new Set(rules.normal), brief: new Set(rules.brief) };
    this.level = storedLevel();
    this.groups = [];
    this.drawn = "";
    root.querySelector(`[value=${this.level}]`).checked = true;
    root.addEventListener("change", ({ target }) => {
      this.level = target.value;
      try {
        localStorage.setItem(STORED, this.level);
      } catch {
        // it is forgotten with the page
      }
      this.render(this.sheet, this.entries, true);
    });
  }

  /** `entries` are the complete steps: {view, step, lines}. Nothing is folded while text comes. */
  render(sheet, entries, isOver) {
    Object.assign(this, { sheet, entries });
    const canFold = isOver && this.fold("brief").some((group) => group.length > 1);
    this.root.hidden = !canFold;
    const groups = canFold && this.level !== "full" ? this.fold(this.level) : [];
    const key = JSON.stringify(groups.map((group) => group.map(({ step }) => step)));
    if (key === this.drawn) return;
    this.drawn = key;
    this.groups.forEach((group) => group.remove());
    this.groups = groups
      .filter((group) => group.length > 1)
      .map((members) => {
        const group = new Group(sheet, this.words, this.title);
        group.show(members, members.every(({ step }) => this.routine.normal.has(step.rule)));
        return group;
      });
    this.openTarget();
  }

  fold(level) {
    return groupSteps(this.entries, this.routine[level], level);
  }

  /** A step that the address names is shown. */
  openTarget() {
    const number = /^#step-(\d+)$/.exec(location.hash)?.[1];
    if (!number) return;
    this.groups
      .find(({ members }) => members.some(({ step }) => String(step.index) === number))
      ?.open(true);
  }
}
