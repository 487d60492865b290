// Series over time as stacked bars, a stacked area or lines, with a part that can be dragged over to zoom into it.
import { scale, ticks, words } from "./scale.js";

const SVG = "http://www.w3.org/2000/svg";
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 12, 10, 26];
const NICE = [1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800].map((one) => one * 1000);

export function element(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

const MEANING = [["s-failed", /\b(error|fatal|critical|fail|5\d\d)/i], ["s-warning", /\bwarn/i]];

/** The class that gives a name its colour: what speaks of errors and warnings has theirs. */
export function hue(name, at) {
  return MEANING.find(([, pattern]) => pattern.test(name))?.[0] ?? `s${at % 8}`;
}

/** A class for each name, no two the same among the first eight: the first of a meaning has its colour. */
export function hues(names) {
  const taken = new Set();
  return names.map((name, at) => {
    const wanted = hue(name, at);
    const found = taken.has(wanted) ? ([...Array(8).keys()].map((one) => `s${one}`).find((one) => !taken.has(one)) ?? `s${at % 8}`) : wanted;
    taken.add(found);
    return found;
  });
}

/** A picture of `data` (pivot.js) from `from` to `to`, in milliseconds; `look` is bar, area or line. */
export function drawSeries(data, { look = "bar", from, to, width = 760, height = 220, zone = "utc", zoom, tell }) {
  const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "grid-series" });
  svg.setAttribute("aria-label", `${data.series.map((one) => one.name).join(", ")} over time; the table has the numbers`);
  const stacked = look !== "line";
  const tops = stack(data, stacked);
  const most = Math.max(1e-9, ...tops.flatMap((one) => one.map(([, top]) => top)).filter(Number.isFinite));
  const least = Math.min(0, ...tops.flatMap((one) => one.map(([low, top]) => Math.min(low, top))).filter(Number.isFinite));
  const grid = ticks(least, most, 4);
  const y = scale([grid[0], grid.at(-1)], [height - BOTTOM, TOP]);
  const x = scale([from, to], [LEFT, width - RIGHT]);
  axes(svg, { grid, x, y, from, to, width, height, zone });
  const draw = { bar: bars, area, line }[look];
  const marks = hues(data.series.map((one) => one.name));
  data.series.forEach((_, at) => draw(svg, data, tops[at], marks[at], x, y));
  if (zoom) brush(svg, data, { x, from, to, width, height, zoom });
  if (tell) readout(svg, data, { from, to, width, tell });
  return svg;
}

function stack({ series, times }, stacked) {
  const base = new Array(times.length).fill(0);
  return series.map((one) =>
    one.values.map((value, at) => {
      if (!stacked) return [value, value];
      const low = base[at];
      base[at] += Number.isFinite(value) ? value : 0;
      return [low, base[at]];
    }),
  );
}

function bars(svg, { times, step }, tops, mark, x, y) {
  const width = Math.max(1, x(times[0] + step) - x(times[0]) - 1);
  tops.forEach(([low, top], at) => {
    if (top === low) return;
    svg.append(element("rect", { x: x(times[at]), width, y: Math.min(y(top), y(low)), height: Math.max(0.75, Math.abs(y(low) - y(top))), class: `mark ${mark}` }));
  });
}

/** Slices without rows count as nothing: the area falls to its ground there. */
function area(svg, { times, step }, tops, mark, x, y) {
  const up = [];
  const down = [];
  times.forEach((time, at) => {
    const [low, top] = tops[at];
    if (at && time - times[at - 1] > step * 1.5) fall(up, down, [times[at - 1] + step, time - step], low, x, y);
    up.push(`${x(time + step / 2)},${y(top)}`);
    down.push(`${x(time + step / 2)},${y(low)}`);
  });
  svg.append(element("polygon", { points: [...up, ...down.reverse()].join(" "), class: `mark ${mark}` }));
}

function fall(up, down, [first, last], low, x, y) {
  for (const time of [first, last]) {
    up.push(`${x(time)},${y(0)}`);
    down.push(`${x(time)},${y(0)}`);
  }
}

/** A line breaks where slices have no rows. */
function line(svg, { times, step }, tops, mark, x, y) {
  let points = [];
  const draw = () => {
    if (points.length === 1) svg.append(element("circle", { cx: points[0][0], cy: points[0][1], r: 2.5, class: `mark ${mark}` }));
    else if (points.length) svg.append(element("polyline", { points: points.map((one) => one.join(",")).join(" "), class: `line ${mark}` }));
    points = [];
  };
  times.forEach((time, at) => {
    if (!Number.isFinite(tops[at][1]) || (at && time - times[at - 1] > step * 1.5)) draw();
    if (Number.isFinite(tops[at][1])) points.push([x(time + step / 2), y(tops[at][1])]);
  });
  draw();
}

function axes(svg, { grid, x, y, from, to, width, height, zone }) {
  for (const value of grid) {
    svg.append(element("line", { x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value), class: value === 0 ? "axis" : "gridline" }));
    svg.append(element("text", { x: LEFT - 7, y: y(value) + 4, "text-anchor": "end" }, words(value)));
  }
  const size = NICE.find((one) => (to - from) / one <= Math.max(2, (width - LEFT) / 95)) ?? NICE.at(-1);
  const shift = zone === "local" ? new Date(from).getTimezoneOffset() * 60000 : 0;
  for (let at = Math.ceil((from - shift) / size) * size + shift; at <= to; at += size) {
    svg.append(element("line", { x1: x(at), x2: x(at), y1: height - BOTTOM, y2: height - BOTTOM + 4, class: "axis" }));
    const anchor = x(at) > width - 50 ? "end" : x(at) < LEFT + 20 ? "start" : "middle";
    svg.append(element("text", { x: x(at), y: height - BOTTOM + 17, "text-anchor": anchor }, tick(at, size, zone)));
  }
}

function tick(at, size, zone) {
  const part = (options) => new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone === "local" ? undefined : "UTC" }).format(at);
  const day = part({ day: "numeric", month: "short" });
  const clock = part({ hour: "2-digit", minute: "2-digit", ...(size < 60000 ? { second: "2-digit" } : {}) });
  if (size >= 86400000) return day;
  return clock === "00:00" ? day : clock;
}

function place(svg, event, width) {
  const box = svg.getBoundingClientRect();
  return ((event.clientX - box.left) / box.width) * width;
}

/** Drag over a part to zoom into it; the slices that it touches are taken whole. */
function brush(svg, { times, step }, { x, from, to, width, height, zoom }) {
  const back = scale([LEFT, width - RIGHT], [from, to]);
  const shade = element("rect", { y: TOP, height: height - TOP - BOTTOM, class: "brush", width: 0 });
  svg.append(shade);
  let begun = null;
  const inside = (at) => Math.min(width - RIGHT, Math.max(LEFT, at));
  svg.addEventListener("pointerdown", (event) => {
    begun = inside(place(svg, event, width));
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (begun === null) return;
    const now = inside(place(svg, event, width));
    shade.setAttribute("x", Math.min(begun, now));
    shade.setAttribute("width", Math.abs(now - begun));
  });
  svg.addEventListener("pointercancel", () => {
    begun = null;
    shade.setAttribute("width", 0);
  });
  svg.addEventListener("pointerup", (event) => {
    if (begun === null) return;
    const [a, b] = [begun, inside(place(svg, event, width))].sort((one, other) => one - other);
    begun = null;
    shade.setAttribute("width", 0);
    if (b - a < 5) return;
    const origin = times[0];
    const whole = (at, round) => origin + round((at - origin) / step) * step;
    zoom(Math.max(from, whole(back(a), Math.floor)), Math.min(to, whole(back(b), Math.ceil)));
  });
}

/** Says the numbers of the slice under the pointer. */
function readout(svg, { times, step, series }, { from, to, width, tell }) {
  const back = scale([LEFT, width - RIGHT], [from, to]);
  svg.addEventListener("pointermove", (event) => {
    const at = back(place(svg, event, width));
    const found = times.findIndex((time) => time <= at && at < time + step);
    tell(found < 0 ? null : { time: times[found], values: series.map((one) => [one.name, one.values[found]]) });
  });
  svg.addEventListener("pointerleave", () => tell(null));
}
