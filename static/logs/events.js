// Events: wrapped or not, ranges, and a live tail that pauses where nobody looks.
import { absolute, showTimes } from "./zone.js";
import { addCalls } from "./calls.js";
import { load, save } from "../js/settings.js";

const EVERY = 2000;
const MOST = 2000;
const place = document.getElementById("events");
const list = place.querySelector("[data-logs-list]");
const button = document.querySelector("[data-logs-tail]");
const bar = place.querySelector("[data-logs-tail-bar]");
const wrap = document.querySelector("[data-logs-wrap]");
const form = document.querySelector(".logs-filter");
let timer;
let after = Number(place.dataset.after);
let live = false;
let added = 0;
let busy = false;

function say(words) {
  bar.hidden = false;
  bar.querySelector("[data-logs-tail-words]").textContent = words;
}

const atEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 120;

async function ask() {
  if (!live || document.hidden || busy) return;
  if (!atEnd()) return say("Paused: scroll to the end to go on");
  busy = true;
  try {
    const url = new URL(place.dataset.tail, location.href);
    url.searchParams.set("after", after);
    const answer = await fetch(url, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(`the answer was ${answer.status}`);
    take(await answer.text());
    if (live) say(`Live: ${added} new`);
  } catch (error) {
    if (!live) return;
    stop();
    window.trellis.tell(`The live tail has stopped: ${error.message}.`, "failed");
  } finally {
    busy = false;
  }
}

function take(text) {
  const box = document.createElement("template");
  box.innerHTML = text;
  addCalls(box.content);
  if (!live) return; // paused meanwhile: who goes on asks for these again
  const known = new Set([...list.children].map((row) => row.dataset.id));
  const fresh = [...box.content.querySelectorAll("li[data-id]")].filter((row) => !known.has(row.dataset.id));
  for (const row of fresh) {
    row.classList.add("is-new");
    after = Math.max(after, Number(row.dataset.at));
  }
  if (fresh.length) place.querySelector("[data-logs-empty]")?.remove();
  list.append(...fresh);
  while (list.children.length > MOST) list.firstElementChild.remove();
  added += fresh.length;
  showTimes(list);
  if (fresh.length) scrollTo({ top: document.documentElement.scrollHeight });
}

function name(word, symbol) {
  button.querySelector("span").textContent = word;
  const use = button.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${symbol}`));
}

function start() {
  live = true;
  added = 0;
  button.setAttribute("aria-pressed", "true");
  name("Pause", "stop");
  say("Live: waiting for events");
  scrollTo({ top: document.documentElement.scrollHeight });
  timer = setInterval(ask, EVERY);
  ask();
}

function stop() {
  live = false;
  clearInterval(timer);
  button.setAttribute("aria-pressed", "false");
  name("Live tail", "play");
  say(`Paused after ${added} new`);
}

function showWrap() {
  list.classList.toggle("is-wrapped", wrap.checked);
  save("logs.wrap", wrap.checked ? "yes" : "no");
}

wrap.checked = load("logs.wrap") !== "no";
showWrap();
wrap.addEventListener("change", showWrap);
button.addEventListener("click", () => (live ? stop() : start()));
form.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-logs-range]");
  if (!chosen) return;
  form.elements.start.value = chosen.dataset.logsRange;
  form.elements.end.value = "now";
  form.requestSubmit();
});
form.addEventListener("submit", () => {
  for (const field of [form.elements.start, form.elements.end]) field.value = absolute(field.value);
});
