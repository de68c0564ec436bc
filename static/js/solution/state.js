/* What the page knows of a solution, and how each event of the stream changes it.
   See docs/stream-protocol.md. No DOM here. */

import { codePointLength } from "./sections.js";

export const TERMINAL = new Set(["finished", "stopped", "failed"]);

/** An event that does not fit what we have: the page must ask for a fresh snapshot. */
export class GapError extends Error {}

/** @returns the state before the first snapshot. */
export function emptyState() {
  return {
    id: null,
    state: "queued",
    language: "en",
    reading: null,
    text: "",
    steps: [],
    answer: null,
    engine: "",
    usage: {},
    finish_reason: "",
    error: null,
    queue: null,
    engine_changes: [],
    is_cached: false,
    policy: null,
    watchers: 0,
  };
}

/** @returns {object} the state after `event`; the given one is not changed. */
export function applyEvent(state, event) {
  switch (event.type) {
    case "snapshot": {
      const { type: _type, offset: _offset, ...fields } = event;
      return { ...emptyState(), ...fields, queue: null, watchers: state.watchers };
    }
    case "queued":
      return { ...state, state: "queued", queue: { position: event.position, eta_s: event.eta_s } };
    case "state":
      return { ...state, state: event.state, queue: event.state === "queued" ? state.queue : null };
    case "reading": {
      const { type: _type, ...reading } = event;
      return { ...state, reading };
    }
    case "delta":
      if (event.offset !== codePointLength(state.text)) throw new GapError("text");
      return { ...state, text: state.text + event.text };
    case "step": {
      const { type: _type, ...step } = event;
      const steps = state.steps.filter((other) => other.index !== step.index);
      steps.push(step);
      steps.sort((a, b) => a.index - b.index);
      return { ...state, steps };
    }
    case "answer": {
      const { type: _type, ...answer } = event;
      return { ...state, answer };
    }
    case "engine":
      return {
        ...state,
        text: "",
        steps: [],
        answer: null,
        engine: event.to,
        engine_changes: [
          ...state.engine_changes,
          { from: event.from, to: event.to, reason: event.reason, text: state.text },
        ],
      };
    case "cached":
      return {
        ...state,
        is_cached: true,
        engine: event.engine,
        engine_changes: event.engine_changes,
      };
    case "error":
      if (event.code === "bad_message") return state;
      return {
        ...state,
        error: { code: event.code, message: event.message, retryable: event.retryable },
      };
    case "watched":
      return { ...state, watchers: event.teachers };
    case "done":
      return { ...state, finish_reason: event.finish_reason, usage: event.usage, isDone: true };
    default:
      return state; // a newer server may say more than this page knows
  }
}
