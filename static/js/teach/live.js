/* The live list: the server sends the whole of it, again whenever something changes. */

import { readJson } from "../http.js";
import { renderMath } from "../math.js";

const root = document.querySelector("[data-live-root]");
const list = root.querySelector("[data-live-list]");
const words = readJson("words");
const isScreen = "screen" in root.dataset;
const RETRY_MS = 3000;

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function makeItem(item) {
  const entry = element("li", "live__item");
  entry.dataset.state = item.state;
  const card = isScreen ? element("div", "live__card") : element("a", "live__card");
  if (!isScreen) card.href = `${root.dataset.solutionUrl}${item.id}/`;
  const question = element("span", "live__question");
  if (item.latex) renderMath(question, item.latex);
  else question.textContent = item.question || words.photo;
  card.append(question);
  const facts = element("span", "live__facts");
  if (item.student) facts.append(element("strong", "live__student", item.student));
  if (item.classes?.length) facts.append(element("span", "", item.classes.join(", ")));
  facts.append(element("span", `status status--${item.state}`, words.states[item.state]));
  if (!isScreen && words.verdicts[item.verdict]) {
    facts.append(element("span", "badge badge--unsure", words.verdicts[item.verdict]));
  }
  if (!isScreen && words.reported[item.reported]) {
    facts.append(element("span", "badge badge--bad", words.reported[item.reported]));
  }
  card.append(facts);
  entry.append(card);
  return entry;
}

let shown = new Map(); // id -> {key, node}: what has not changed is left alone

function render(items) {
  const next = new Map();
  for (const item of items) {
    const key = JSON.stringify(item);
    const old = shown.get(item.id);
    next.set(item.id, old?.key === key ? old : { key, node: makeItem(item) });
  }
  const focused = document.activeElement?.href;
  list.replaceChildren(...[...next.values()].map(({ node }) => node));
  if (focused) [...list.querySelectorAll("a")].find((link) => link.href === focused)?.focus();
  shown = next;
  root.querySelector("[data-live-empty]").hidden = items.length > 0;
}

function connect() {
  const url = new URL(root.dataset.socketPath, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url);
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "live") render(message.items);
    root.dataset.connected = "";
  });
  socket.addEventListener("close", ({ code }) => {
    delete root.dataset.connected;
    if (code === 4401) location.reload();
    else if (code !== 4403 && code !== 4404) setTimeout(connect, RETRY_MS * (0.75 + Math.random() / 2));
  });
}

render(readJson("items"));
connect();
