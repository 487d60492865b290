// An item's form: attributes come and go, the size and the mistakes follow what is typed, JSON in the editor.
import { latest } from "../js/latest.js";

const form = document.querySelector("[data-ddb-item]");
const rows = form.querySelector("[data-ddb-attributes]");
const PAUSE = 400; // milliseconds without typing before the size is asked for
let waiting;
let editor;

const askSize = latest(async () => {
  const answer = await fetch(form.dataset.size, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  return answer.ok ? answer.text() : "The size cannot be told: reload the page.";
});

function measure() {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const size = await askSize();
    if (size !== null) document.getElementById("item-size").innerHTML = size;
  }, PAUSE);
}

/** The fields are numbered without a gap: the server reads them until one is not there. */
function number() {
  [...rows.querySelectorAll("[data-ddb-attribute]")].forEach((row, at) => {
    for (const field of row.querySelectorAll("[name]")) field.name = field.name[0] + at;
  });
}

function add() {
  const made = form.querySelector("[data-ddb-template]").content.firstElementChild.cloneNode(true);
  rows.querySelector(".ddb-add").before(made);
  number();
  made.querySelector(".ddb-name").focus();
}

function drop(row) {
  const next = row.nextElementSibling.querySelector("input, button");
  row.remove();
  number();
  next.focus();
  measure();
}

if (rows) {
  rows.querySelector(".no-js").remove();
  number();
  rows.addEventListener("click", (event) => {
    if (event.target.closest("[data-ddb-add]")) add();
    const dropped = event.target.closest("[data-ddb-drop]");
    if (dropped) drop(dropped.closest("[data-ddb-attribute]"));
  });
} else {
  const { edit } = await import("../editor/editor.bundle.js");
  const area = form.querySelector("[data-editor]");
  editor = edit(area);
  if (area.dataset.line) editor.mark([{ message: area.dataset.fault, line: Number(area.dataset.line), column: Number(area.dataset.column) }]);
  area.addEventListener("editor:change", measure);
  area.addEventListener("editor:run", () => form.requestSubmit(form.querySelector(".form-actions [value=save]")));
}
form.addEventListener("input", measure);
