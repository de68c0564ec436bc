import assert from "node:assert/strict";
import { test } from "node:test";

import {
  codePointLength,
  cutLines,
  cutSections,
  utf16Offset,
} from "../../../../static/js/solution/sections.js";

const ENGLISH = `**Problem.** $3x + 5 = 20$

**Step 1.** Subtract $5$ from both sides.
$3x = 15$

**Step 2.** Divide both sides by 3.
\\[ x = \\frac{15}{3} \\]

**Answer.** $x = 5$
`;
const CHINESE = `**题目** $3x + 5 = 20$

**第1步** 两边同时减去 5。
$3x = 15$

**答案** $x = 5$
`;

const kinds = (text) => cutSections(text).map(({ kind, number }) => (number ? `${kind} ${number}` : kind));

test("the sections of an English solution", () => {
  assert.deepEqual(kinds(ENGLISH), ["problem", "step 1", "step 2", "answer"]);
});

test("the sections of a Chinese solution", () => {
  assert.deepEqual(kinds(CHINESE), ["problem", "step 1", "answer"]);
});

test("text without headings is prose", () => {
  assert.deepEqual(kinds("I would first divide.\n"), ["prose"]);
});

test("sections cover the text without gaps", () => {
  const sections = cutSections(ENGLISH);
  assert.equal(sections[0].start, 0);
  assert.equal(sections.at(-1).end, ENGLISH.length);
  sections.slice(1).forEach((section, i) => assert.equal(section.start, sections[i].end));
});

test("a formula that begins a line makes it a formula line", () => {
  const [, step] = cutSections(ENGLISH);
  const { lines } = cutLines(step.body, true);
  assert.deepEqual(lines.map(({ isFormula }) => isFormula), [false, true]);
  assert.deepEqual(lines[0].parts, [
    { kind: "text", value: "Subtract " },
    { kind: "math", value: "5" },
    { kind: "text", value: " from both sides." },
  ]);
});

test("an open formula is held back, the text before it is not", () => {
  const { lines, isHoldingBack } = cutLines("Subtract $5", false);
  assert.deepEqual(lines[0].parts, [{ kind: "text", value: "Subtract " }]);
  assert.equal(isHoldingBack, true);
});

test("what never closes is shown as it was written in the end", () => {
  const { lines, isHoldingBack } = cutLines("It costs $5 in all", true);
  assert.deepEqual(lines[0].parts, [{ kind: "text", value: "It costs $5 in all" }]);
  assert.equal(isHoldingBack, false);
});

test("a dollar on one line does not swallow the next line", () => {
  const { lines } = cutLines("It costs $5\nand $x$", false);
  assert.deepEqual(lines[0].parts, [{ kind: "text", value: "It costs $5" }]);
  assert.deepEqual(lines[1].parts.at(-1), { kind: "math", value: "x" });
});

test("offsets in code points reach behind signs outside the basic plane", () => {
  const text = "𝑥 = 5, then";
  assert.equal(codePointLength(text), text.length - 1);
  assert.equal(text.slice(utf16Offset(text, 2)), "= 5, then");
});

/* The law behind "no flicker": a line that is on the page only ever grows. */
for (const [name, text] of Object.entries({ ENGLISH, CHINESE })) {
  test(`whatever is shown of ${name} stays as it is while more is written`, () => {
    let before = [];
    for (let length = 1; length <= text.length; length += 1) {
      const sections = cutSections(text.slice(0, length));
      const shown = sections.map(({ kind, body }, i) => ({
        kind,
        lines: cutLines(body, i < sections.length - 1).lines,
      })).filter(({ kind, lines }) => kind !== "prose" || lines.length);
      before.forEach(({ kind, lines }, i) => {
        assert.equal(shown[i].kind, kind, `at ${length}`);
        lines.forEach(({ isFormula, parts }, j) => {
          const now = shown[i].lines[j];
          assert.equal(now.isFormula, isFormula, `at ${length}`);
          parts.forEach((part, k) => {
            assert.equal(now.parts[k].kind, part.kind, `at ${length}`);
            const isLast = k === parts.length - 1 && part.kind === "text";
            if (isLast) assert.ok(now.parts[k].value.startsWith(part.value), `at ${length}`);
            else assert.equal(now.parts[k].value, part.value, `at ${length}`);
          });
        });
      });
      before = shown;
    }
  });
}
