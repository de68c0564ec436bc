/* The live panel of the engine: asks for the numbers every two seconds and makes rates of totals. */

import { readJson } from "./http.js";

const INTERVAL_MS = 2000;
const NUM_POINTS = 60;

const root = document.querySelector("[data-engine-panel]");
const words = readJson("words");
const find = (selector) => root.querySelector(selector);
const number = new Intl.NumberFormat(document.documentElement.lang);
const percent = new Intl.NumberFormat(document.documentElement.lang, {
  style: "percent",
  maximumFractionDigits: 0,
});
const rates = [];
let last = null;

const sum = (values) => values.reduce((total, value) => total + value, 0);
const share = (part, whole) => (whole ? percent.format(part / whole) : "–");
const setText = (name, text) => {
  find(`[data-value="${name}"]`).textContent = text;
};

function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function show(numbers, atMs) {
  const { engines, workers } = numbers;
  find("[data-engines]").replaceChildren(
    ...engines.map(({ name, state }) => {
      const item = element("li", "", `engine__state engine__state--${state}`);
      item.append(element("strong", words.engines[name] ?? name), ` ${words.states[state] ?? state}`);
      return item;
    }),
  );
  setText("queue", number.format(numbers.queue_depth));
  setText("workers", `${number.format(workers.active)} / ${number.format(workers.all)}`);
  showSlots(engines);
  showRate(engines, atMs);
  const all = sum(Object.values(numbers.ended));
  setText("fallback", share(sum(Object.values(numbers.changes)), all));
  const { hits, misses } = numbers.answer_cache;
  setText("cache", share(hits, hits + misses));
  showTtft(numbers.ttft);
  showWork(engines);
  showChanges(numbers.changes);
}

function showSlots(engines) {
  const slots = sum(engines.map((engine) => engine.slots));
  const active = sum(engines.filter((engine) => engine.slots).map((engine) => engine.active));
  setText("slots", slots ? `${number.format(active)} / ${number.format(slots)}` : "–");
  find('[data-bar="slots"]').style.setProperty("inline-size", `${slots ? (100 * active) / slots : 0}%`);
}

function showRate(engines, atMs) {
  const tokens = sum(engines.map((engine) => engine.tokens));
  if (last && atMs > last.atMs) {
    // A server that was started anew counts from the beginning.
    rates.push(Math.max(0, ((tokens - last.tokens) * 1000) / (atMs - last.atMs)));
    if (rates.length > NUM_POINTS) rates.shift();
    setText("rate", number.format(Math.round(rates.at(-1))));
  }
  last = { tokens, atMs };
  const top = Math.max(1, ...rates);
  const points = rates.map(
    (rate, i) => `${(120 * (i + NUM_POINTS - rates.length)) / (NUM_POINTS - 1)},${31 - (30 * rate) / top}`,
  );
  find('[data-line="rate"]').setAttribute("points", points.join(" "));
}

function showTtft(buckets) {
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  const isEmpty = buckets.every(({ count }) => count === 0);
  find("[data-ttft-empty]").hidden = !isEmpty;
  find("[data-ttft]").hidden = isEmpty;
  find("[data-ttft]").replaceChildren(
    ...buckets.map(({ le, count }) => {
      const item = element("li", "", "bars__item");
      const bar = element("span", "", "bars__bar");
      bar.style.setProperty("block-size", `${(100 * count) / most}%`);
      const label = le === null ? words.longer : words.within.replace("%(seconds)s", number.format(le));
      const column = element("span", "", "bars__column");
      column.append(bar);
      item.append(element("span", count ? number.format(count) : "", "bars__count"), column);
      item.append(element("span", label, "bars__label"));
      return item;
    }),
  );
}

function showWork(engines) {
  find("[data-work]").replaceChildren(
    ...engines.map((engine) => {
      const row = element("tr");
      const head = element("th", words.engines[engine.name] ?? engine.name);
      head.scope = "row";
      const prompt = engine.prefill_tokens + engine.cached_tokens;
      const photos = engine.feature_hits + engine.feature_misses;
      row.append(
        head,
        ...[
          number.format(engine.finished),
          number.format(engine.failed),
          number.format(engine.tokens),
          engine.decode_s ? number.format(Math.round(engine.prefill_s * 10) / 10) : "–",
          engine.decode_s ? number.format(Math.round(engine.decode_s * 10) / 10) : "–",
          share(engine.cached_tokens, prompt),
          share(engine.feature_hits, photos),
        ].map((text) => element("td", text)),
      );
      return row;
    }),
  );
}

function showChanges(changes) {
  const entries = Object.entries(changes).sort((a, b) => b[1] - a[1]);
  find("[data-changes-empty]").hidden = entries.length > 0;
  find("[data-changes]").replaceChildren(
    ...entries.map(([reason, count]) => {
      const item = element("li");
      item.append(
        element("span", words.reasons[reason] ?? reason),
        element("strong", number.format(count)),
      );
      return item;
    }),
  );
}

async function ask() {
  try {
    const response = await fetch(root.dataset.url, { headers: { Accept: "application/json" } });
    if (response.redirected || response.status === 401 || response.status === 403) {
      location.reload();
      return;
    }
    if (!response.ok) throw new Error(String(response.status));
    show(await response.json(), performance.now());
    find("[data-live]").textContent = words.live;
    root.dataset.isLost = "false";
  } catch {
    find("[data-live]").textContent = words.lost;
    root.dataset.isLost = "true";
  }
}

show(readJson("numbers"), performance.now());
setInterval(() => {
  if (!document.hidden) ask();
}, INTERVAL_MS);
