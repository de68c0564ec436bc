import assert from "node:assert/strict";
import { mock, test } from "node:test";

/* The few things of a browser that the stream uses. */
class FakeSocket extends EventTarget {
  static OPEN = 1;
  static made = [];

  constructor(url) {
    super();
    this.url = String(url);
    this.readyState = FakeSocket.OPEN;
    this.sent = [];
    FakeSocket.made.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text).type);
  }

  close() {
    this.readyState = 3;
  }

  say(frame) {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(frame) }));
  }

  hangUp(code) {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}
const page = new EventTarget();
Object.assign(globalThis, {
  WebSocket: FakeSocket,
  location: new URL("https://school.example/solutions/1/"),
  document: Object.assign(new EventTarget(), { visibilityState: "visible" }),
  addEventListener: page.addEventListener.bind(page),
});
const { SolutionStream } = await import("../../../../static/js/solution/stream.js");

const SNAPSHOT = { type: "snapshot", state: "solving", text: "ab", offset: 2, steps: [], answer: null };
const delta = (offset, text) => ({ type: "delta", offset, text });

function start() {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  FakeSocket.made = [];
  const seen = [];
  const stream = new SolutionStream("/ws/solutions/1/", {
    onState: () => {},
    onConnection: (status) => seen.push(status),
  });
  stream.open();
  const [socket] = FakeSocket.made;
  return { stream, socket, seen };
}

test("it uses a secure socket on a secure page", () => {
  assert.equal(start().socket.url, "wss://school.example/ws/solutions/1/");
});

test("frames in order are applied", () => {
  const { stream, socket } = start();
  socket.say({ from: 7, to: 7, events: [SNAPSHOT] });
  socket.say({ from: 7, to: 8, events: [delta(2, "c")] });
  socket.say({ from: 8, to: 9, events: [delta(3, "d")] });
  assert.equal(stream.state.text, "abcd");
  assert.deepEqual(socket.sent, []);
});

test("after a gap it asks once, applies nothing and goes on with the snapshot", () => {
  const { stream, socket } = start();
  socket.say({ from: 0, to: 0, events: [SNAPSHOT] });
  socket.say({ from: 1, to: 2, events: [delta(3, "?")] });
  socket.say({ from: 2, to: 3, events: [delta(4, "?")] });
  assert.equal(stream.state.text, "ab");
  assert.deepEqual(socket.sent, ["resync"]);
  socket.say({ from: 3, to: 3, events: [{ ...SNAPSHOT, text: "abcd", offset: 4 }] });
  socket.say({ from: 3, to: 4, events: [delta(4, "e")] });
  assert.equal(stream.state.text, "abcde");
});

test("a text that does not fit is a gap too", () => {
  const { socket } = start();
  socket.say({ from: 0, to: 0, events: [SNAPSHOT] });
  socket.say({ from: 0, to: 1, events: [delta(9, "?")] });
  assert.deepEqual(socket.sent, ["resync"]);
});

for (const code of [1001, 1006, 1011, 1012, 4429]) {
  test(`it comes back after ${code}, a little later each time`, () => {
    const { socket, seen } = start();
    socket.hangUp(code);
    assert.deepEqual(seen, ["lost"]);
    assert.equal(FakeSocket.made.length, 1);
    mock.timers.tick(6250);
    assert.equal(FakeSocket.made.length, 2);
    FakeSocket.made[1].say({ from: 4, to: 4, events: [SNAPSHOT] });
    assert.equal(seen.at(-1), "live");
  });
}

test("a normal close before the end was a stall: it comes back", () => {
  const { socket } = start();
  socket.say({ from: 0, to: 0, events: [SNAPSHOT] });
  socket.hangUp(1000);
  mock.timers.tick(1000);
  assert.equal(FakeSocket.made.length, 2);
});

for (const [code, status] of [[4401, "signed_out"], [4403, "refused"], [4404, "refused"], [4400, "refused"], [1009, "refused"]]) {
  test(`it does not come back after ${code}`, () => {
    const { socket, seen } = start();
    socket.hangUp(code);
    mock.timers.tick(60000);
    assert.deepEqual(seen, [status]);
    assert.equal(FakeSocket.made.length, 1);
  });
}

test("it is over after the end", () => {
  const { socket, seen } = start();
  const done = { type: "done", finish_reason: "stop", usage: {}, sha256: "" };
  socket.say({ from: 0, to: 0, events: [{ ...SNAPSHOT, state: "finished" }, done] });
  socket.hangUp(1000);
  mock.timers.tick(60000);
  assert.equal(seen.at(-1), "ended");
  assert.equal(FakeSocket.made.length, 1);
});

test("a socket that looks open and is silent is asked, then replaced", () => {
  const { socket, seen } = start();
  socket.say({ from: 0, to: 0, events: [SNAPSHOT] });
  mock.timers.tick(15000);
  assert.deepEqual(socket.sent, ["resync"]);
  mock.timers.tick(4000);
  assert.equal(seen.at(-1), "lost");
  assert.equal(FakeSocket.made.length, 2);
});

test("stop is sent over an open socket only", () => {
  const { stream, socket } = start();
  assert.equal(stream.stop(), true);
  assert.deepEqual(socket.sent, ["stop"]);
  socket.hangUp(1012);
  assert.equal(stream.stop(), false);
});
