// The pictures of a result: a chart beside the rows of stats, and the matches over time above all others.
import { drawSeries, hues } from "../js/grid/area.js";
import { dataOf } from "../js/grid/grid.js";
import { pivot } from "../js/grid/pivot.js";
import { drawRanks } from "../js/grid/ranks.js";
import { load, save } from "../js/settings.js";
import { stamp, zone } from "./zone.js";

const LOOKS = [["bar", "Bars"], ["area", "Area"], ["line", "Line"]];

function figure() {
  const made = document.createElement("figure");
  made.className = "grid-chart logs-figure";
  return made;
}

function tell(place) {
  return (found) => {
    if (!found) return place.replaceChildren();
    const said = found.values.filter(([, value]) => Number.isFinite(value)).map(([name, value]) => `${name} ${value}`);
    place.textContent = `${stamp(found.time, 19)}: ${said.join(", ") || "none"}`;
    return undefined;
  };
}

function legend(series) {
  const list = document.createElement("ul");
  list.className = "grid-legend";
  const marks = hues(series.map((one) => one.name));
  series.forEach((one, at) => {
    const line = document.createElement("li");
    const swatch = document.createElement("span");
    swatch.className = `swatch ${marks[at]}`;
    line.append(swatch, one.name);
    list.append(line);
  });
  return list;
}

function looks(now, change) {
  const box = document.createElement("div");
  box.className = "segments grid-views";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Draw as");
  for (const [look, word] of LOOKS) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "segment";
    button.textContent = word;
    button.setAttribute("aria-pressed", String(look === now));
    button.addEventListener("click", () => change(look));
    box.append(button);
  }
  return box;
}

/** Draw the rows of a stats command beside their table. */
export function drawResult(part, zoom) {
  const holder = part.querySelector("[data-logs-chart]");
  const table = holder?.querySelector("[data-grid]");
  if (!table) return;
  holder.querySelector(".logs-figure")?.remove();
  const rows = dataOf(table);
  const data = pivot(rows);
  const width = () => Math.max(300, (holder.querySelector(".logs-figure")?.clientWidth ?? holder.clientWidth) - 26);
  const ranks = data ? null : drawRanks(rows, 640);
  holder.classList.toggle("has-chart", Boolean(data || ranks));
  if (!data && !ranks) return;
  const made = figure();
  holder.prepend(made);
  if (ranks) made.append(drawRanks(rows, width()));
  else series(made, data, zoom, part, width());
}

function series(made, data, zoom, part, width) {
  const additive = /count|sum|errors|events|requests|calls|bytes/i.test(data.series.map((one) => one.name).join(" ")) || data.labelled;
  const [from, to] = span(part, data);
  const draw = (look) => {
    const readout = document.createElement("p");
    readout.className = "grid-readout";
    const head = document.createElement("div");
    head.className = "grid-chart-bar";
    head.append(looks(look, (wanted) => {
      save("logs.look", wanted);
      draw(wanted);
    }), legend(data.series));
    made.replaceChildren(head, drawSeries(data, { look, from, to, width, zone: zone(), zoom, tell: tell(readout) }), readout);
  };
  draw(load("logs.look") ?? (additive ? "bar" : "line"));
}

/** The whole range that was asked for, so that an empty part of it is seen as empty. */
function span(part, data) {
  const times = [...part.querySelectorAll(".logs-status time")].map((one) => Date.parse(one.dateTime));
  const [least, most] = [data.times[0], data.times.at(-1) + data.step];
  return times.length === 2 ? [Math.min(times[0], least), Math.max(times[1], most)] : [least, most];
}

/** Draw the matches over time from their table. */
export function drawHistograms(part, zoom) {
  for (const holder of part.querySelectorAll("[data-logs-histogram]")) {
    const place = holder.querySelector("[data-logs-plot]");
    if (!place) continue;
    const rows = [...holder.querySelectorAll("tbody tr")];
    const values = rows.map((row) => Number(row.cells[1].textContent));
    const times = rows.map((row) => Number(row.dataset.from) * 1000);
    const data = { times, step: Number(holder.dataset.size) * 1000, series: [{ name: "events", values, sum: 0 }] };
    const [from, to] = [Number(holder.dataset.from) * 1000, Number(holder.dataset.to) * 1000];
    const readout = document.createElement("p");
    readout.className = "grid-readout";
    const made = figure();
    const width = Math.max(300, (holder.clientWidth || 760) - 26);
    made.append(drawSeries(data, { from: Math.min(from, times[0]), to: Math.max(to, times.at(-1)), width, height: 120, zone: zone(), zoom, tell: tell(readout) }), readout);
    place.replaceChildren(made);
  }
}
