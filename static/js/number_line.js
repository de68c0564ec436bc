/* Draws the solutions of an inequality on a number line. The data come from the server, which made
   them from the answer; see docs/stream-protocol.md, `number_line`. */

import { renderMath } from "./math.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 320;
const HEIGHT = 34;
const LINE_Y = 20;
const EDGE = 26;
const RADIUS = 6;
const LABEL_GAP = 34; // labels nearer than this would touch

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/* Marks in proportion to their numbers, but never so near that their labels would touch. */
function positions(marks) {
  const inner = WIDTH - 2 * EDGE - 60;
  const start = EDGE + 30;
  if (marks.length === 1) return [WIDTH / 2];
  const low = marks[0].value;
  const span = marks[marks.length - 1].value - low || 1;
  const found = marks.map(({ value }) => start + (inner * (value - low)) / span);
  for (let i = 1; i < found.length; i += 1) {
    found[i] = Math.max(found[i], found[i - 1] + LABEL_GAP);
  }
  const over = found[found.length - 1] - (start + inner);
  return over > 0 ? marks.map((_, i) => start + (inner * i) / (marks.length - 1)) : found;
}

function drawing(line) {
  const at = positions(line.marks);
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  svg.setAttribute("aria-label", line.text);
  svg.append(
    shape("line", { class: "number-line__axis", x1: 4, y1: LINE_Y, x2: WIDTH - 8, y2: LINE_Y }),
    shape("path", { class: "number-line__arrow", d: `M${WIDTH - 12} ${LINE_Y - 5}l8 5l-8 5` }),
  );
  for (const piece of line.pieces) {
    const from = piece.low === null ? 4 : at[piece.low];
    const to = piece.high === null ? WIDTH - 14 : at[piece.high];
    svg.append(
      shape("line", { class: "number-line__piece", x1: from, y1: LINE_Y, x2: to, y2: LINE_Y }),
    );
  }
  const isFull = at.map(() => false);
  for (const { low, high, has_low: hasLow, has_high: hasHigh } of line.pieces) {
    if (low !== null) isFull[low] ||= hasLow;
    if (high !== null) isFull[high] ||= hasHigh;
  }
  at.forEach((x, i) => {
    const kind = isFull[i] ? "number-line__end--in" : "number-line__end--out";
    svg.append(shape("circle", { class: `number-line__end ${kind}`, cx: x, cy: LINE_Y, r: RADIUS }));
  });
  return { svg, at };
}

/** Fills `figure` with the drawing, the numbers below it and the set in interval notation. */
export function drawNumberLine(figure, line) {
  const { svg, at } = drawing(line);
  const labels = document.createElement("div");
  labels.className = "number-line__labels";
  labels.setAttribute("aria-hidden", "true");
  line.marks.forEach(({ latex }, i) => {
    const label = document.createElement("span");
    label.className = "math";
    label.style.left = `${(100 * at[i]) / WIDTH}%`;
    renderMath(label, latex);
    labels.append(label);
  });
  const caption = document.createElement("figcaption");
  const formula = document.createElement("span");
  formula.className = "math";
  renderMath(formula, `${line.letter} \\in ${line.interval}`);
  caption.append(formula);
  figure.className = "number-line";
  figure.replaceChildren(svg, labels, caption);
}

/** Draws every `<figure data-number-line>` of a page. */
export function drawNumberLines(root = document) {
  for (const figure of root.querySelectorAll("[data-number-line]")) {
    drawNumberLine(figure, JSON.parse(figure.dataset.numberLine));
  }
}
