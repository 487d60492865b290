// The call drawer: tabs in each call, keys, height, and calls that arrive after the page.
import { highlight } from "./highlight.js";
import { load, save } from "./settings.js";
import { fillCall, took } from "./calls.js";

const LEAST = 120;
const READS = /^(BatchGet|Describe|Filter|Get|Head|List)/;
const WIDE = matchMedia("(min-width: 801px)");
const drawer = document.getElementById("drawer");
const list = drawer.querySelector("[data-drawer-list]");
let tabsMade = 0;

/** Add calls (fields of ShownCall) made by a script of this page; the bar below counts them. */
export function add(calls) {
  if (!calls.length) return;
  const whole = Math.max(1, ...calls.map((call) => call.offset_ms + call.milliseconds));
  const blank = document.getElementById("call-template").content.firstElementChild;
  const rows = calls.map((call) => fillCall(blank.cloneNode(true), call, whole));
  drawer.querySelector("[data-drawer-added]").append(...rows);
  drawer.querySelector("[data-drawer-none]").hidden = true;
  rows.forEach(prepare);
  countIn(calls);
}

/** Add calls of a page that asks again and again: a read that is shown already is counted there, with how often. */
export function fold(calls) {
  for (const call of calls) {
    const row = call.error_code || !READS.test(call.operation) ? undefined : shownRow(call);
    if (row) {
      const times = row.querySelector('[data-fill="times"]');
      times.textContent = `× ${Number(times.textContent.replace(/\D/g, "") || 1) + call.count}`;
      countIn([call]);
    } else add([call]);
  }
}

function shownRow(call) {
  const said = (row, name) => row.querySelector(`[data-fill="${name}"]`)?.textContent;
  return [...list.querySelectorAll(".call:not(.call-failed)")].find((row) =>
    said(row, "service") === call.service && said(row, "operation") === call.operation);
}

function countIn(calls) {
  const data = drawer.dataset;
  data.count = Number(data.count) + calls.reduce((sum, call) => sum + call.count, 0);
  data.queries = Number(data.queries) + calls.filter((call) => call.service === "sql").length;
  data.milliseconds = Number(data.milliseconds) + calls.reduce((sum, call) => sum + call.milliseconds, 0);
  data.failed = Number(data.failed) + calls.filter((call) => call.error_code).length;
  const words = counted(Number(data.count), Number(data.queries));
  drawer.querySelector("[data-drawer-words]").textContent = `${words}, ${took(Number(data.milliseconds))}`;
  const failed = drawer.querySelector("[data-drawer-failed]");
  failed.hidden = data.failed === "0";
  failed.querySelector("span").textContent = `${data.failed} failed`;
}

/** The same words as the server's: "3 AWS calls and 1 query". */
function counted(calls, queries) {
  const parts = [];
  if (calls || !queries) parts.push(`${calls || "No"} AWS call${calls === 1 ? "" : "s"}`);
  if (queries) parts.push(queries === 1 ? "1 query" : `${queries} queries`);
  return parts.join(" and ");
}

/** Open or close the drawer. */
export function toggle() {
  drawer.open = !drawer.open;
  if (drawer.open) list.querySelector(".call[open] > summary, .call > summary")?.focus();
}

function prepare(call) {
  call.querySelectorAll(".call-part[hidden]").forEach((part) => part.remove()); // what this call has no code for
  call.addEventListener("toggle", () => call.open && show(call));
  call.querySelector("summary").addEventListener("click", (event) => {
    if (call.open && WIDE.matches) event.preventDefault(); // beside the list one call is always chosen
  });
  if (call.open) show(call);
}

function show(call) {
  const parts = [...call.querySelectorAll(".call-part")];
  if (!call.querySelector("[role='tablist']")) call.querySelector(".call-body").prepend(tabList(parts));
  call.querySelectorAll("code[data-language]").forEach(highlight);
  const wanted = parts.find((part) => part.dataset.part === load("drawer.tab")) ?? parts[0];
  select(call, wanted);
}

function tabList(parts) {
  const tabs = document.createElement("div");
  tabs.className = "tabs";
  tabs.setAttribute("role", "tablist");
  tabs.setAttribute("aria-label", "The call as");
  tabs.append(...parts.map(tab));
  tabs.addEventListener("keydown", moveTab);
  return tabs;
}

function tab(part) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tab";
  button.id = `call-tab-${++tabsMade}`;
  button.textContent = part.dataset.part;
  button.setAttribute("role", "tab");
  part.id = `call-pane-${tabsMade}`;
  part.setAttribute("role", "tabpanel");
  part.setAttribute("aria-labelledby", button.id);
  button.setAttribute("aria-controls", part.id);
  button.addEventListener("click", () => {
    save("drawer.tab", part.dataset.part);
    select(part.closest(".call"), part);
  });
  return button;
}

function select(call, wanted) {
  for (const button of call.querySelectorAll("[role='tab']")) {
    const mine = button.getAttribute("aria-controls") === wanted.id;
    button.setAttribute("aria-selected", String(mine));
    button.tabIndex = mine ? 0 : -1;
    document.getElementById(button.getAttribute("aria-controls")).hidden = !mine;
  }
}

function moveTab(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const tabs = [...event.currentTarget.children];
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  next.click();
  next.focus();
  event.preventDefault();
}

function moveCall(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const summary = event.target.closest(".call > summary");
  if (!step || !summary) return;
  const all = [...list.querySelectorAll(".call > summary")];
  const next = all[all.indexOf(summary) + step];
  if (!next) return;
  next.focus();
  if (WIDE.matches) next.parentElement.open = true;
  event.preventDefault();
}

function setHeight(height) {
  const most = Math.round(innerHeight * 0.8);
  const kept = Math.round(Math.min(most, Math.max(LEAST, height)));
  document.documentElement.style.setProperty("--drawer-height", `${kept}px`);
  const grip = drawer.querySelector(".drawer-grip");
  grip.setAttribute("aria-valuenow", kept);
  grip.setAttribute("aria-valuemax", most);
  save("drawer.height", kept);
}

function startGrip(grip) {
  const body = drawer.querySelector(".drawer-body");
  grip.addEventListener("pointerdown", (event) => grip.setPointerCapture(event.pointerId));
  grip.addEventListener("pointermove", (event) => {
    if (grip.hasPointerCapture(event.pointerId)) setHeight(innerHeight - event.clientY - drawer.querySelector("summary").offsetHeight);
  });
  grip.addEventListener("keydown", (event) => {
    const step = { ArrowUp: 24, ArrowDown: -24 }[event.key];
    if (!step) return;
    setHeight(body.offsetHeight + step);
    event.preventDefault();
  });
}

// A fragment that called AWS carries its calls as JSON in data-calls; with data-polled it is one of many like it.
function addFromFragment() {
  for (const carrier of document.querySelectorAll("[data-calls]")) {
    const calls = JSON.parse(carrier.dataset.calls);
    if ("polled" in carrier.dataset) fold(calls);
    else add(calls);
    carrier.remove();
  }
}

export function startDrawer() {
  drawer.open = load("drawer.open") === "yes";
  drawer.addEventListener("toggle", (event) => event.target === drawer && save("drawer.open", drawer.open ? "yes" : "no"));
  list.querySelectorAll(".call").forEach(prepare);
  list.addEventListener("keydown", moveCall);
  startGrip(drawer.querySelector(".drawer-grip"));
  document.addEventListener("htmx:afterSettle", addFromFragment);
}
