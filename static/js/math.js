/* The only place that calls KaTeX. Formulas come from readers and engines, so they are untrusted:
   no macros, no links, and a formula that does not parse is shown as it was written. */

import katex from "../katex/katex.mjs";

const OPTIONS = { throwOnError: true, strict: "ignore", trust: false, maxSize: 20, maxExpand: 200 };

/* KaTeX sizes a few stretched delimiters with setAttribute("style", ...), which our policy
   refuses; the same declaration through the style object is allowed. */
function withStylesThroughTheObjectModel(render) {
  const original = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function setAttribute(name, value) {
    if (name === "style") this.style.cssText = value;
    else original.call(this, name, value);
  };
  try {
    render();
  } finally {
    Element.prototype.setAttribute = original;
  }
}

/** Renders `tex` into `element`; returns whether it was a formula that KaTeX knows. */
export function renderMath(element, tex, { isDisplay = false } = {}) {
  element.dataset.tex = tex;
  try {
    withStylesThroughTheObjectModel(() => {
      katex.render(isDisplay ? `\\displaystyle ${tex}` : tex, element, OPTIONS);
    });
    element.dataset.rendered = "";
    element.classList.remove("math--raw");
    return true;
  } catch {
    element.textContent = tex;
    element.dataset.rendered = "";
    element.classList.add("math--raw");
    return false;
  }
}

/** Renders every formula that the server put into the page. */
export function renderMathIn(root) {
  for (const element of root.querySelectorAll(".math[data-tex]:not([data-rendered])")) {
    renderMath(element, element.dataset.tex, { isDisplay: "display" in element.dataset });
  }
}
