/* A solution as plain text, for a message or a document. */

const grouped = (text) => (/^\w+$/.test(text.trim()) ? text.trim() : `(${text})`);

const SIGNS = [
  [/\\(?:left|right)\s*/g, ""],
  [/\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}/g, (_, above, below) => `${grouped(above)}/${grouped(below)}`],
  [/\\sqrt\{([^{}]*)\}/g, (_, radicand) => `√${grouped(radicand)}`],
  [/\\text\{([^{}]*)\}/g, "$1"],
  [/\\(?:cdot|times)\s*/g, "×"],
  [/\\div\s*/g, "÷"],
  [/\\pm\s*/g, "±"],
  [/\\int\s*/g, "∫"],
  [/\\(?:leq?)\b\s*/g, "≤"],
  [/\\(?:geq?)\b\s*/g, "≥"],
  [/\\neq?\b\s*/g, "≠"],
  [/\\(?:quad|qquad|[,;:! ])/g, " "],
  [/\\%/g, "%"],
  [/\\pi\b\s*/g, "π"],
  [/\^\{([^{}]*)\}/g, (_, exponent) => `^${grouped(exponent)}`],
];

/** LaTeX in the signs that people type; what it does not know stays as it is. */
export function plainFormula(tex) {
  let text = tex;
  let before;
  do {
    before = text;
    for (const [pattern, replacement] of SIGNS) text = text.replace(pattern, replacement);
  } while (text !== before);
  return text.trim();
}

/** The whole solution: the question as read, then what was written without its markup. */
export function plainSolution({ reading, text }, words) {
  const body = text
    .replace(/\$\$?([^$]+)\$\$?/g, (_, tex) => plainFormula(tex))
    .replace(/\\[([]([\s\S]+?)\\[)\]]/g, (_, tex) => plainFormula(tex))
    .replace(/\*\*/g, "");
  return reading && !body.trim() ? `${words.question}: ${reading.text}` : body.trim();
}

/** Copies text; resolves to whether that worked. Without HTTPS only the old way is open. */
export async function copyText(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  return isCopied;
}
