// The PartiQL page: run all or what is selected, judge what is typed, mark mistakes, views of a result.
import { edit } from "../editor/editor.bundle.js";
import { startGrids } from "../js/grid/grid.js";
import { startClock } from "../js/clock.js";
import { startKeeping } from "../js/keep.js";
import { latest } from "../js/latest.js";
import { moved } from "../js/marks.js";

const form = document.querySelector("[data-partiql]");
const results = document.getElementById("results");
const check = document.getElementById("check");
const area = form.elements.statement;
const editor = edit(area);
const clock = startClock(form.querySelector("[data-partiql-clock]"));
const run = form.querySelector("[data-partiql-run]");
let offset = 0; // where in the editor's text the text that was sent begins

/** Sends the selection alone where there is one. */
function prepare(event) {
  const { from, to } = editor.view.state.selection.main;
  offset = from === to ? 0 : from;
  event.detail.parameters.set("only", from === to ? "" : editor.view.state.sliceDoc(from, to));
}

function begin() {
  run.disabled = true;
  results.classList.add("is-stale");
  editor.mark([]);
  clock.start();
}

function end() {
  run.disabled = false;
  results.classList.remove("is-stale");
  clock.stop();
}

function markMistake() {
  const found = results.querySelector("[data-partiql-fault]");
  if (!found?.dataset.line) return;
  const mistake = { message: found.dataset.message, line: Number(found.dataset.line), column: Number(found.dataset.column || 1) };
  editor.mark([offset ? moved(editor.view, offset, mistake) : mistake]);
}

function settled(event) {
  if (event.target !== results && !results.contains(event.target)) return;
  markMistake();
  const calls = results.querySelector("[data-partiql-calls]");
  if (calls) window.trellis.drawer.add(JSON.parse(calls.textContent).calls);
  startGrids(results);
  const count = results.querySelectorAll("[data-grid-result]").length;
  window.trellis.announce(results.querySelector("[data-partiql-fault]") ? "Failed" : `${count} done`);
}

const askCheck = latest(async () => {
  const answer = await fetch(form.dataset.check, { method: "POST", body: new FormData(form) });
  return answer.ok ? answer.text() : null;
});

let asking;
/** What is typed into a parameter stays: the answer only brings fields and sentences that are new. */
function judge() {
  clearTimeout(asking);
  asking = setTimeout(async () => {
    const html = await askCheck();
    if (html !== null && !check.contains(document.activeElement)) check.innerHTML = html;
  }, 500);
}

function show(button) {
  const section = button.closest("[data-grid-result]");
  for (const one of section.querySelectorAll("[data-partiql-view]")) one.setAttribute("aria-pressed", String(one === button));
  for (const pane of section.querySelectorAll("[data-partiql-pane]")) pane.hidden = pane.dataset.partiqlPane !== button.dataset.partiqlView;
}

form.addEventListener("htmx:configRequest", (event) => event.target === form && prepare(event));
document.addEventListener("htmx:beforeRequest", (event) => event.detail.target === results && begin());
document.addEventListener("htmx:afterRequest", (event) => event.detail.target === results && end());
document.addEventListener("htmx:afterSettle", settled);
area.addEventListener("editor:run", () => htmx.trigger(form, "submit"));
area.addEventListener("editor:change", judge);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-partiql-view]");
  if (button) show(button);
  if (event.target.closest("[data-partiql-clear]")) results.replaceChildren();
});
startKeeping(form, editor);
startGrids(results);
markMistake();
if (editor.text && !check.childElementCount) judge();
