/* The websocket of one solution: follows the log, asks again after a gap, comes back after a
   cut. Knows the protocol (docs/stream-protocol.md) and no DOM. */

import { applyEvent, emptyState, GapError, TERMINAL } from "./state.js";

const FIRST_DELAY_MS = 400;
const LONGEST_DELAY_MS = 15000;
const BUSY_DELAY_MS = 5000;
const SILENCE_MS = 15000;
const PROBE_MS = 4000;

const CLOSE = { ended: 1000, tooLarge: 1009, nonsense: 4400, signedOut: 4401, forbidden: 4403,
  notFound: 4404, busy: 4429 };
const FINAL_CLOSES = new Set([CLOSE.tooLarge, CLOSE.nonsense, CLOSE.forbidden, CLOSE.notFound]);

export class SolutionStream {
  /**
   * @param {string} path of the websocket
   * @param {{onState: (state: object, event: object) => void,
   *   onConnection: (status: "live"|"lost"|"ended"|"signed_out"|"refused") => void}} handlers
   */
  constructor(path, handlers) {
    this.url = new URL(path, location.href);
    this.url.protocol = this.url.protocol === "https:" ? "wss:" : "ws:";
    this.handlers = handlers;
    this.state = emptyState();
    this.position = null; // where the next frame must begin; null: only a snapshot will do
    this.delayMs = FIRST_DELAY_MS;
    this.socket = null;
    this.timer = 0;
    this.silenceTimer = 0;
    this.listeners = new AbortController();
  }

  open() {
    const { signal } = this.listeners;
    addEventListener("online", () => this.wakeUp(), { signal });
    addEventListener("offline", () => this.handlers.onConnection("lost"), { signal });
    const onVisible = () => document.visibilityState === "visible" && this.wakeUp();
    document.addEventListener("visibilitychange", onVisible, { signal });
    this.connect();
  }

  stop() {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify({ type: "stop" }));
    return true;
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.position = null;
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.addEventListener("message", (message) => {
      if (socket === this.socket) this.receive(JSON.parse(message.data));
    });
    socket.addEventListener("close", (event) => {
      if (socket === this.socket) this.closed(event.code);
    });
  }

  wakeUp() {
    if (this.timer) this.connect();
    else if (this.socket?.readyState === WebSocket.OPEN) this.probe();
  }

  /* A phone that changed its network keeps a socket that looks open and never speaks again. */
  probe() {
    this.socket.send(JSON.stringify({ type: "resync" }));
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => {
      this.handlers.onConnection("lost");
      this.socket?.close();
      this.connect();
    }, PROBE_MS);
  }

  receive(frame) {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => this.wakeUp(), SILENCE_MS);
    if (frame.events.length === 1 && frame.events[0].code === "bad_message") return;
    const isSnapshot = frame.events.some((event) => event.type === "snapshot");
    if (!isSnapshot && frame.from !== this.position) {
      this.askAgain();
      return;
    }
    try {
      for (const event of frame.events) {
        this.state = applyEvent(this.state, event);
        this.handlers.onState(this.state, event);
      }
    } catch (error) {
      if (!(error instanceof GapError)) throw error;
      this.askAgain();
      return;
    }
    this.position = frame.to;
    this.delayMs = FIRST_DELAY_MS;
    this.handlers.onConnection("live");
  }

  askAgain() {
    // One question is enough: until its snapshot arrives every frame is passed over.
    if (this.position !== null) this.socket.send(JSON.stringify({ type: "resync" }));
    this.position = null;
  }

  closed(code) {
    this.socket = null;
    clearTimeout(this.silenceTimer);
    if (this.state.isDone || (code === CLOSE.ended && TERMINAL.has(this.state.state))) {
      this.finish("ended");
    } else if (code === CLOSE.signedOut) {
      this.finish("signed_out");
    } else if (FINAL_CLOSES.has(code)) {
      this.finish("refused");
    } else {
      this.handlers.onConnection("lost");
      const base = code === CLOSE.busy ? Math.max(this.delayMs, BUSY_DELAY_MS) : this.delayMs;
      // A whole class that lost one access point must not come back in one instant.
      this.timer = setTimeout(() => this.connect(), base * (0.75 + Math.random() / 2));
      this.delayMs = Math.min(this.delayMs * 2, LONGEST_DELAY_MS);
    }
  }

  finish(status) {
    this.listeners.abort();
    clearTimeout(this.silenceTimer);
    this.handlers.onConnection(status);
  }
}
