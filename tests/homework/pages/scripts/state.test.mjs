import assert from "node:assert/strict";
import { test } from "node:test";

import { applyEvent, emptyState, GapError } from "../../../../static/js/solution/state.js";

const CHECK = { verdict: "verified", reason: "equal", detail: {} };
const step = (index, check) => ({ type: "step", index, start: 0, end: 5, title: "t", formulas: [], check });
const EVENTS = [
  { type: "queued", position: 2, eta_s: 4 },
  { type: "state", state: "reading" },
  { type: "reading", text: "x = 1", latex: "x = 1", uncertain: [] },
  { type: "state", state: "solving" },
  { type: "delta", offset: 0, text: "𝑥 is" },
  { type: "delta", offset: 4, text: " one" },
  step(1, null),
  step(1, CHECK),
  { type: "answer", latex: "x = 1", check: null },
  { type: "answer", latex: "x = 1", check: CHECK },
  { type: "state", state: "finished" },
  { type: "done", finish_reason: "stop", usage: { tokens: 2 }, sha256: "" },
];
const sum = (events, from = emptyState()) => events.reduce(applyEvent, from);

test("events add up to the final state", () => {
  const state = sum(EVENTS);
  assert.equal(state.text, "𝑥 is one");
  assert.equal(state.state, "finished");
  assert.deepEqual(state.steps.map(({ check }) => check), [CHECK]);
  assert.deepEqual(state.answer, { latex: "x = 1", check: CHECK });
});

test("a snapshot at any point and everything after it is the final state", () => {
  const whole = sum(EVENTS);
  for (let k = 0; k <= EVENTS.length; k += 1) {
    const { queue: _queue, ...fields } = sum(EVENTS.slice(0, k));
    const offset = [...fields.text].length;
    const snapshot = { type: "snapshot", offset, ...fields };
    assert.deepEqual(sum(EVENTS.slice(k), applyEvent(emptyState(), snapshot)), whole, `cut at ${k}`);
  }
});

test("a delta that does not fit is a gap and never a guess", () => {
  const state = sum(EVENTS.slice(0, 5));
  for (const offset of [0, 3, 5]) {
    assert.throws(() => applyEvent(state, { type: "delta", offset, text: "!" }), GapError);
  }
});

test("a snapshot replaces everything that was there", () => {
  const fresh = { type: "snapshot", state: "queued", text: "", offset: 0, steps: [], answer: null };
  const state = applyEvent(sum(EVENTS), fresh);
  assert.equal(state.text, "");
  assert.equal(state.answer, null);
  assert.equal(state.isDone, undefined);
});

test("another engine begins anew", () => {
  const state = applyEvent(sum(EVENTS.slice(0, 8)), {
    type: "engine",
    from: "local",
    to: "rules",
    reason: "failed_check",
  });
  assert.equal(state.text, "");
  assert.deepEqual(state.steps, []);
  assert.equal(state.engine, "rules");
  const change = { from: "local", to: "rules", reason: "failed_check", text: "𝑥 is one" };
  assert.deepEqual(state.engine_changes, [change]);
});

test("a kept answer says so", () => {
  const event = { type: "cached", engine: "local", engine_changes: [] };
  const state = applyEvent(emptyState(), event);
  assert.equal(state.is_cached, true);
  assert.equal(state.engine, "local");
});

test("events of a newer server are passed over", () => {
  assert.deepEqual(applyEvent(emptyState(), { type: "applause" }), emptyState());
});
