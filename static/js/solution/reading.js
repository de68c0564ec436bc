/* What was read: the formula, the signs that the reader is not sure of, and mending it. */

import { post } from "../http.js";
import { renderMath } from "../math.js";
import { connectPreview } from "../preview.js";
import { fill } from "../words.js";
import { showCrop } from "./photo.js";

export class ReadingCard {
  /** @param {{root: HTMLElement, words: object, crop: object|null, isTyped: boolean}} parts */
  constructor({ root, words, crop }) {
    this.root = root;
    this.words = words;
    this.crop = crop;
    this.reading = undefined;
    this.find = (selector) => root.querySelector(selector);
    this.form = this.find("[data-edit]");
    if (this.form) this.connectEditor();
    if (crop) this.showPhoto(crop, Number(root.dataset.rotation) || 0);
  }

  /** Whether the person may mend the question: it is their own. */
  get canEdit() {
    return this.form !== null;
  }

  connectEditor() {
    const { form, root } = this;
    this.input = form.querySelector("input[name=text]");
    this.opener = this.find("[data-edit-open]");
    this.opener.hidden = false;
    form.hidden = true;
    this.find("[data-edit-close]").hidden = false;
    this.refreshPreview = connectPreview({
      input: this.input,
      output: this.find("[data-edit-preview]"),
      url: root.dataset.previewUrl,
      words: this.words,
    });
    this.opener.addEventListener("click", () => (form.hidden ? this.openEditor() : this.close()));
    this.find("[data-edit-close]").addEventListener("click", () => this.close());
    this.find("[data-confirm]").addEventListener("click", () => this.confirm());
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.solveInstead();
    });
  }

  openEditor(text = null) {
    this.form.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    if (text !== null) this.input.value = text;
    this.refreshPreview();
    this.input.focus();
  }

  /** Opens the editor once, without taking the cursor there. */
  offerEditor() {
    if (!this.form || this.isOffered) return;
    this.isOffered = true;
    this.form.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.refreshPreview();
  }

  /** The doubtful reading is right: solved anew, as the person's own words, it can be proved. */
  confirm() {
    this.openEditor(this.reading.text);
    this.solveInstead();
  }

  close() {
    this.form.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    this.opener.focus();
  }

  async solveInstead() {
    const button = this.form.querySelector("button:not([type])");
    const problem = this.find("[data-edit-error]");
    problem.hidden = true;
    button.disabled = true;
    try {
      const fields = Object.fromEntries(new FormData(this.form));
      const { url } = await post(this.root.dataset.solveUrl, fields, this.words);
      location.assign(url);
    } catch (failure) {
      button.disabled = false;
      problem.hidden = false;
      problem.textContent = failure.message;
    }
  }

  render(reading) {
    if (JSON.stringify(reading) === this.key) return;
    this.key = JSON.stringify(reading);
    this.reading = reading;
    this.find("[data-reading]").hidden = !reading;
    if (!reading) return;
    const formula = this.find("[data-reading-formula]");
    if (reading.latex) renderMath(formula, reading.latex, { isDisplay: true });
    else {
      formula.textContent = reading.text;
      formula.dataset.rendered = "";
    }
    if (this.form?.hidden) this.input.value = reading.text;
    this.renderUncertain(reading);
    if (!this.crop && reading.box) this.showPhoto(reading.box, reading.rotation_deg ?? 0);
  }

  renderUncertain({ text, uncertain = [] }) {
    const area = this.find("[data-uncertain]");
    area.hidden = uncertain.length === 0;
    const characters = [...text]; // offsets count code points
    const line = this.find("[data-uncertain-line]");
    const options = this.find("[data-uncertain-options]");
    line.replaceChildren();
    options.replaceChildren();
    let position = 0;
    for (const { start, end, alternatives } of uncertain) {
      if (start < position) continue; // overlapping marks: the first one counts
      const mark = document.createElement("mark");
      mark.textContent = characters.slice(start, end).join("");
      line.append(characters.slice(position, start).join(""), mark);
      position = end;
      if (!this.form) continue;
      for (const alternative of alternatives) {
        options.append(this.makeOption(characters, start, end, alternative));
      }
    }
    line.append(characters.slice(position).join(""));
  }

  makeOption(characters, start, end, alternative) {
    const text = [...characters.slice(0, start), alternative, ...characters.slice(end)].join("");
    const sign = characters.slice(start, end).join("");
    // A sign that occurs again, or that may be none at all, is shown with its neighbours.
    const isAmbiguous = !alternative || characters.join("").split(sign).length > 2;
    const [before, after] = isAmbiguous
      ? [characters[start - 1] ?? "", characters[end] ?? ""]
      : ["", ""];
    const old = before + sign + after;
    const fresh = before + alternative + after;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button uncertain__option";
    button.setAttribute("aria-label", fill(this.words.alternative, { old, new: fresh }));
    const arrow = document.createElement("span");
    arrow.className = "uncertain__arrow";
    arrow.textContent = "→";
    // Another reading of the whole stands below the first one already: only the new one is named.
    if (sign === characters.join("")) button.append(fresh);
    else button.append(old, arrow, fresh);
    button.addEventListener("click", () => this.openEditor(text));
    return button;
  }

  showPhoto(box, rotationDeg) {
    const image = this.find("[data-photo-image]");
    if (image) showCrop(image, box, rotationDeg);
  }
}
