// Rows of names and numbers as bars that lie, in the table's own order, with room for long names.
import { element, hue } from "./area.js";
import { isNumber } from "./grid.js";
import { scale, words } from "./scale.js";

const MOST = 15;
const [ROW, END] = [26, 62];

/** A picture of the first column of numbers by the columns of words; null where there are no such columns. */
export function drawRanks({ columns, rows }, width = 640) {
  const number = columns.findIndex((column) => isNumber(column.kind) && !column.label);
  const labels = columns.map((column, at) => at).filter((at) => columns[at].label || !isNumber(columns[at].kind));
  if (number < 0 || !labels.length || !rows.length) return null;
  const shown = rows.slice(0, MOST).map((row) => [labels.map((at) => row[at] ?? "–").join(", "), Number(row[number] ?? 0)]);
  const longest = Math.max(...shown.map(([name]) => name.length));
  const letters = Math.min(longest, width < 420 ? 16 : 34);
  const label = letters * 6.4 + 16;
  const svg = element("svg", { viewBox: `0 0 ${width} ${shown.length * ROW + 6}`, role: "img", class: "grid-ranks" });
  svg.setAttribute("aria-label", `${columns[number].name} by ${labels.map((at) => columns[at].name).join(", ")}; the table has the numbers`);
  const x = scale([0, Math.max(1e-9, ...shown.map(([, value]) => value))], [0, width - label - END]);
  shown.forEach(([name, value], at) => {
    const y = at * ROW + 4;
    const text = element("text", { x: label - 10, y: y + 14, "text-anchor": "end" }, name.length > letters ? `${name.slice(0, letters - 1)}…` : name || "(empty)");
    text.append(element("title", {}, name));
    svg.append(text, element("rect", { x: label, y, width: Math.max(1, x(Math.max(0, value))), height: ROW - 8, rx: 2, class: `mark ${hue(name, 0)}` }));
    svg.append(element("text", { x: label + x(Math.max(0, value)) + 7, y: y + 14 }, words(value)));
  });
  return svg;
}
