/* The charts of insight, with Chart.js. Every series has a pattern and every bar its number, so that
   they can be read without colour; the table beneath has it all once more. */

import { readJson } from "../http.js";

const charts = readJson("charts");
const made = [];

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/* The first series is filled, the second hatched, the third dotted. */
const PATTERNS = [
  null,
  (pen, size) => {
    pen.moveTo(0, size);
    pen.lineTo(size, 0);
    pen.moveTo(-1, 1);
    pen.lineTo(1, -1);
    pen.moveTo(size - 1, size + 1);
    pen.lineTo(size + 1, size - 1);
    pen.stroke();
  },
  (pen, size) => pen.fillRect(size / 2 - 1, size / 2 - 1, 2, 2),
];

function fillOf(number) {
  const accent = colour("--accent");
  const draw = PATTERNS[number % PATTERNS.length];
  if (!draw) return accent;
  const size = 8;
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext("2d");
  pen.fillStyle = colour("--paper");
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = accent;
  pen.fillStyle = accent;
  pen.lineWidth = 1.5;
  pen.beginPath();
  draw(pen, size);
  return pen.createPattern(tile, "repeat");
}

/* Writes the number at the end of each bar; of a stack, the sum. */
const numbers = {
  id: "numbers",
  afterDatasetsDraw(chart, _args, { unit, isHorizontal, isStacked }) {
    const { ctx: pen } = chart;
    const sums = chart.data.labels.map((_, i) =>
      chart.data.datasets.reduce((sum, { data }) => sum + data[i], 0),
    );
    pen.save();
    pen.fillStyle = colour("--ink");
    pen.font = `600 12px ${getComputedStyle(document.body).fontFamily}`;
    pen.textAlign = isHorizontal ? "left" : "center";
    pen.textBaseline = isHorizontal ? "middle" : "bottom";
    const last = chart.data.datasets.length - 1;
    const step = Math.ceil(sums.length / Math.max(1, chart.width / 34));
    chart.getDatasetMeta(isStacked ? last : 0).data.forEach((bar, i) => {
      if (!sums[i] || (!isHorizontal && i % step)) return;
      pen.fillText(`${sums[i]}${unit}`, bar.x + (isHorizontal ? 6 : 0), bar.y - (isHorizontal ? 0 : 3));
    });
    pen.restore();
  },
};

/* The lines of a name beside its bar, where there is little room for it. */
function linesOf(name) {
  const lines = [];
  for (const word of name.split(" ")) {
    const last = lines.length - 1;
    if (last >= 0 && `${lines[last]} ${word}`.length <= 18) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}

function draw(canvas) {
  const { labels: allNames, series, unit = "" } = charts[canvas.dataset.chart];
  const isHorizontal = "horizontal" in canvas.dataset;
  const isStacked = "stacked" in canvas.dataset;
  const isNarrow = isHorizontal && canvas.parentElement.clientWidth < 480;
  const labels = isNarrow ? allNames.map(linesOf) : allNames;
  const ink = colour("--ink");
  const rule = colour("--rule");
  const counts = {
    beginAtZero: true,
    stacked: isStacked,
    grace: "8%",
    grid: { color: rule },
    ticks: { color: ink, precision: 0, callback: (value) => `${value}${unit ? ` ${unit}` : ""}` },
  };
  const names = { stacked: isStacked, grid: { display: false }, ticks: { color: ink, autoSkip: !isHorizontal } };
  if (isHorizontal) canvas.parentElement.style.height = `${labels.length * 34 + 48}px`;
  return new Chart(canvas, {
    type: "bar",
    data: {
      labels,
      datasets: series.map(({ name, values }, i) => ({
        label: name,
        data: values,
        backgroundColor: fillOf(i),
        borderColor: colour("--accent"),
        borderWidth: 1.5,
        maxBarThickness: 44,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: isHorizontal ? "y" : "x",
      scales: isHorizontal ? { x: counts, y: names } : { x: names, y: counts },
      plugins: {
        legend: { display: series.length > 1, labels: { color: ink } },
        numbers: { unit: unit ? ` ${unit}` : "", isHorizontal, isStacked },
      },
    },
    plugins: [numbers],
  });
}

function drawAll() {
  while (made.length) made.pop().destroy();
  for (const canvas of document.querySelectorAll("[data-chart]")) made.push(draw(canvas));
  document.documentElement.dataset.charts = "";
}

if (charts) {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  drawAll();
  // Colours of the night do not belong on paper.
  for (const query of ["print", "(prefers-color-scheme: dark)"]) {
    matchMedia(query).addEventListener("change", drawAll);
  }
}
document.querySelector("[data-print-page]")?.addEventListener("click", () => print());
