// A table with a column of times as series over time: one for each label and column of numbers. A heading with
// data-grid-label says that its numbers are names, such as an HTTP status.
import { isNumber } from "./grid.js";

const MOST = 8;

/** A time of AWS's or ISO's as milliseconds; without a zone it is UTC. */
export function timeOf(text) {
  const iso = String(text).replace(" ", "T");
  return Date.parse(/[Z+]|T.*-/.test(iso) ? iso : `${iso}Z`);
}

/** {times, step, series: [{name, values}]}, the greatest series first; null where there is no time or no number. */
export function pivot({ columns, rows }) {
  const time = columns.findIndex((column) => column.kind === "datetime");
  const numbers = columns.map((column, at) => ({ ...column, at })).filter((column) => isNumber(column.kind) && !column.label);
  if (time < 0 || !numbers.length || !rows.length) return null;
  const labels = columns.map((_, at) => at).filter((at) => at !== time && !numbers.some((one) => one.at === at));
  const times = [...new Set(rows.map((row) => timeOf(row[time])))].filter(Number.isFinite).sort((a, b) => a - b);
  const places = new Map(times.map((at, place) => [at, place]));
  const found = new Map();
  for (const row of rows) for (const number of numbers) put(found, row, number, { time, labels, numbers, places });
  return { times, step: stepOf(times), series: few([...found.values()], times.length), labelled: labels.length > 0 };
}

function put(found, row, number, { time, labels, numbers, places }) {
  const place = places.get(timeOf(row[time]));
  if (place === undefined || row[number.at] === null) return;
  const label = labels.map((at) => row[at] ?? "–").join(", ");
  const name = labels.length ? (numbers.length > 1 ? `${label}: ${number.name}` : label || "(empty)") : number.name;
  if (!found.has(name)) found.set(name, { name, values: new Array(places.size).fill(NaN), sum: 0 });
  const one = found.get(name);
  one.values[place] = (Number.isFinite(one.values[place]) ? one.values[place] : 0) + Number(row[number.at]);
  one.sum += Number(row[number.at]);
}

function few(series, length) {
  series.sort((a, b) => b.sum - a.sum);
  if (series.length <= MOST) return series;
  const rest = series.splice(MOST - 1);
  const values = Array.from({ length }, (_, at) => rest.reduce((sum, one) => sum + (one.values[at] || 0), 0));
  return [...series, { name: `${rest.length} others`, values, sum: rest.reduce((sum, one) => sum + one.sum, 0) }];
}

/** The width of a slice: the smallest distance between two of them. */
function stepOf(times) {
  let step = Infinity;
  for (let at = 1; at < times.length; at += 1) step = Math.min(step, times[at] - times[at - 1]);
  return Number.isFinite(step) ? step : 60000;
}
