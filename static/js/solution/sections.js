/* Cuts the text of a solution into sections, lines and formulas, also while it is still being
   written: what is half written is held back, so that nothing on the page changes its mind. */

const HEADING =
  /^\*\*[ \t]*(?:(?<problem>Problem|题目)|(?:Step[ \t]*(?<en>\d+)|第[ \t]*(?<zh>\d+)[ \t]*步)|(?<answer>(?:Final[ \t]+)?Answer|(?:最终)?答案))[ \t]*[.。:：]?[ \t]*\*\*[ \t]*[.。:：]?[ \t]*/gim;

/**
 * @typedef {{kind: "prose"|"problem"|"step"|"answer", number: number|null,
 *   start: number, end: number, body: string}} Section  Offsets count UTF-16 units.
 */

/** @returns {Section[]} the sections in their order; text before the first heading is prose. */
export function cutSections(text) {
  const marks = [...text.matchAll(HEADING)];
  const sections = [];
  const first = marks.length ? marks[0].index : text.length;
  if (text.slice(0, first).trim()) {
    sections.push({ kind: "prose", number: null, start: 0, end: first, body: text.slice(0, first) });
  }
  marks.forEach((mark, i) => {
    const end = i + 1 < marks.length ? marks[i + 1].index : text.length;
    const { problem, en, zh, answer } = mark.groups;
    sections.push({
      kind: problem ? "problem" : answer ? "answer" : "step",
      number: en || zh ? Number(en || zh) : null,
      start: mark.index,
      end,
      body: text.slice(mark.index + mark[0].length, end),
    });
  });
  return sections;
}

const DELIMITERS = [
  { open: "$$", close: "$$" },
  { open: "\\[", close: "\\]" },
  { open: "\\(", close: "\\)" },
  { open: "$", close: "$" },
];

/**
 * Cuts a section's body into lines of parts.
 *
 * @param {string} body
 * @param {boolean} isComplete whether no more text will follow; then nothing is held back
 * @returns {{lines: {isFormula: boolean, parts: {kind: "text"|"bold"|"math", value: string}[]}[],
 *   isHoldingBack: boolean}}  A line is a formula line when it begins with one.
 */
export function cutLines(body, isComplete) {
  const lines = [];
  let parts = [];
  let plain = "";
  let pos = 0;
  let isHoldingBack = false;

  const flushPlain = () => {
    if (plain) parts.push({ kind: "text", value: plain });
    plain = "";
  };
  const flushLine = () => {
    flushPlain();
    if (parts.some((part) => part.value.trim())) {
      const first = parts.find((part) => part.value.trim());
      lines.push({ isFormula: first.kind === "math", parts });
    }
    parts = [];
  };

  while (pos < body.length) {
    const rest = body.slice(pos);
    if (rest[0] === "\n") {
      flushLine();
      pos += 1;
      continue;
    }
    if (rest.startsWith("\\$")) {
      plain += "$";
      pos += 2;
      continue;
    }
    const delimiter = DELIMITERS.find(({ open }) => rest.startsWith(open));
    if (delimiter) {
      const { open, close } = delimiter;
      const end = rest.indexOf(close, open.length);
      const lineEnd = rest.indexOf("\n");
      const mayCrossLines = open === "$$" || open === "\\[";
      const isClosed = end > 0 && (mayCrossLines || lineEnd < 0 || end < lineEnd);
      // "$x$" at the very end could still become "$x$$"; only the opening is ambiguous.
      const couldBeLonger = open === "$" && rest.length === 1;
      if (isClosed && !couldBeLonger) {
        flushPlain();
        parts.push({ kind: "math", value: rest.slice(open.length, end).trim() });
        pos += end + close.length;
        continue;
      }
      if (!isComplete && (mayCrossLines || lineEnd < 0)) {
        isHoldingBack = true;
        break;
      }
      plain += open;
      pos += open.length;
      continue;
    }
    if (rest.startsWith("**")) {
      const end = rest.indexOf("**", 2);
      const lineEnd = rest.indexOf("\n");
      if (end > 2 && (lineEnd < 0 || end < lineEnd)) {
        flushPlain();
        parts.push({ kind: "bold", value: rest.slice(2, end) });
        pos += end + 2;
        continue;
      }
      if (!isComplete && lineEnd < 0) {
        isHoldingBack = true;
        break;
      }
      plain += "**";
      pos += 2;
      continue;
    }
    // The first half of a delimiter that may be on its way.
    if (!isComplete && rest.length === 1 && (rest === "\\" || rest === "*")) {
      isHoldingBack = true;
      break;
    }
    plain += rest[0];
    pos += 1;
  }
  flushLine();
  return { lines, isHoldingBack };
}

/** Converts an offset in code points, as the protocol counts, to one in UTF-16 units. */
export function utf16Offset(text, codePoints) {
  if (!/[\ud800-\udbff]/.test(text)) return codePoints;
  return [...text].slice(0, codePoints).join("").length;
}

/** The length of `text` in code points. */
export function codePointLength(text) {
  return /[\ud800-\udbff]/.test(text) ? [...text].length : text.length;
}
