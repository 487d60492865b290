// The query page: run all or what is selected, the clock, cancel, mistakes marked, the last text kept.
import { edit } from "../editor/editor.bundle.js";
import { startGrids } from "../js/grid/grid.js";
import { startClock } from "../js/clock.js";
import { startKeeping } from "../js/keep.js";
import { moved } from "../js/marks.js";
import { askParameters } from "./parameters.js";

const form = document.querySelector("[data-rds-query]");
const results = document.getElementById("results");
const area = form.elements.sql;
const editor = edit(area);
const cancelButton = form.querySelector("[data-rds-cancel]");
const clock = startClock(form.querySelector("[data-rds-clock]"));
const runButton = form.querySelector("[data-rds-run]");
let run = ""; // the name of the run that is under way
let offset = 0; // where in the editor's text the text that was sent begins

function token() {
  return crypto.getRandomValues(new Uint32Array(3)).join("-");
}

/** Names the run, and sends the selection alone where there is one. */
function prepare(event) {
  const { from, to } = editor.view.state.selection.main;
  const only = from === to ? "" : editor.view.state.sliceDoc(from, to);
  offset = only ? from : 0;
  event.detail.parameters.set("only", only);
  run = token();
  event.detail.parameters.set("run", run);
}

function begin() {
  cancelButton.hidden = false;
  cancelButton.disabled = false;
  runButton.disabled = true;
  editor.view.contentDOM.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", keyCode: 27 })); // closes completion
  results.classList.add("is-stale");
  results.setAttribute("aria-busy", "true");
  editor.mark([]);
  clock.start();
}

function end() {
  run = "";
  cancelButton.hidden = true;
  runButton.disabled = false;
  results.classList.remove("is-stale");
  results.removeAttribute("aria-busy");
  clock.stop();
}

function body() {
  const fields = { csrf_token: form.elements.csrf_token.value, run, database: form.elements.database.value };
  return new URLSearchParams(fields);
}

/** Asks until it has ended: between two statements of a script there is nothing to stop. */
async function cancel() {
  const stopping = run;
  cancelButton.disabled = true;
  while (run && run === stopping) {
    const answer = await fetch(form.dataset.cancel, { method: "POST", body: body(), headers: { Accept: "application/json" } });
    if (!answer.ok) {
      window.trellis.tell("The query could not be cancelled. Try again.", "failed");
      break;
    }
    await new Promise((done) => setTimeout(done, 300));
  }
  cancelButton.disabled = false;
}

function markMistakes() {
  const found = results.querySelector("[data-rds-mistake]");
  if (!found || !found.dataset.line) return;
  const mistake = { message: found.dataset.message, line: Number(found.dataset.line), column: Number(found.dataset.column || 1) };
  editor.mark([offset ? moved(editor.view, offset, mistake) : mistake]);
}

function addCalls() {
  const found = results.querySelector("[data-rds-calls]");
  if (found) window.trellis.drawer.add(JSON.parse(found.textContent).calls);
}

/** A script may have changed the database that it speaks to, and what is in it. */
function follow() {
  const ended = results.querySelector("[data-rds-ended]");
  if (!ended) return;
  form.elements.database.value = ended.dataset.database;
  if (ended.dataset.changed !== undefined) htmx.ajax("GET", ended.dataset.schema, { target: "#schema", swap: "outerHTML" });
}

/** What had the focus may be hidden, or gone with the answer before this one: then Run has it, without a keyboard's pop-up. */
function keepFocus() {
  if (document.activeElement === document.body) runButton.focus({ preventScroll: true });
}

function settled(event) {
  if (event.target !== results && !results.contains(event.target)) return;
  markMistakes();
  addCalls();
  follow();
  startGrids(results);
  keepFocus();
  const count = results.querySelectorAll("[data-grid-result]").length;
  window.trellis.announce(results.querySelector("[data-rds-mistake]") ? "Failed" : `${count} done`);
}

function runAll() {
  htmx.trigger(form, "submit");
}

async function explain() {
  const fields = new FormData(form);
  const { from, to } = editor.view.state.selection.main;
  if (from !== to) fields.set("only", editor.view.state.sliceDoc(from, to));
  await htmx.ajax("POST", form.dataset.explain, { target: "#results", swap: "innerHTML", values: Object.fromEntries(fields) });
}

function openDatabase(event) {
  if (!event.target.matches("[data-rds-database]")) return;
  const url = new URL(form.action, location.href);
  url.searchParams.set("database", event.target.value);
  location.assign(url);
}

form.addEventListener("htmx:configRequest", (event) => event.target === form && prepare(event));
form.addEventListener("htmx:beforeRequest", (event) => event.target === form && begin());
form.addEventListener("htmx:afterRequest", (event) => event.target === form && end());
document.addEventListener("htmx:afterSettle", settled);
cancelButton.addEventListener("click", cancel);
area.addEventListener("editor:run", runAll);
area.addEventListener("editor:explain", explain);
area.addEventListener("editor:change", () => askParameters(form));
form.querySelector("[data-rds-explain]").addEventListener("click", (event) => {
  event.preventDefault();
  explain();
});
document.addEventListener("change", openDatabase);
document.addEventListener("click", (event) => {
  const clear = event.target.closest("[data-rds-clear]");
  if (!clear) return;
  results.replaceChildren();
  window.trellis.tell(clear.dataset.rdsClear || "Nothing was run.", "done");
  editor.focus();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-rds-to-write]")) return;
  form.elements.mode.value = "write";
  runButton.focus(); // nothing runs by itself: the next press does
});
// A query that is left behind is stopped.
window.addEventListener("pagehide", () => run && navigator.sendBeacon(form.dataset.cancel, body()));
startKeeping(form, editor);
startGrids(results);
markMistakes();
