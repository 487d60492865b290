// The menus of a column (sort, distinct values with counts, least, most, average) and of a cell (copy, filter).
//
// A page adds buttons to a cell's menu at the table's event `grid:cell`: detail.add([word, action], …).
import { compare, filterBy, isNumber, nullWord, rowsOf, sortBy, valueOf } from "./grid.js";

const MOST_VALUES = 30;
let open;
let opener; // what had the focus before, and gets it back

export function closeMenu() {
  if (!open) return;
  const held = open.contains(document.activeElement);
  open.remove();
  open = undefined;
  if (held && opener?.isConnected) opener.focus({ preventScroll: true });
}

function menu(title, near) {
  closeMenu();
  opener = document.activeElement;
  const made = document.createElement("div");
  made.className = "grid-menu";
  made.setAttribute("role", "dialog");
  made.setAttribute("aria-label", title);
  const head = document.createElement("h3");
  head.textContent = title;
  made.append(head);
  document.body.append(made);
  made.style.left = `${Math.max(8, Math.min(near.x, innerWidth - made.offsetWidth - 8))}px`;
  made.style.top = `${Math.min(near.y, innerHeight - 430 > 0 ? innerHeight - 430 : 8)}px`;
  open = made;
  return made;
}

function button(word, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button-small";
  made.textContent = word;
  made.addEventListener("click", () => {
    action();
    closeMenu();
  });
  return made;
}

function row(...parts) {
  const made = document.createElement("div");
  made.className = "row";
  made.append(...parts);
  return made;
}

function copy(text) {
  window.trellis.copyText(text).then(
    () => window.trellis.tell("Copied.", "done"),
    (error) => window.trellis.tell(`Nothing was copied: ${error.message}.`, "failed"),
  );
}

export function columnMenu(table, head, anchor) {
  const { kind } = head.dataset;
  const index = head.cellIndex;
  const values = rowsOf(table).map((line) => valueOf(line.cells[index]));
  const name = anchor.querySelector("span").textContent;
  const box = anchor.getBoundingClientRect();
  const made = menu(name, { x: box.left, y: box.bottom + 4 });
  made.append(
    row(
      button("Sort up", () => sortBy(table, index, kind, false)),
      button("Sort down", () => sortBy(table, index, kind, true)),
      button("Copy name", () => copy(name)),
    ),
    facts(values, kind, nullWord(table)),
    distinct(table, index, values),
  );
  made.querySelector("button").focus();
}

function facts(values, kind, none) {
  const known = values.filter((value) => value !== null);
  const sorted = [...known].sort(compare(kind));
  const pairs = [["Rows loaded", values.length], [none, values.length - known.length], ["Least", sorted[0]], ["Most", sorted.at(-1)]];
  if (isNumber(kind) && known.length) {
    const sum = known.reduce((total, value) => total + Number(value), 0);
    pairs.push(["Average", Number((sum / known.length).toPrecision(12))], ["Sum", Number(sum.toPrecision(15))]);
  }
  const list = document.createElement("dl");
  list.className = "key-values";
  for (const [word, value] of pairs.filter((pair) => pair[1] !== undefined)) list.append(pair(word, String(value).slice(0, 80)));
  return list;
}

function pair(word, value) {
  const line = document.createElement("div");
  const [term, text] = [document.createElement("dt"), document.createElement("dd")];
  term.textContent = word;
  text.textContent = value;
  line.append(term, text);
  return line;
}

function distinct(table, index, values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const list = document.createElement("ul");
  list.className = "grid-values";
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_VALUES);
  for (const [value, count] of most) list.append(distinctLine(table, index, value, count));
  return list;
}

/** A page whose table has data-grid-ask puts the filter into its query (grid:ask); all others show fewer rows. */
function ask(table, index, value, not = false) {
  const head = table.tHead.rows[0].cells[index];
  const name = (head.querySelector("[data-grid-column] > span") ?? head).textContent.trim();
  table.dispatchEvent(new CustomEvent("grid:ask", { bubbles: true, detail: { name, value, not, kind: head.dataset.kind } }));
}

function distinctLine(table, index, value, count) {
  const line = document.createElement("li");
  const choose = document.createElement("button");
  choose.type = "button";
  const [text, number] = [document.createElement("span"), document.createElement("span")];
  text.textContent = value === null ? nullWord(table) : value === "" ? "(empty text)" : value;
  number.textContent = count;
  const asks = "gridAsk" in table.dataset;
  choose.title = asks ? "Add to the query: only these" : "Show only these rows";
  choose.append(text, number);
  choose.addEventListener("click", () => {
    if (asks) ask(table, index, value);
    else filterBy(table, index, value);
    closeMenu();
  });
  line.append(choose);
  return line;
}

export function cellMenu(table, cell, near) {
  const value = valueOf(cell);
  const made = menu(value === null ? nullWord(table) : "Cell", { x: near.clientX ?? near.left, y: near.clientY ?? near.bottom });
  const line = [...cell.parentElement.cells].filter((one) => one.matches("td")).map(valueOf);
  made.append(
    row(
      button("Copy", () => copy(value ?? nullWord(table))),
      button("Copy row", () => copy(line.map((one) => one ?? "").join("\t"))),
      button("Filter by value", () => filterBy(table, cell.cellIndex, value)),
    ),
  );
  if ("gridAsk" in table.dataset)
    made.append(row(button("Add to the query", () => ask(table, cell.cellIndex, value)), button("Leave these out", () => ask(table, cell.cellIndex, value, true))));
  if (value?.startsWith("0x") && cell.matches(".grid-binary")) made.append(row(button(...saving(cell, value))));
  const add = (...actions) => made.append(row(...actions.map(([word, action]) => button(word, action))));
  table.dispatchEvent(new CustomEvent("grid:cell", { bubbles: true, detail: { cell, value, add } }));
  made.querySelector("button").focus();
}

/** The words and the act of saving a binary cell: the server's whole where it is cut and has an address. */
function saving(cell, value) {
  const whole = cell.querySelector("a[download]");
  if (whole) return [whole.textContent, () => whole.click()];
  const words = "cut" in cell.dataset ? "Download the beginning (the export has all)" : "Download the bytes";
  return [words, () => download(value)];
}

function download(hex) {
  const bytes = Uint8Array.from(hex.slice(2).match(/../g) ?? [], (pairOf) => parseInt(pairOf, 16));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = "cell.bin";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenu());
document.addEventListener("pointerdown", (event) => !event.target.closest(".grid-menu, [data-grid-column]") && closeMenu());
