/* Shows a typed question as a formula while it is being typed. The server's own parser decides,
   so what is shown is what would be solved. */

import { post } from "./http.js";
import { renderMath } from "./math.js";

const DEBOUNCE_MS = 250;

/**
 * Connects a text field with the element that shows its formula.
 *
 * @param {{input: HTMLInputElement, output: HTMLElement, url: string, words: object}} parts
 *   `output` has a `.preview__formula` and a `.preview__error`.
 * @returns {() => void} asks for a fresh preview, for when a script changed the field.
 */
export function connectPreview({ input, output, url, words }) {
  const formula = output.querySelector(".preview__formula");
  const error = output.querySelector(".preview__error");
  let timer = 0;
  let running = null;

  function show({ latex, message }) {
    output.hidden = !latex && !message;
    formula.hidden = !latex;
    if (latex) renderMath(formula, latex, { isDisplay: true });
    error.textContent = message ?? "";
    input.setAttribute("aria-invalid", message ? "true" : "false");
  }

  async function ask() {
    running?.abort();
    const text = input.value.trim();
    if (!text) {
      show({});
      return;
    }
    running = new AbortController();
    try {
      const answer = await post(url, { text }, words, { signal: running.signal });
      show({ latex: answer.latex, message: answer.hint });
    } catch (failure) {
      if (failure.name !== "AbortError") show({ message: failure.message });
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, DEBOUNCE_MS);
  });
  if (input.value.trim()) ask();
  return ask;
}
