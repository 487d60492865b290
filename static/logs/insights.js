// Logs Insights: run, follow, cancel, mistakes marked, samples, filters put into the query, ranges zoomed into.
import { edit } from "../editor/editor.bundle.js";
import { startClock } from "../js/clock.js";
import { startGrids } from "../js/grid/grid.js";
import { startKeeping } from "../js/keep.js";
import { latest } from "../js/latest.js";
import { load, save } from "../js/settings.js";
import { withFilter } from "./ask.js";
import { addCalls } from "./calls.js";
import { highlight } from "./matches.js";
import { chosen, startChooser } from "./chooser.js";
import { askParameters } from "./parameters.js";
import { drawHistograms, drawResult } from "./plots.js";
import { startRows } from "./rows.js";
import { absolute, showTimes } from "./zone.js";

const form = document.querySelector("form[data-logs-query]");
const results = document.getElementById("results");
const area = form.elements.query;
const editor = edit(area);
const cancelButton = form.querySelector("[data-logs-cancel]");
const runButton = form.querySelector("[data-logs-run]");
const clock = startClock(form.querySelector("[data-logs-clock]"));
let running = ""; // the address that stops the query which runs
let counting = false; // whether the clock goes

const body = (fields) => new URLSearchParams({ csrf_token: form.elements.csrf_token.value, ...fields });

function begin() {
  if (running) leave();
  runButton.disabled = true;
  results.classList.add("is-stale");
  editor.mark([]);
  counting = true;
  clock.start();
}

/** What the answer says of the query: it runs on, or it has ended. */
function follow() {
  const found = results.querySelector("[data-logs-result]");
  const runs = found && ["Running", "Scheduled", "Unknown"].includes(found.dataset.logsState);
  const was = running;
  running = runs ? found.dataset.stop : "";
  runButton.disabled = Boolean(runs);
  cancelButton.hidden = !runs;
  cancelButton.disabled = false;
  results.classList.remove("is-stale");
  if (runs && !was && !counting) clock.start();
  if (!runs && counting) clock.stop();
  counting = runs;
}

async function cancel() {
  cancelButton.disabled = true;
  const answer = await fetch(running, { method: "POST", body: body({}), headers: { Accept: "application/json" } });
  if (answer.ok) return;
  cancelButton.disabled = false;
  window.trellis.tell("The query could not be cancelled. Try again.", "failed");
}

/** A query that is left behind is stopped: AWS would run it to its end and charge for it. */
function leave() {
  if (running) navigator.sendBeacon(running, body({ left: "1" }));
  running = "";
}

function markMistake() {
  const found = results.querySelector("[data-logs-mistake]");
  if (!found || !found.dataset.from) return;
  const { message, from, to } = found.dataset;
  editor.mark([{ message, from: Number(from), to: to ? Number(to) : undefined }]);
}

function draw() {
  highlight(results, area.value);
  drawResult(results, zoom);
  drawHistograms(results, zoom);
}

/** Where the rows lie below the window, as on a phone, a person is led to them. */
function leadDown() {
  if (results.getBoundingClientRect().top > innerHeight * 0.7) results.scrollIntoView({ block: "start" });
}

function showFaults() {
  for (const name of ["start", "end"]) {
    const wrong = document.getElementById(`fault-${name}`).textContent.trim() !== "";
    form.elements[name].toggleAttribute("aria-invalid", wrong);
    if (wrong) form.elements[name].setAttribute("aria-invalid", "true");
  }
}

function settled(event) {
  if (event.target !== results && !results.contains(event.target)) return;
  addCalls(results);
  if (event.target === results) leadDown();
  follow();
  showFaults();
  markMistake();
  showTimes(results);
  startGrids(results);
  showWrap();
  draw();
}

function run() {
  for (const name of ["start", "end"]) form.elements[name].value = absolute(form.elements[name].value);
  htmx.trigger(form, "submit");
}

function zoom(from, to) {
  setRange(new Date(from).toISOString().replace(".000Z", "Z"), new Date(to).toISOString().replace(".000Z", "Z"));
  run();
}

function setRange(start, end) {
  form.elements.start.value = start;
  form.elements.end.value = end;
  showPreset();
}

function showPreset() {
  const [start, end] = [form.elements.start.value.trim(), form.elements.end.value.trim()];
  for (const button of form.querySelectorAll("[data-logs-range]")) button.setAttribute("aria-pressed", String(button.dataset.logsRange === start && end === "now"));
}

function ask(wanted) {
  if (wanted.value?.includes("••••••")) return window.trellis.tell("What is masked cannot be asked for.", "failed");
  if (wanted.kind === "datetime") {
    const at = Date.parse(`${wanted.value.replace(" ", "T")}Z`);
    return zoom(at - 60000, at + 60000);
  }
  editor.set(withFilter(editor.text, wanted));
  editor.focus();
  window.trellis.tell(`The query now filters by ${wanted.name}. Run it to see.`, "info");
  return undefined;
}

const askFields = latest(async (place, groups) => {
  const url = new URL(place, location.href);
  groups.slice(0, 3).forEach((name) => url.searchParams.append("group", name));
  const answer = groups.length ? await fetch(url, { headers: { Accept: "application/json" } }) : null;
  return answer?.ok ? (await answer.json()).completion : [];
});

/** Fields that AWS found in the events complete what is typed; a click puts one in. */
async function learn(groups) {
  const list = document.querySelector("[data-logs-fields]");
  const fields = await askFields(list.dataset.logsFields, groups);
  if (fields === null) return;
  editor.complete(fields);
  const none = Object.assign(document.createElement("li"), { className: "muted" });
  none.textContent = groups.length ? "AWS found none in the last events." : "Choose a log group.";
  list.replaceChildren(...(fields.length ? fields.slice(0, 60).map(fieldLine) : [none]));
}

function fieldLine({ name, percent }) {
  const line = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.title = `In ${percent} % of the events: put it into the query`;
  const share = document.createElement("span");
  share.textContent = `${percent} %`;
  button.append(name, share);
  button.addEventListener("click", () => editor.insert(/^[@A-Za-z_][\w@.]*$/.test(name) ? name : `\`${name}\``));
  line.append(button);
  return line;
}

async function copyLink() {
  const url = new URL(form.getAttribute("action"), location.href);
  chosen().forEach((name) => url.searchParams.append("group", name));
  for (const name of ["query", "start", "end"]) url.searchParams.set(name, absolute(form.elements[name].value));
  for (const field of form.querySelectorAll("[name^='p.']")) if (field.value) url.searchParams.set(field.name, field.value);
  await window.trellis.copyText(url.href);
  window.trellis.tell("The link is copied. It opens the query; whoever opens it runs it.", "done");
}

function showWrap() {
  const wraps = load("logs.wrap.rows") === "yes";
  for (const box of results.querySelectorAll("[data-logs-wrap]")) box.checked = wraps;
  results.querySelector(".logs-grid")?.classList.toggle("is-wrapped", wraps);
}

function clicked(event) {
  const sample = event.target.closest("[data-logs-sample]");
  const range = event.target.closest("[data-logs-range]");
  const wanted = event.target.closest("[data-logs-ask]");
  if (sample && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    editor.set(sample.dataset.logsSample);
    editor.focus();
  } else if (range) setRange(range.dataset.logsRange, "now");
  else if (wanted) ask({ name: wanted.dataset.field, value: wanted.dataset.value, not: wanted.dataset.logsAsk === "not", kind: /^-?\d{1,15}(\.\d+)?$/.test(wanted.dataset.value) ? "float" : "text" });
}

form.addEventListener("htmx:beforeRequest", (event) => event.target === form && begin());
form.addEventListener("htmx:afterRequest", (event) => event.target === form && !event.detail.successful && follow());
form.addEventListener("input", (event) => event.target.matches("[data-logs-time]") && showPreset());
document.addEventListener("htmx:afterSettle", settled);
document.addEventListener("click", clicked);
document.addEventListener("logs:zone", draw);
document.addEventListener("grid:ask", (event) => ask(event.detail));
document.addEventListener("change", (event) => {
  if (!event.target.matches("#results [data-logs-wrap]")) return;
  save("logs.wrap.rows", event.target.checked ? "yes" : "no");
  showWrap();
});
cancelButton.addEventListener("click", cancel);
area.addEventListener("editor:run", run);
area.addEventListener("editor:change", () => askParameters(form, editor.text));
form.querySelector("[data-logs-run]").addEventListener("click", (event) => {
  event.preventDefault();
  run();
});
document.querySelector("[data-logs-link]").addEventListener("click", copyLink);
window.addEventListener("pagehide", leave);
let resized;
window.addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(draw, 150);
});
startKeeping(form, editor);
// After keep.js, which would fill these fields too.
document.querySelector("[data-logs-save]").addEventListener("submit", (event) => {
  event.target.querySelectorAll("[data-logs-copied]").forEach((field) => field.remove());
  const copied = [...chosen().map((value) => ["group", value]), ...[...form.querySelectorAll("[name^='p.']")].map((one) => [one.name, one.value])];
  for (const [name, value] of copied) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    field.dataset.logsCopied = "";
    event.target.append(field);
  }
});
startChooser(learn);
startRows();
follow();
markMistake();
showWrap();
draw();
