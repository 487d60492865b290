// A result's table: sort, distinct values, sums, filter by value, copy; the same as JSON and as a chart.
import { drawChart } from "./chart.js";
import { columnMenu, cellMenu, closeMenu } from "./menu.js";

/** A cell's value: null, or its whole text. */
export function valueOf(cell) {
  if ("null" in cell.dataset) return null;
  return cell.dataset.v ?? cell.textContent.trim();
}

/** What a table calls a cell without a value. */
export const nullWord = (table) => table.dataset.nullWord ?? "NULL";

/** The rows of the body, without those that were opened below one (data-grid-detail). */
export const rowsOf = (table) => [...table.tBodies[0].rows].filter((row) => !("gridDetail" in row.dataset));

/** The table's columns and the values of its shown rows. */
export function dataOf(table) {
  const heads = [...table.tHead.rows[0].cells].filter((head) => head.dataset.kind);
  const columns = heads.map((head) => ({ name: nameOf(head), kind: head.dataset.kind, label: "gridLabel" in head.dataset, index: head.cellIndex }));
  const rows = rowsOf(table).filter((row) => !row.hidden);
  return { columns, rows: rows.map((row) => columns.map(({ index }) => valueOf(row.cells[index]))) };
}

function nameOf(head) {
  return (head.querySelector("[data-grid-column] > span, a.sort") ?? head).textContent.trim();
}

export const isNumber = (kind) => ["integer", "decimal", "float"].includes(kind);

export function compare(kind) {
  return (a, b) => {
    if (a === null || b === null) return (a === null) - (b === null);
    return isNumber(kind) ? Number(a) - Number(b) : a.localeCompare(b);
  };
}

export function sortBy(table, index, kind, down) {
  const body = table.tBodies[0];
  const order = compare(kind);
  body.querySelectorAll(":scope > [data-grid-detail]").forEach((row) => row.remove());
  const rows = rowsOf(table).sort((a, b) => order(valueOf(a.cells[index]), valueOf(b.cells[index])) * (down ? -1 : 1));
  body.append(...rows);
  for (const head of table.tHead.rows[0].cells) head.removeAttribute("aria-sort");
  table.tHead.rows[0].cells[index].setAttribute("aria-sort", down ? "descending" : "ascending");
}

/** Show only the rows with this value; null stands for NULL, undefined for all rows. */
export function filterBy(table, index, value) {
  table.querySelectorAll("[data-grid-detail]").forEach((row) => row.remove());
  for (const row of rowsOf(table)) row.hidden = value !== undefined && valueOf(row.cells[index]) !== value;
  let told = table.parentElement.previousElementSibling;
  if (!told?.matches("[data-grid-filtered]")) {
    told = document.createElement("p");
    told.dataset.gridFiltered = "";
    told.className = "row";
    table.parentElement.before(told);
  }
  told.hidden = value === undefined;
  if (told.hidden) return;
  const all = document.createElement("button");
  all.type = "button";
  all.className = "button button-small";
  all.textContent = "Show all rows";
  all.addEventListener("click", () => filterBy(table, index, undefined));
  const name = nameOf(table.tHead.rows[0].cells[index]);
  told.replaceChildren(`Only rows where ${name} is ${value === null ? nullWord(table) : `“${value.slice(0, 60)}”`}, of those loaded. `, all);
}

export function asJson({ columns, rows }) {
  const names = [];
  for (const { name } of columns) names.push(names.includes(name) ? `${name}_${columns.slice(0, names.length + 1).filter((one) => one.name === name).length}` : name);
  const objects = rows.map((row) => Object.fromEntries(row.map((text, at) => [names[at], exact(text, columns[at].kind)])));
  return JSON.stringify(objects, null, 2);
}

/** A value as JSON holds it without losing a digit: decimals and large integers stay text, as in the export. */
function exact(text, kind) {
  const fits = kind === "integer" ? Number.isSafeInteger(Number(text)) : kind === "float" && Number.isFinite(Number(text));
  return text !== null && fits ? Number(text) : text;
}

function show(result, view) {
  const box = result.querySelector(".grid-box");
  const table = box.querySelector("table");
  for (const button of result.querySelectorAll("[data-grid-view]")) button.setAttribute("aria-pressed", String(button.dataset.gridView === view));
  result.querySelector("[data-grid-other]")?.remove();
  box.hidden = view === "json";
  if (view === "table") return;
  const other = document.createElement("div");
  other.dataset.gridOther = "";
  box.before(other); // first: a chart asks how much room there is
  if (view === "json") {
    const code = document.createElement("pre");
    code.className = "grid-json";
    code.tabIndex = 0;
    code.textContent = asJson(dataOf(table));
    other.append(code);
  } else drawChart(other, dataOf(table));
}

function openMenu(event, table) {
  const head = event.target.closest("[data-grid-column]");
  if (head) return columnMenu(table, head.closest("th"), head);
  const cell = event.target.closest("td");
  const touched = event.pointerType === "touch" && !event.defaultPrevented && !event.target.closest("a, button, details, pre, [data-grid-detail]");
  if (cell && (touched || event.type === "contextmenu") && !event.shiftKey) {
    event.preventDefault();
    cellMenu(table, cell, event);
  }
  return undefined;
}

function startTable(table) {
  if (table.dataset.started) return;
  table.dataset.started = "";
  table.addEventListener("click", (event) => openMenu(event, table));
  table.addEventListener("contextmenu", (event) => openMenu(event, table));
  table.addEventListener("keydown", (event) => moveCell(event, table));
}

/** Arrow keys walk the cells, Enter opens the menu of one. */
function moveCell(event, table) {
  const cell = event.target.closest("td");
  if (!cell || event.target !== cell) return;
  const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  if (event.key === "Enter") {
    event.preventDefault(); // else the same press works the menu's first button
    cellMenu(table, cell, cell.getBoundingClientRect());
  }
  if (!steps[event.key]) return;
  event.preventDefault();
  const [down, right] = steps[event.key];
  const next = table.rows[cell.parentElement.rowIndex + down]?.cells[cell.cellIndex + right];
  if (next?.matches("td")) {
    next.tabIndex = -1;
    next.focus();
  }
}

export function startGrids(part) {
  closeMenu();
  for (const table of part.querySelectorAll("[data-grid]")) {
    const first = table.tBodies[0]?.querySelector("td");
    if (first) first.tabIndex = 0;
    startTable(table);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-grid-view]");
  if (button) show(button.closest("[data-grid-result]"), button.dataset.gridView);
});
startGrids(document);
