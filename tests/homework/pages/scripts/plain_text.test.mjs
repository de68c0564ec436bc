import assert from "node:assert/strict";
import { test } from "node:test";

import { plainFormula, plainSolution } from "../../../../static/js/solution/plain_text.js";

for (const [tex, plain] of [
  ["x = 5", "x = 5"],
  ["\\frac{1}{2} \\times 3", "1/2 ×3"],
  ["\\frac{x + 1}{2}", "(x + 1)/2"],
  ["x^{2} - 4", "x^2 - 4"],
  ["\\sqrt{2}", "√2"],
  ["\\left(x + 1\\right)^{10}", "(x + 1)^10"],
]) {
  test(`${tex} is ${plain} in plain text`, () => assert.equal(plainFormula(tex), plain));
}

test("a solution loses its markup and keeps its lines", () => {
  const text = "**Step 1.** Halve $\\frac{x}{2}$.\n$x = 1$\n";
  assert.equal(plainSolution({ reading: null, text }, {}), "Step 1. Halve x/2.\nx = 1");
});
