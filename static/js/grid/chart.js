// A result as bars, a line or points, drawn as SVG from the rows of the table.
import { isNumber } from "./grid.js";
import { scale, ticks, words } from "./scale.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDEST, NARROWEST, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [1100, 300, 320, 64, 24, 12, 44];
const NAME = 66; // room at the end of a line for its name
const LABEL = 90; // room that a label of the axis takes
const MOST_BARS = 60;
const MOST_SERIES = 4;
const FEW = 30; // rows that are groups rather than measurements
const TIMES = ["date", "datetime"];

function element(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

/** Which column goes along the axis, which are drawn, and how: what a person would try first. */
export function sensible(columns, rows = []) {
  const numbers = columns.map((column, at) => ({ ...column, at })).filter((column) => isNumber(column.kind));
  const time = columns.findIndex((column) => TIMES.includes(column.kind));
  const label = columns.findIndex((column) => !isNumber(column.kind) && !TIMES.includes(column.kind));
  if (!numbers.length) return null;
  if (time >= 0) return { kind: "line", x: time, series: numbers.slice(0, MOST_SERIES).map((one) => one.at) };
  if (label >= 0) return { kind: "bar", x: label, series: numbers.slice(0, 1).map((one) => one.at) };
  if (numbers.length === 1) return { kind: "bar", x: -1, series: [numbers[0].at] };
  if (rows.length <= FEW && groups(rows.map((row) => row[numbers[0].at]))) return { kind: "bar", x: numbers[0].at, series: [numbers[1].at] };
  return { kind: "scatter", x: numbers[0].at, series: numbers.slice(1, 2).map((one) => one.at) };
}

/** Whether these are whole numbers, each once: an id or a year that the other columns were gathered by. */
function groups(values) {
  return new Set(values).size === values.length && values.every((value) => value !== null && Number.isInteger(Number(value)));
}

function along(data, plan) {
  const column = data.columns[plan.x];
  const raw = data.rows.map((row, at) => (plan.x < 0 ? String(at + 1) : row[plan.x]));
  if (plan.kind === "bar") return { raw, numbers: raw.map((_, at) => at), category: true };
  if (column && TIMES.includes(column.kind)) return { raw, numbers: raw.map((text) => Date.parse(String(text).replace(" ", "T"))), time: true };
  if (column && isNumber(column.kind)) return { raw, numbers: raw.map(Number) };
  return { raw, numbers: raw.map((_, at) => at), category: true };
}

function bounds(values) {
  const known = values.filter(Number.isFinite);
  return known.length ? [Math.min(...known), Math.max(...known)] : [0, 1];
}

/** `width` is the room that there is: a picture that is scaled down could not be read. */
function picture(data, plan, width) {
  const rows = plan.kind === "bar" ? { ...data, rows: data.rows.slice(0, MOST_BARS) } : data;
  const xs = along(rows, plan);
  const series = plan.series.map((at) => ({ name: data.columns[at].name, values: rows.rows.map((row) => (row[at] === null ? NaN : Number(row[at]))) }));
  const [least, most] = bounds(series.flatMap((one) => one.values));
  const grid = ticks(plan.kind === "scatter" ? least : Math.min(0, least), Math.max(most, least === most ? least + 1 : most), 5);
  const y = scale([grid[0], grid.at(-1)], [HEIGHT - BOTTOM, TOP]);
  const [from, to] = bounds(xs.numbers);
  const end = width - RIGHT - (plan.kind === "line" ? NAME : 0);
  const pad = plan.kind === "bar" ? 0.5 : 0;
  const x = scale([from - pad, (to === from ? from + (pad ? 0 : 1) : to) + pad], [LEFT, end]);
  const svg = element("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img" });
  svg.setAttribute("aria-label", `${plan.kind} chart of ${series.map((one) => one.name).join(", ")}; the table below has the numbers`);
  drawAxes(svg, { grid, x, y, xs, end });
  const draw = { bar: bars, line, scatter: points }[plan.kind];
  series.forEach((one, at) => draw(svg, { ...one, at, count: series.length }, xs, x, y));
  return svg;
}

function drawAxes(svg, { grid, x, y, xs, end }) {
  for (const value of grid) {
    svg.append(element("line", { x1: LEFT, x2: end, y1: y(value), y2: y(value), class: value === 0 ? "axis" : "gridline" }));
    svg.append(element("text", { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" }, words(value)));
  }
  const step = Math.max(1, Math.ceil(xs.numbers.length / Math.max(2, Math.floor((end - LEFT) / LABEL))));
  xs.numbers.forEach((value, at) => {
    if (at % step || !Number.isFinite(value)) return;
    const text = xs.raw[at] === null ? "NULL" : String(xs.raw[at]);
    svg.append(element("text", { x: x(value), y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, text.length > 13 ? `${text.slice(0, 12)}…` : text));
  });
}

function bars(svg, one, xs, x, y) {
  const width = Math.max(1, ((x(1) - x(0)) * 0.8) / one.count);
  one.values.forEach((value, at) => {
    if (!Number.isFinite(value)) return;
    const left = x(at) - (width * one.count) / 2 + width * one.at;
    const bar = element("rect", { x: left, width, y: Math.min(y(0), y(value)), height: Math.max(1, Math.abs(y(value) - y(0))), class: `mark s${one.at}` });
    bar.append(element("title", {}, `${xs.raw[at]}: ${value}`));
    svg.append(bar);
  });
}

function line(svg, one, xs, x, y) {
  const dots = xs.numbers.map((at, row) => [at, one.values[row]]).filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value));
  dots.sort((a, b) => a[0] - b[0]);
  svg.append(element("polyline", { points: dots.map(([at, value]) => `${x(at)},${y(value)}`).join(" "), class: `line s${one.at}` }));
  const last = dots.at(-1);
  if (last) svg.append(element("text", { x: x(last[0]) + 6, y: y(last[1]) + 4, class: `label s${one.at}` }, one.name.slice(0, 13)));
}

function points(svg, one, xs, x, y) {
  one.values.forEach((value, at) => {
    if (!Number.isFinite(value) || !Number.isFinite(xs.numbers[at])) return;
    svg.append(element("circle", { cx: x(xs.numbers[at]), cy: y(value), r: 3.5, class: `mark s${one.at}` }));
  });
}

function choice(word, options, value, change) {
  const label = document.createElement("label");
  label.className = "work-small";
  const select = document.createElement("select");
  select.className = "input";
  for (const [key, text] of options) select.append(new Option(text, key, false, String(key) === String(value)));
  select.addEventListener("change", () => change(select.value));
  label.append(`${word} `, select);
  return label;
}

/** Draw into a place, with the choices above; says so where there is nothing to draw. */
export function drawChart(place, data) {
  const plan = sensible(data.columns, data.rows);
  if (!plan || !data.rows.length) {
    place.textContent = "A chart needs rows and a column of numbers.";
    return;
  }
  const box = document.createElement("figure");
  box.className = "grid-chart";
  place.append(box);
  const again = (changes) => {
    Object.assign(plan, changes);
    box.replaceChildren(bar());
    const room = box.clientWidth - parseFloat(getComputedStyle(box).paddingLeft) * 2;
    box.append(picture(data, plan, Math.min(WIDEST, Math.max(NARROWEST, Math.round(room)))));
  };
  const numeric = data.columns.map((one, at) => [at, one.name, one.kind]).filter((one) => isNumber(one[2]));
  const all = [[-1, "row number"], ...data.columns.map((one, at) => [at, one.name])];
  const bar = () => {
    const made = document.createElement("div");
    made.className = "grid-chart-bar";
    made.append(
      choice("As", [["bar", "Bars"], ["line", "Line"], ["scatter", "Points"]], plan.kind, (kind) => again({ kind })),
      choice("Along", all, plan.x, (at) => again({ x: Number(at) })),
      choice("Show", numeric, plan.series[0], (at) => again({ series: [Number(at)] })),
    );
    return made;
  };
  again({});
}
