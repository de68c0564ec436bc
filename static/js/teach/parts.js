/* The steps and the answer on the review page: each is shown, edited, added, removed and put back
   where it stands. What is written here is checked and kept by the page around it. */

import { renderMath } from "../math.js";

/** One part. `page` is told of every change and asked to save. */
class PartEditor {
  constructor(section, page) {
    this.section = section;
    this.page = page;
    this.isNew = "new" in section.dataset;
    this.wasRemoved = "wasRemoved" in section.dataset;
    this.isRemoved = this.wasRemoved || "toGo" in section.dataset;
    this.index = this.isNew ? null : Number(section.dataset.part);
    this.shown = section.querySelector("[data-shown]");
    this.editor = section.querySelector("[data-editor]");
    this.title = this.editor.querySelector("[data-title]");
    this.lines = this.editor.querySelector("textarea");
    this.name = section.querySelector("[data-name]")?.textContent ?? "";
    for (const of of section.querySelectorAll("[data-of]")) of.textContent = ` ${this.name}`;
    for (const part of section.querySelectorAll("[data-bar], [data-undo]")) part.hidden = false;
    this.connect();
    this.showAs("drafted" in section.dataset || this.isNew);
  }

  connect() {
    const on = (selector, run) =>
      this.section.querySelector(selector)?.addEventListener("click", run);
    on("[data-edit]", () => this.open());
    on("[data-remove]", () => this.remove());
    on("[data-restore]", () => this.restore());
    on("[data-undo]", () => this.undo());
    on("[data-add]", () => this.page.add(this));
    this.editor.addEventListener("input", () => {
      this.fit();
      this.editor.querySelector("[data-preview]").classList.add("is-stale");
      this.page.changed();
    });
    this.editor.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.page.save();
      }
    });
  }

  get isOpen() {
    return !this.editor.hidden;
  }

  get isAnswer() {
    return this.index === 0;
  }

  /** Whether saving would do something to it. */
  get isChanged() {
    return this.isOpen || this.isRemoved !== this.wasRemoved;
  }

  showAs(isOpen) {
    this.editor.hidden = !isOpen;
    for (const field of [this.title, this.lines]) if (field) field.disabled = !isOpen;
    if (isOpen) {
      this.isRemoved = false;
      this.fit();
    }
    if (!this.shown) return;
    this.shown.hidden = isOpen;
    this.section.classList.toggle("is-removed", this.isRemoved);
    const show = (selector, isShown) => {
      const found = this.section.querySelector(selector);
      if (found) found.hidden = !isShown;
    };
    show("[data-edit]", !isOpen && !this.isRemoved);
    show("[data-remove]", !isOpen && !this.isRemoved);
    show("[data-restore]", this.isRemoved);
    show("[data-to-go-badge]", this.isRemoved && !this.wasRemoved);
  }

  open() {
    this.showAs(true);
    const field = this.isNew && !this.title.value ? this.title : this.lines;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    if (this.wasRemoved) this.page.changed();
    else this.page.opened();
  }

  /** It stays where it is, struck out, until the page is saved. */
  remove() {
    if (this.isNew) {
      this.undo();
      return;
    }
    this.isRemoved = true;
    this.showAs(false);
    this.page.changed(this.page.words.partRemoved);
    this.focus("[data-restore]");
  }

  restore() {
    if (this.wasRemoved) {
      this.open();
      return;
    }
    this.isRemoved = false;
    this.showAs(false);
    this.page.changed(this.page.words.partKept);
    this.focus("[data-edit]");
  }

  undo() {
    if (this.isNew) {
      this.page.drop(this);
      return;
    }
    for (const field of [this.title, this.lines]) if (field) field.value = field.dataset.original;
    this.isRemoved = this.wasRemoved;
    this.showAs(false);
    this.page.changed();
    this.focus("[data-bar] button:not([hidden])");
  }

  focus(selector) {
    this.section.querySelector(selector).focus();
  }

  fit() {
    this.lines.rows = Math.max(1, this.lines.value.split("\n").length);
  }

  get isEmpty() {
    return !this.lines.value.trim() && !this.title?.value.trim();
  }

  /** Its fields as a form would send them; `name` is that of a new one. */
  fields(name = String(this.index)) {
    return [
      [`title-${name}`, this.title?.value ?? ""],
      [`formulas-${name}`, this.lines.value],
    ];
  }

  /** What the checker says of it; nothing while it is as it was. */
  show(checked) {
    const area = this.editor.querySelector("[data-preview]");
    const badge = this.editor.querySelector("[data-check]");
    const problems = this.editor.querySelector("[data-problems]");
    area.classList.remove("is-stale");
    problems.replaceChildren();
    if (!checked) {
      area.replaceChildren();
      badge.hidden = true;
      this.lines.removeAttribute("aria-invalid");
      return;
    }
    const typed = this.lines.value.split("\n").map((line) => line.trim()).filter(Boolean);
    area.replaceChildren(
      ...checked.formulas.map((latex, number) => {
        const line = document.createElement("div");
        line.className = "part__line";
        if (latex) renderMath(line, latex, { isDisplay: true });
        else line.append(...marked(typed[number] ?? "", checked, number));
        return line;
      }),
    );
    for (const { line, hint } of checked.problems) {
      const item = document.createElement("li");
      item.textContent = checked.formulas.length > 1 ? `${line}: ${hint}` : hint;
      problems.append(item);
    }
    this.lines.setAttribute("aria-invalid", checked.problems.length ? "true" : "false");
    badge.hidden = checked.problems.length > 0;
    this.page.fillCheck(badge, checked.check);
    this.section.dataset.verdict = checked.problems.length ? "unreadable" : checked.check.verdict;
  }
}

/** The text of a line with the place marked where it stops making sense. */
function marked(text, { problems }, number) {
  const problem = problems.find(({ line }) => line === number + 1);
  const characters = [...text];
  const place = Math.min(problem?.position ?? characters.length, characters.length);
  const mark = document.createElement("mark");
  mark.textContent = characters.slice(place).join("") || "␣";
  return [characters.slice(0, place).join(""), mark];
}

/** All parts of a solution, in the order of the page. */
export class PartsEditor {
  /**
   * @param {{root: HTMLElement, words: object, icons: HTMLTemplateElement,
   *   blank: HTMLTemplateElement, changed: (said?: string) => void,
   *   opened: () => void, save: () => void}} given
   */
  constructor({ root, words, icons, blank, changed, opened, save }) {
    this.root = root;
    this.words = words;
    this.icons = icons;
    this.blank = blank;
    this.changed = changed;
    this.opened = opened;
    this.save = save;
    this.numAdded = 0;
    this.parts = [...root.querySelectorAll("[data-part]")].map(
      (section) => new PartEditor(section, this),
    );
    this.head = root.querySelector(":scope > [data-bar]");
    if (this.head) {
      this.head.hidden = false;
      this.head.querySelector("[data-add]").addEventListener("click", () => this.add(null));
    }
  }

  get isChanged() {
    return this.parts.some((part) => part.isChanged);
  }

  /** A new step right behind `part`, or at the head. */
  add(part) {
    const section = this.blank.content.firstElementChild.cloneNode(true);
    this.numAdded += 1;
    for (const attribute of ["id", "for", "aria-describedby"]) {
      for (const node of section.querySelectorAll(`[${attribute}]`)) {
        node.setAttribute(attribute, `${node.getAttribute(attribute)}-${this.numAdded}`);
      }
    }
    (part?.section ?? this.head).after(section);
    const made = new PartEditor(section, this);
    this.parts.splice(part ? this.parts.indexOf(part) + 1 : 0, 0, made);
    made.open();
  }

  /** Forget a new step. */
  drop(part) {
    const before = this.parts[this.parts.indexOf(part) - 1];
    this.parts.splice(this.parts.indexOf(part), 1);
    part.section.remove();
    this.changed();
    (before?.section ?? this.root).querySelector("[data-add]").focus();
  }

  /** The part in which the focus is. */
  get current() {
    return this.parts.find(({ section }) => section.contains(document.activeElement));
  }

  /** A new step behind the one in focus, or behind the last one. */
  addHere() {
    if (!this.head) return;
    const steps = this.parts.filter(({ isAnswer }) => !isAnswer);
    const current = this.current;
    this.add((current?.isAnswer ? null : current) ?? steps.at(-1) ?? null);
  }

  /** Remove the step in focus, or keep it. */
  removeHere() {
    const part = this.current;
    if (!part || part.isAnswer) return;
    if (part.isRemoved) part.restore();
    else part.remove();
  }

  /** Open the part that most likely needs it: what is wrong, then what is not proved. */
  openDoubtful() {
    const closed = this.parts.filter((part) => !part.isOpen && !part.isRemoved);
    const doubtful = ["failed", "not_checkable"].map((verdict) =>
      closed.find(({ section }) => section.dataset.verdict === verdict),
    );
    const part = doubtful.find(Boolean) ?? closed[0] ?? this.parts.find(({ isOpen }) => isOpen);
    part?.open();
    return Boolean(part);
  }

  /** The fields of what is changed, as a form would send them. New steps get their numbers here,
   * in the order of the page, and say which part they follow. */
  fields() {
    const fields = [];
    let follows = "0";
    let numNew = 0;
    for (const part of this.parts) {
      let name = String(part.index);
      if (part.isNew) {
        part.index = null;
        if (part.isEmpty) continue;
        numNew += 1;
        part.index = -numNew;
        name = `new${numNew}`;
        fields.push([`follows-${name}`, follows]);
      }
      if (part.isOpen) fields.push(...part.fields(name));
      else if (part.isRemoved && !part.wasRemoved) fields.push(["remove", name]);
      follows = name;
    }
    return fields;
  }

  /** What the checker says of everything that is open. */
  show(checked) {
    for (const part of this.parts) {
      if (part.isOpen) part.show(checked.find(({ index }) => index === part.index));
    }
  }

  fillCheck(badge, { verdict, reason, detail }) {
    badge.dataset.verdict = verdict;
    const icon = this.icons.content.querySelector(`[data-icon=${verdict}]`).firstElementChild;
    badge.querySelector(".check__sign").replaceChildren(icon.cloneNode(true));
    badge.querySelector(".check__word").textContent = this.words.verdicts[verdict];
    const values = Object.entries(detail)
      .filter(([name]) => name.length === 1)
      .map(([name, value]) => `${name} = ${value}`)
      .join(", ");
    const ground = this.words.reasons[reason] ?? "";
    badge.querySelector(".check__reason").textContent =
      ground && values ? `${ground} (${values})` : ground;
  }
}
